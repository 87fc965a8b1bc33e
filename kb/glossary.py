"""Terms and what else they are called, found in a question by any of their forms. Knows nothing of ranking.

A workspace's terms are its domain rules of kind "term" (`kb.rulebook`): names in Korean and English, abbreviations,
former names. Beside them stand terms that are given, such as the names of technologies in Hangul (`kb.translations`).
Spaces and hyphens inside a form do not count, so "이벤트라우터" is "이벤트 라우터".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb.documents import Document
from kb.korean import cuts
from kb.tokens import is_hangul

TERM = "term"
_WORD = re.compile(r"[가-힣]+|[^\W_가-힣]+")
_SHORTEST = 2
# Most words of a question begin no term, which so many of their characters tell.
_TELLING = 3
# What may hang on to a Korean word at most; a longer run is looked at up to the longest term and this much more.
_PARTICLES = 8
# A form of this many syllables may begin a longer word; shorter ones must be the whole word but for its particles.
_UNMISTAKABLE = 4


@dataclass(frozen=True)
class Term:
    """What goes by several names; `source` is the rule, or the table, that says so."""

    source: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Mention:
    """A term that stands in a question: how it stands there, who says so, and what else it is called."""

    text: str
    source: str
    others: tuple[str, ...]


def is_term(document: Document) -> bool:
    return bool(document.tags) and document.tags[0] == TERM and "forms" in document.meta


def terms_of(documents: Iterable[Document]) -> Iterator[Term]:
    """The terms among documents, in their order."""
    for document in filter(is_term, documents):
        yield Term(document.doc_id or document.path, _forms(document.meta["forms"]))


class Glossary:
    """All terms by all their forms; where two terms share one, the first term has it."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms: dict[str, Term] = {}
        for term in terms:
            for key in map(_key, term.forms):
                if len(key) >= _SHORTEST:
                    self._terms.setdefault(key, term)
        self._longest = max(map(len, self._terms), default=0)
        self._starts = {key[:_TELLING] for key in self._terms}

    def find(self, question: str) -> list[Mention]:
        """Terms in the order in which a question mentions them, the longest form first, none within another."""
        if not self._terms:
            return []
        words = list(_WORD.finditer(unicodedata.normalize("NFKC", question)))
        found: list[Mention] = []
        place = 0
        while place < len(words):
            mention, place = self._at(words, place)
            found += [mention] if mention else []
        return found

    def _at(self, words: list[re.Match[str]], start: int) -> tuple[Mention | None, int]:
        """The longest term that begins with a word, and the word after it."""
        if not self._may_begin(words[start].group().casefold()):
            return None, start + 1
        for end, key in reversed(list(self._keys(words, start))):
            if (term := self._terms.get(key)) is not None:
                others = tuple(form for form in term.forms if _key(form) != key)
                text = words[start].string[words[start].start() : words[end - 1].end()]
                return Mention(text, term.source, others), end
        return None, start + 1

    def _may_begin(self, word: str) -> bool:
        """False for a word that no form begins with, whatever is cut off its end; a short one may always."""
        return len(word) < _TELLING or word[:_TELLING] in self._starts or word[:_SHORTEST] in self._starts

    def _keys(self, words: list[re.Match[str]], start: int) -> Iterator[tuple[int, str]]:
        """Every run of words from a place on as a key, the last word without its particles too, shortest first."""
        before = ""
        for end in range(start, len(words)):
            word = words[end].group().casefold()
            for cut in dict.fromkeys((*_beginnings(word[: self._longest + _PARTICLES]), word)):
                key = before + cut
                if len(key) <= self._longest:
                    yield end + 1, key
            before += word
            if len(before) > self._longest:
                return


def _beginnings(word: str) -> Iterator[str]:
    """What a word may be without what hangs on to it, shortest first."""
    if is_hangul(word):
        yield from sorted({*cuts(word), *(word[:end] for end in range(_UNMISTAKABLE, len(word)))}, key=len)
    elif len(word) > _UNMISTAKABLE and word.endswith("s"):
        yield word.removesuffix("s")


def _forms(forms: object) -> tuple[str, ...]:
    if not isinstance(forms, Mapping):
        return ()
    return tuple(dict.fromkeys(str(form) for key in ("ko", "en", "former") for form in forms.get(key, ())))


def _key(form: str) -> str:
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", form).casefold()))
