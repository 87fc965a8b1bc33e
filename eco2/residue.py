"""What is left of a message when everything known is taken out: the words that name what nobody told us about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eco2.tables import alternation, words

MOST_WORDS, _LONGEST_NAME = 4, 3
_TOPICS = (("은", "는"), ("을", "를"))
_HANGUL = re.compile(r"[가-힣]+")
_TOKEN = re.compile(r"[가-힣]+|[A-Za-z][A-Za-z'\-]*")
_PARTICLE_END = re.compile(rf"(?<=[가-힣]{{2}})(?:{alternation(words('noun_particles'))})$")
_SHORT_PARTICLE_END = re.compile(rf"(?<=[가-힣])(?:{alternation(words('short_noun_particles'))})$")
_EMPTY_KO = re.compile(rf"^(?:{alternation(words('empty_ko'))})$")
_EMPTY_EN = frozenset(words("empty_en"))
_VERB_END = re.compile(rf"(?:{alternation(words('verb_endings'))})$")
_STATE = re.compile(rf"\s*(?:{alternation(words('states'))})")


def residue_of(text: str) -> tuple[str, ...]:
    """Return the content words that are left, particles off, in order; at most `MOST_WORDS`.

    >>> residue_of("우주선은 어떻게 버려?")
    ('우주선',)
    """
    kept: list[str] = []
    for token in _TOKEN.finditer(text):
        word = _stem(token.group(), text[token.end() :])
        if word and word not in kept:
            kept.append(word)
    return tuple(kept[:MOST_WORDS])


def is_noun(word: str) -> bool:
    """Whether a word may name a thing: it does not end like a verb."""
    return not _VERB_END.search(word)


def nouns(residue: Sequence[str]) -> str:
    """Return the residue as one name, without the words that end like verbs where others are left."""
    kept = [word for word in residue if is_noun(word)]
    return " ".join((kept or list(residue))[:3])


def head_of(rest: str, residue: Sequence[str]) -> str:
    """Return the name of what a text is about: the noun before 은 or 는, else 을 or 를, with the nouns right before it.

    >>> head_of("베란다에 달아 둔 미니 태양광 패널은 어떻게 버려?", ("베란다", "달아", "미니", "태양광"))
    '미니 태양광 패널'
    """
    tokens = rest.split()
    stems = [_stem(token, "") if _HANGUL.fullmatch(token) else "" for token in tokens]
    for marks in _TOPICS:
        for at, token in enumerate(tokens):
            if stems[at] and stems[at] != token and token.endswith(marks) and is_noun(stems[at]):
                return " ".join(stems[_first(tokens, stems, at) : at + 1])
    return nouns(residue)


def _first(tokens: Sequence[str], stems: Sequence[str], at: int) -> int:
    """Return where the unbroken row of at most three bare nouns begins that ends at a token."""
    for first in range(at, max(0, at - _LONGEST_NAME + 1), -1):
        if stems[first - 1] != tokens[first - 1] or not is_noun(tokens[first - 1]):
            return first
    return max(0, at - _LONGEST_NAME + 1)


def _stem(token: str, after: str) -> str:
    if token.isascii():
        return "" if token.lower() in _EMPTY_EN or len(token) < 2 else token
    if _EMPTY_KO.match(token) or len(token) == 1:
        return ""
    stem = _bare(token, after)
    return "" if _EMPTY_KO.match(stem) else stem


def _bare(token: str, after: str) -> str:
    """Take the particle off; 이 and 가 may be part of the noun ("고양이", "옷걸이") unless a state follows."""
    if token.endswith(("이", "가")) and not _STATE.match(after):
        return token
    return _PARTICLE_END.sub("", token) if _PARTICLE_END.search(token) else _SHORT_PARTICLE_END.sub("", token)
