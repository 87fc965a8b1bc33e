"""Bring the halves of a name together where something stands between them: "햇반 다 먹고 남은 그릇" names a 햇반 그릇,
"a carton of milk" a milk carton, "컵이 깨졌어" a 깨진 컵. Only names that a lexicon lists are put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eco2.lexicon import Lexicon
from eco2.tables import table
from eco2.words import PARTICLES

_MOST_BETWEEN = 4
_AND = ("고", "다가")
"""Endings of a verb whose object is left over ("수박 먹고 껍질")."""
_ADJECTIVES = tuple((word, re.compile(pattern)) for word, pattern in table("words")["adjectives"].items())
_TOKEN = re.compile(r"[가-힣A-Za-z]+")
_MARK = re.compile(r"[^\w\s]|\n")
_OBJECT = re.compile(r"(?<=[가-힣])(?:을|를|은|는|이|가)$")
_END = re.compile(rf"(?:{PARTICLES}){{0,2}}$")
_OF = re.compile(
    r"\b(?P<head>[a-z]+)\s+(?:of|for|from)\s+(?:(?:the|a|an|my|some|old)\s+)*(?P<first>[a-z]+)\b(?:\s+(?P<next>[a-z]+))?",
    re.IGNORECASE,
)
_FIRST_SYLLABLE, _TAILS, _ADNOMINAL_TAILS = ord("가"), 28, (4, 8)
"""Korean verbs before a noun end in ㄴ or ㄹ, the 4th and the 8th final consonant of a syllable."""


def together(text: str, names: Lexicon) -> str:
    """Return the text with the halves of a listed name side by side, what stood between them before the name.

    The clause is set off by a comma, so that it makes no other name with the first half ("남은, 치킨 뼈").
    """
    text = _described(_OF.sub(lambda match: _joined(match, names), text), names)
    named = names.find(text)
    for first, last in _spans(text):
        if any(mention.start <= first.start() and first.end() < mention.end for mention in named):
            continue
        stem = _OBJECT.sub("", first.group())
        head = _head(stem, last.group(), names)
        if head:
            between = text[first.end() : last.start()].strip()
            return f"{text[: first.start()]}{between}, {stem} {head}{text[last.start() + len(head) :]}"
    return text


def _described(text: str, names: Lexicon) -> str:
    """Put the adjective before a thing of which the verb says the same, where the two make a name ("컵이 깨졌어")."""
    for adjective, verb in _ADJECTIVES:
        said = _stated(adjective, verb, text)
        for token in _TOKEN.finditer(text, 0, said.start()) if said else ():
            head = _head(adjective, token.group(), names)
            if head:
                return f"{text[: token.start()]}{adjective} {text[token.start() :]}"
    return text


def _stated(adjective: str, verb: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return where a text says a condition after the thing; none where the adjective stands before a thing already."""
    said = verb.search(text)
    return said if said and (adjective not in text or said.group().startswith(adjective)) else None


def _joined(match: re.Match[str], names: Lexicon) -> str:
    name = f"{match['first']} {match['head']}"
    if not names.keys_of(name) or names.keys_of(f"{match['first']} {match['next']}"):
        return match.group()
    return f"{name} {match['next']}" if match["next"] else name


def _spans(text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Yield the words with a clause between them: the word before the second modifies it, no mark parts the two."""
    tokens = list(_TOKEN.finditer(text))
    for at, first in enumerate(tokens):
        for last_at in range(at + 2, min(at + 2 + _MOST_BETWEEN, len(tokens))):
            last = tokens[last_at]
            if _MARK.search(text[first.end() : last.start()]):
                break
            if _modifies(tokens[last_at - 1].group()):
                yield first, last


def _modifies(word: str) -> bool:
    if word.endswith(_AND):
        return True
    index = ord(word[-1]) - _FIRST_SYLLABLE
    return 0 <= index < 11172 and index % _TAILS in _ADNOMINAL_TAILS


def _head(first: str, last: str, names: Lexicon) -> str:
    """Return the longest beginning of the last word that makes a listed name with the first, particles after it."""
    for end in range(len(last), 0, -1):
        if _END.match(last[end:]) and names.keys_of(first + last[:end]):
            return last[:end]
    return ""
