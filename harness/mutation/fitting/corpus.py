"""What fitting operators draw from: the words, verbs, conditions and clauses of other claims. No list of words."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from harness.judging.evidence import evidence, inside
from harness.judging.lexemes import WEIGHTS, Word
from harness.judging.words import words
from harness.mutation.mutants import Language, Start

_CONTENT = WEIGHTS["generic"]
_NOUNS = ("noun", "name")
_DETERMINED = re.compile(
    r"\b(?:a|an|the|with|of|as|in|for|into)(?: [a-z-]+)? (?P<noun>[a-z]{4,})"
    r"(?=[,.;]| (?:is|are|in|of|to|and|or|at|with|for|as|from|on|if)\b|$)"
)
_VERB_EN = re.compile(
    r"(?:^|\band |\bthen |, )(?P<verb>[A-Za-z]{3,})(?= (?:the|a|an|it|them|its|your|all|any|every|each|off|out)\b)"
)
_DONE_EN = re.compile(r"\b(?:is|are|be|been|was|were) (?P<verb>[a-z]{2,}(?:ed|en|pt|nt|ut))\b")
_NO_VERB = frozenset("the this that then and when with only each they what also other".split())
_CONDITION_KO = re.compile(r"(?:^|(?<=[,은는] ))(?P<condition>[^,.()]{2,24}?(?:면|경우에는|경우에|경우|때는))(?=,? )")
_CONDITION_EN = re.compile(r"\b(?:if|when|unless|once) (?P<condition>[^,.;:]{6,60})(?=[,.;]|$)", re.IGNORECASE)
_LIMIT_KO = re.compile(r"\d+[가-힣A-Za-z]* (?:이상|이하|미만|초과)(?= )")
_LIMIT_EN = re.compile(
    r"\b(?:under|over|less than|more than|up to) \d+ [A-Za-z]+|\bof \d+ [A-Za-z]+ or (?:more|less)\b"
)
_ENDINGS = (
    "십시오",
    "습니다",
    "으세요",
    "으면",
    "세요",
    "니다",
    "어요",
    "아요",
    "해요",
    "하고",
    "해서",
    "하면",
    "하는",
    "고",
    "면",
    "서",
    "지",
    "어",
    "아",
    "해",
    "는",
    "은",
    "한",
)


def chosen(found: Sequence[str], *seed: str) -> str | None:
    """One of them, the same for the same seed."""
    if not found:
        return None
    return found[_drawn(len(found), *seed)]


def _drawn(count: int, *seed: str) -> int:
    return int.from_bytes(hashlib.sha256("\x00".join(seed).encode()).digest()[:4], "big") % count


def verbs_en(text: str) -> list[re.Match[str]]:
    """Where an English verb stands: at the head of a clause, or after a form of be."""
    found = (*_VERB_EN.finditer(text), *_DONE_EN.finditer(text))
    return [match for match in found if match.group("verb").lower() not in _NO_VERB]


def nouns_en(text: str) -> list[re.Match[str]]:
    """Where an English noun ends what a determiner or preposition begins."""
    return list(_DETERMINED.finditer(text))


def conditions(text: str, language: Language) -> list[re.Match[str]]:
    return list((_CONDITION_KO if language == "ko" else _CONDITION_EN).finditer(text))


def nouns_ko(text: str) -> list[Word]:
    """Nouns that begin with their stem, so that their particle can be mended."""
    return [word for word in words(text) if word.sort in _NOUNS and not word.acts and _is_plain(word)]


def verbs_ko(text: str) -> list[tuple[Word, str]]:
    """Predicates with the ending they have."""
    found = ((word, ending_of(word.text)) for word in words(text) if word.acts)
    return [(word, ending) for word, ending in found if ending and len(word.text) > len(ending)]


def ending_of(token: str) -> str:
    return next((ending for ending in _ENDINGS if token.endswith(ending)), "")


def _is_plain(word: Word) -> bool:
    return len(word.stem) > 1 and word.text.startswith(word.stem) and "가" <= word.stem[0] <= "힣"


@dataclass(frozen=True)
class Corpus:
    """Words of the claims by what they can stand for; each list sorted, so that a draw repeats."""

    nouns: dict[str, list[str]]
    verbs: dict[str, list[str]]
    conditions: dict[str, list[str]]
    clauses: dict[str, list[str]]
    limits: dict[str, list[str]]

    def stranger(self, found: Sequence[str], start: Start, *seed: str, words_needed: int = 1) -> str | None:
        """One of them of which the start's context and question know no word, or not `words_needed` of its words.

        The same for the same seed; None where all are known.
        """
        known = evidence((*start.context, start.question or "", start.text))
        first = _drawn(len(found), start.id, *seed) if found else 0
        for text in (*found[first:], *found[:first]):
            pieces = text.split() if words_needed > 1 else [text]
            if sum(_is_strange(piece, known.owned, known.squeezed) for piece in pieces) >= words_needed:
                return text
        return None


def corpus_of(starts: Iterable[Start]) -> Corpus:
    nouns: defaultdict[str, set[str]] = defaultdict(set)
    verbs: defaultdict[str, set[str]] = defaultdict(set)
    whens: defaultdict[str, set[str]] = defaultdict(set)
    clauses: defaultdict[str, set[str]] = defaultdict(set)
    limits: defaultdict[str, set[str]] = defaultdict(set)
    for start in starts:
        text, language = start.text, start.language
        whens[language] |= {match.group("condition") for match in conditions(text, language)}
        limits[language] |= set((_LIMIT_KO if language == "ko" else _LIMIT_EN).findall(text))
        if language == "ko":
            for word in nouns_ko(text):
                nouns[f"ko {word.role}"].add(word.stem)
            for verb, ending in verbs_ko(text):
                verbs[f"ko {ending}"].add(verb.text)
        else:
            nouns["en"] |= {match.group("noun") for match in nouns_en(text)}
            for match in verbs_en(text):
                verbs[_kind(match)].add(match.group("verb").lower())
        if 12 <= len(text) <= 90:
            clauses[language].add(text.rstrip(" .!"))
    sets = (nouns, verbs, whens, clauses, limits)
    return Corpus(*({kind: sorted(found) for kind, found in by_kind.items()} for by_kind in sets))


def _kind(match: re.Match[str]) -> str:
    return "en done" if match.re is _DONE_EN else "en"


def kind_of_verb(match: re.Match[str]) -> str:
    """The list of `Corpus.verbs` that an English verb belongs to."""
    return _kind(match)


@lru_cache(maxsize=20_000)
def _said(text: str) -> tuple[Word, ...]:
    return tuple(word for word in words(text) if word.weight >= _CONTENT)


def _is_strange(text: str, owned: frozenset[str], squeezed: str) -> bool:
    said = _said(text)
    return bool(said) and all(owned.isdisjoint(word.keys) and not inside(word, squeezed) for word in said)
