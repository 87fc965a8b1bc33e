"""The postings of a question in arrays, one term behind the other: of passages, and of groups of them as one text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kb.additions import Counts32
from kb.ports import Numbers, Scores


@dataclass(frozen=True, eq=False)
class Runs:
    """The postings of a question's terms, one run behind the other.

    `weights` (terms,) says how much each term counts in the question, `sizes` (terms,) how long its run is; `numbers`
    and `counts` (postings,) are the passages and how often the term stands in them.
    """

    weights: Scores
    sizes: Numbers
    numbers: Numbers | Counts32
    counts: Counts32


def joined(found: Iterable[tuple[float, Counts32, Counts32]]) -> Runs:
    """Put weight, passages and counts of each term behind one another; a term without a passage is left out."""
    held = [(weight, numbers, counts) for weight, numbers, counts in found if len(numbers)]
    nothing = np.empty(0, np.int32)
    return Runs(
        np.array([weight for weight, _, _ in held], np.float64),
        np.array([len(numbers) for _, numbers, _ in held], np.int64),
        np.concatenate([nothing, *(numbers for _, numbers, _ in held)]),
        np.concatenate([nothing, *(counts for _, _, counts in held)]),
    )


def grouped(runs: Runs, group_of: Numbers, is_sorted: bool) -> Runs:
    """The postings of groups as if each were one text, sorted by term and group.

    Args:
        runs: of passages.
        group_of: the group of each passage.
        is_sorted: whether each run is in the order of its groups.
    """
    numbers, counts = group_of[runs.numbers], runs.counts
    bounds = np.concatenate([[0], np.cumsum(runs.sizes)])
    if not is_sorted:
        order = np.lexsort((numbers, np.repeat(np.arange(len(runs.sizes)), runs.sizes)))
        numbers, counts = numbers[order], counts[order]
    begins = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=begins[1:])
    begins[bounds[:-1]] = True
    starts = np.flatnonzero(begins)
    sums = np.add.reduceat(counts, starts) if len(starts) else counts
    return Runs(runs.weights, np.diff(np.searchsorted(starts, bounds)), numbers[starts], sums)
