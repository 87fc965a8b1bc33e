"""Frozen postings: the arrays that an index file holds, and how additions and removals are written out as new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from kb.ports import Mask, Numbers
from kb.vocabulary import Vocabulary

Counts32 = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Segment:
    """Postings of all passages, sorted by term, then by number.

    `starts` (terms + 1,) int64 bounds each term's run in `numbers` and `counts` (postings,) int32;
    `lengths` (passages,) int32 is the sum of a passage's counts, -1 for a number that is not in use.
    """

    vocabulary: Vocabulary
    starts: Numbers
    numbers: Counts32
    counts: Counts32
    lengths: Counts32


@dataclass(frozen=True, eq=False)
class _Triples:
    """One posting each: the term's place in some list, the passage, the count."""

    terms: Numbers
    numbers: Numbers
    counts: Counts32


def empty_segment() -> Segment:
    nothing = np.empty(0, np.int32)
    return Segment(Vocabulary.of(()), np.zeros(1, np.int64), nothing, nothing, nothing)


def merge(
    frozen: Segment, alive: Mask, added: Mapping[str, Mapping[int, int]], lengths: Counts32, renumber: Numbers
) -> Segment:
    """Write the live part of a segment and what was added beside it as one segment.

    Args:
        frozen: the old segment.
        alive: which of its passages are still in use, by number.
        added: counts by term and number.
        lengths: of all passages, old and added, by number; -1 where not in use.
        renumber: the new number of each passage, by number; whatever stands at unused numbers is ignored.
    """
    old = _old_triples(frozen, alive)
    kept = np.bincount(old.terms, minlength=len(frozen.vocabulary)) > 0
    old_terms = list(frozen.vocabulary.terms())
    new_terms = [term for term, counts in added.items() if counts]
    vocabulary = Vocabulary.of([*(old_terms[place] for place in np.flatnonzero(kept)), *new_terms])
    places = {term: place for place, term in enumerate(vocabulary.terms())}
    new = _new_triples(added, new_terms, places)
    moved = np.fromiter((places.get(term, -1) for term in old_terms), np.int64, len(old_terms))
    joined = _Triples(
        np.concatenate([moved[old.terms], new.terms]),
        renumber[np.concatenate([old.numbers, new.numbers])],
        np.concatenate([old.counts, new.counts]),
    )
    return _sorted(joined, vocabulary, _renumbered(lengths, renumber))


def _old_triples(frozen: Segment, alive: Mask) -> _Triples:
    kept = alive[frozen.numbers]
    terms = np.repeat(np.arange(len(frozen.vocabulary)), np.diff(frozen.starts))
    return _Triples(terms[kept], frozen.numbers[kept].astype(np.int64), frozen.counts[kept])


def _new_triples(added: Mapping[str, Mapping[int, int]], terms: list[str], places: Mapping[str, int]) -> _Triples:
    runs = [added[term] for term in terms]
    sizes = [len(run) for run in runs]
    size = sum(sizes)
    return _Triples(
        np.repeat(np.array([places[term] for term in terms], np.int64), sizes),
        np.fromiter(chain.from_iterable(runs), np.int64, size),
        np.fromiter(chain.from_iterable(run.values() for run in runs), np.int32, size),
    )


def _sorted(triples: _Triples, vocabulary: Vocabulary, lengths: Counts32) -> Segment:
    order = np.lexsort((triples.numbers, triples.terms))
    ends = np.cumsum(np.bincount(triples.terms, minlength=len(vocabulary)), dtype=np.int64)
    numbers = triples.numbers[order].astype(np.int32)
    return Segment(vocabulary, np.concatenate([[0], ends]), numbers, triples.counts[order], lengths)


def _renumbered(lengths: Counts32, renumber: Numbers) -> Counts32:
    live = np.flatnonzero(lengths >= 0)
    moved = renumber[live]
    result = np.full(int(moved.max(initial=-1)) + 1, -1, np.int32)
    result[moved] = lengths[live]
    return result


def counts_of(segment: Segment) -> dict[int, dict[str, int]]:
    """The terms of each passage with their counts, by number: the segment read the other way."""
    passages: dict[int, dict[str, int]] = {int(number): {} for number in np.flatnonzero(segment.lengths >= 0)}
    starts = segment.starts.tolist()
    for term, start, end in zip(segment.vocabulary.terms(), starts, starts[1:], strict=False):
        for number, count in zip(segment.numbers[start:end].tolist(), segment.counts[start:end].tolist(), strict=True):
            passages[number][term] = count
    return passages
