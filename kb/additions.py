"""Passages beside a frozen segment: each one's terms as they come, and each term's passages once somebody asks.

Adding is what an index build does a hundred thousand times over, asking in between is rare; so the postings are only
turned around, all at once, when a question comes after a change.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from kb.ports import Numbers

Counts32 = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Triples:
    """One posting each: the term's place in some list, the passage, the count."""

    terms: Counts32
    numbers: Counts32
    counts: Counts32


class Additions:
    """Counts of terms by passage number."""

    def __init__(self) -> None:
        self._ids: defaultdict[str, int] = defaultdict(count().__next__)
        self._terms: dict[int, array[int]] = {}
        self._counts: dict[int, array[int]] = {}
        self._turned: tuple[Numbers, Triples] | None = None

    def __len__(self) -> int:
        return len(self._terms)

    def __contains__(self, number: int) -> bool:
        return number in self._terms

    def add(self, number: int, counts: Mapping[str, int]) -> None:
        self._terms[number] = array("i", map(self._ids.__getitem__, counts))
        self._counts[number] = array("i", counts.values())
        self._turned = None

    def remove(self, number: int) -> None:
        del self._terms[number], self._counts[number]
        self._turned = None

    def terms(self) -> list[str]:
        """Every term there ever was, in the order of `Triples.terms`."""
        return list(self._ids)

    def triples(self) -> Triples:
        """All postings, in the order in which passages were added."""
        sizes = [len(terms) for terms in self._terms.values()]
        numbers = np.repeat(np.array(list(self._terms), np.int32), sizes)
        return Triples(_joined(self._terms.values()), numbers, _joined(self._counts.values()))

    def run(self, term: str) -> tuple[Counts32, Counts32]:
        """The numbers of the passages that hold a term, ascending, and how often each does."""
        place = self._ids.get(term)
        if place is None:
            return np.empty(0, np.int32), np.empty(0, np.int32)
        starts, postings = self._by_term()
        run = slice(int(starts[place]), int(starts[place + 1]))
        return postings.numbers[run], postings.counts[run]

    def frequencies(self) -> dict[str, int]:
        """In how many passages each term stands, for those that stand in any."""
        sizes = np.diff(self._by_term()[0]).tolist()
        return {term: size for term, size in zip(self._ids, sizes, strict=True) if size}

    def _by_term(self) -> tuple[Numbers, Triples]:
        """Where each term's run begins, and all postings sorted by term and number."""
        if self._turned is None:
            found = self.triples()
            order = np.lexsort((found.numbers, found.terms))
            ends = np.cumsum(np.bincount(found.terms, minlength=len(self._ids)), dtype=np.int64)
            turned = Triples(found.terms[order], found.numbers[order], found.counts[order])
            self._turned = np.concatenate([[0], ends]), turned
        return self._turned


def _joined(arrays: Iterable[array[int]]) -> Counts32:
    held = array("i")
    for each in arrays:
        held.extend(each)
    return np.frombuffer(held, np.int32) if held else np.empty(0, np.int32)
