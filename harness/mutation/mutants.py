"""The nouns of a mutation test: a start, what an operator makes of it, and the operator itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from harness.cases import NOTHING

Purpose = Literal["fit", "score"]
Family = Literal["mutation", "rewrite"]
Language = Literal["ko", "en"]
_HANGUL = re.compile(r"[가-힣]")
_ENGLISH = re.compile(r"\b(?:is|are|was|the|a|an|of|in|with|and|to|it|not|at|for|from|that)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Start:
    """A true claim beside the context that supports it.

    `topics` are the intents of its answer, `ids` the citation ids behind its context; both are empty where unknown.
    """

    id: str
    text: str
    context: tuple[str, ...]
    source: str
    question: str | None = None
    topics: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    @property
    def language(self) -> Language:
        return language_of(self.text)

    def says(self, words: str) -> bool:
        """Whether the context has these words, spaces and case aside."""
        return squeezed(words) in _squeezed_context(self.context)


@dataclass(frozen=True)
class Pool:
    """What operators draw from: other claims, and names by the class within which they can be swapped."""

    starts: tuple[Start, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(NOTHING))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Mutant:
    """A start made false (or reworded). `text[slice(*span)]` is what is new; empty where something was taken out."""

    operator: str
    family: Family
    start: Start
    text: str
    span: tuple[int, int]
    note: str

    @property
    def language(self) -> Language:
        return self.start.language

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.operator, self.start.id, self.text)


@dataclass(frozen=True)
class Change:
    """What an operator did to a claim's text."""

    text: str
    span: tuple[int, int]
    note: str


Make = Callable[[Start, Pool], list[Change]]


@dataclass(frozen=True)
class Operator:
    """A row of the table. `make` is pure; it yields nothing where it cannot be sure of the meaning."""

    name: str
    family: Family
    purpose: Purpose
    make: Make
    doc: str

    def mutants(self, start: Start, pool: Pool) -> list[Mutant]:
        """What the operator makes of a start: every text once, none of them what the start says already."""
        changes = {change.text: change for change in self.make(start, pool) if change.text != start.text}
        return [
            Mutant(self.name, self.family, start, change.text, change.span, change.note) for change in changes.values()
        ]


def replaced(text: str, start: int, end: int, new: str, note: str = "") -> Change:
    """Put `new` in the place of `text[start:end]`."""
    return Change(text[:start] + new + text[end:], (start, start + len(new)), note or f"{text[start:end]} → {new}")


def language_of(text: str) -> Language:
    """English without Hangul or with a small English word: addresses stand in Korean in English sentences too."""
    return "ko" if _HANGUL.search(text) and not _ENGLISH.search(text) else "en"


@lru_cache(maxsize=4096)
def _squeezed_context(context: tuple[str, ...]) -> str:
    return squeezed(" ".join(context))


def squeezed(text: str) -> str:
    """Without spaces, lower case."""
    return "".join(text.split()).lower()
