"""BM25 over arrays that can grow and shrink: passages are added and removed, frequencies and lengths are always live.

A frozen segment holds what an index file holds; additions lie beside it (`kb.additions`) and removals are marks, so a
change costs what its passage costs, and the first question after it what all additions do. `segment` writes both out
as one. A question is asked for several times over (the best, given passages, whole documents), so the postings of the
last one are kept until something changes.

Sources:
    Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009. Two ways to weigh a term: "lucene" is
    ln(1 + (N - df + .5) / (df + .5)), never negative; "okapi" is ln((N - df + .5) / (df + .5)) with rank-bm25's floor
    of a quarter of the mean for terms in more than half of the passages. The second equals `rank_bm25.BM25Okapi`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Literal

import numpy as np

from kb.additions import Additions, Counts32
from kb.ports import Mask, Numbers, Ranking, Scores, Terms, best, weights_of
from kb.runs import Runs, grouped, joined
from kb.segment import Segment, empty_segment, merge

Weighting = Literal["lucene", "okapi"]
SATURATION = 1.5
LENGTH_WEIGHT = 0.75
_FLOOR = 0.25


@dataclass(frozen=True, eq=False)
class _Last:
    """A question with its postings and the score of every number."""

    terms: Mapping[str, float]
    runs: Runs
    scores: Scores


@dataclass(frozen=True, eq=False)
class _GroupStatistics:
    """How many of some groups hold a passage, and the part of the formula that a group's length decides."""

    group_of: Numbers
    used: int
    norms: Scores
    is_ascending: bool


def rarity(frequency: int, total: int) -> float:
    """How telling a term is that stands in `frequency` of `total` passages, above 0: Lucene's idf."""
    return log(1 + (total - frequency + 0.5) / (frequency + 0.5))


class Postings:
    """An incremental lexical index; meets `kb.ports.LexicalIndex`. Not for several threads that change it at once."""

    def __init__(self, segment: Segment | None = None, weighting: Weighting = "lucene") -> None:
        self._frozen = segment or empty_segment()
        self._weighting = weighting
        self._lengths: Counts32 = self._frozen.lengths.copy()
        self._frozen_alive: Mask = self._lengths >= 0
        self._is_whole = True
        self._added = Additions()
        self._total_and_norms: tuple[int, Scores] | None = None
        self._floor: float | None = None
        self._last: _Last | None = None
        self._group_statistics: _GroupStatistics | None = None

    def __len__(self) -> int:
        return int(np.count_nonzero(self._lengths >= 0))

    def add(self, number: int, counts: Mapping[str, int]) -> None:
        if self._holds(number):
            raise ValueError(f"passage {number} is indexed already; remove it first")
        self._set_length(number, sum(counts.values()))
        self._added.add(number, counts)

    def remove(self, number: int) -> None:
        if not self._holds(number):
            raise KeyError(f"passage {number} is not indexed")
        self._set_length(number, -1)
        if number in self._added:
            self._added.remove(number)
        else:
            self._frozen_alive[number] = self._is_whole = False

    def search(self, terms: Terms, k: int, allowed: Mask | None = None) -> Ranking:
        return best(self.scores(terms), k, allowed)

    def score(self, terms: Terms, numbers: Numbers) -> Scores:
        return self.scores(terms)[numbers]

    def scores(self, terms: Terms) -> Scores:
        """Score every number, at least (highest number + 1,), not to be written to.

        0 where no term is shared or the number is not in use.
        """
        return self._asked(terms).scores

    def frequency(self, term: str) -> int:
        place = self._frozen.vocabulary.find(term)
        if place is None or not self._is_whole or self._added:
            return len(self._run(term)[0])
        return int(self._frozen.starts[place + 1] - self._frozen.starts[place])

    def score_groups(self, terms: Terms, group_of: Numbers, groups: int) -> Scores:
        statistics = self._group_statistics
        if statistics is None or statistics.group_of is not group_of or len(statistics.norms) != groups:
            self._group_statistics = statistics = self._statistics_of(group_of, groups)
        # Frozen runs are in the order of passages, added ones behind them.
        is_sorted = statistics.is_ascending and not self._added
        of_groups = grouped(self._asked(terms).runs, group_of, is_sorted)
        return self._summed(of_groups, statistics.used, statistics.norms)

    def _statistics_of(self, group_of: Numbers, groups: int) -> _GroupStatistics:
        own = self._lengths[: len(group_of)]
        lengths = np.bincount(group_of, np.maximum(own, 0), groups).astype(np.float64)
        used = int(np.count_nonzero(np.bincount(group_of, own >= 0, groups)))
        norms = _norms(lengths, float(lengths.sum() / used) if used else 0.0)
        return _GroupStatistics(group_of, used, norms, bool((np.diff(group_of) >= 0).all()))

    def segment(self, renumber: Numbers) -> Segment:
        """Write out what is live as one segment; `renumber` holds the new number of each passage, by number."""
        lengths = self._lengths[: len(renumber)]
        return merge(self._frozen, self._frozen_alive, self._added, lengths, renumber)

    def _holds(self, number: int) -> bool:
        return 0 <= number < len(self._lengths) and bool(self._lengths[number] >= 0)

    def _set_length(self, number: int, length: int) -> None:
        if number >= len(self._lengths):
            spare = max(number + 1 - len(self._lengths), len(self._lengths))
            self._lengths = np.concatenate([self._lengths, np.full(spare, -1, np.int32)])
        self._lengths[number] = length
        self._total_and_norms = self._floor = self._last = self._group_statistics = None

    def _statistics(self) -> tuple[int, Scores]:
        """How many passages there are, and the part of the formula that a passage's length decides, by number."""
        if self._total_and_norms is None:
            used = self._lengths[self._lengths >= 0]
            mean = float(used.mean()) if len(used) else 0.0
            self._total_and_norms = len(used), _norms(self._lengths.astype(np.float64), mean)
        return self._total_and_norms

    def _asked(self, terms: Terms) -> _Last:
        """The postings and scores of a question; threads that ask at once may each find theirs."""
        weights = weights_of(terms)
        last = self._last
        if last is None or last.terms != weights:
            total, norms = self._statistics()
            runs = self._runs(weights)
            self._last = last = _Last(dict(weights), runs, self._summed(runs, total, norms))
        return last

    def _runs(self, terms: Mapping[str, float]) -> Runs:
        return joined((weight, *self._run(term)) for term, weight in terms.items())

    def _summed(self, runs: Runs, total: int, norms: Scores) -> Scores:
        """Add up what each posting is worth, (len(norms),), of `total` texts with these norms."""
        each = np.array([self._weight(size, total) for size in runs.sizes.tolist()], np.float64)
        weights = np.repeat(runs.weights * each * (SATURATION + 1), runs.sizes)
        worth = weights * runs.counts / (runs.counts + norms[runs.numbers])
        return np.bincount(runs.numbers, worth, len(norms)).astype(np.float64, copy=False)

    def _run(self, term: str) -> tuple[Counts32, Counts32]:
        """Numbers and counts of a term's live passages."""
        numbers, counts = self._frozen_run(term)
        if not self._added:
            return numbers, counts
        more = self._added.run(term)
        return np.concatenate([numbers, more[0]]), np.concatenate([counts, more[1]])

    def _frozen_run(self, term: str) -> tuple[Counts32, Counts32]:
        place = self._frozen.vocabulary.find(term)
        if place is None:
            return self._frozen.numbers[:0], self._frozen.counts[:0]
        run = slice(int(self._frozen.starts[place]), int(self._frozen.starts[place + 1]))
        numbers, counts = self._frozen.numbers[run], self._frozen.counts[run]
        if self._is_whole:
            return numbers, counts
        alive = self._frozen_alive[numbers]
        return numbers[alive], counts[alive]

    def _weight(self, frequency: int, total: int) -> float:
        if self._weighting == "lucene":
            return rarity(frequency, total)
        weight = log(total - frequency + 0.5) - log(frequency + 0.5)
        return weight if weight >= 0 else self._okapi_floor(total)

    def _okapi_floor(self, total: int) -> float:
        """A quarter of the mean weight over all live terms, negative ones included, as rank-bm25 has it."""
        if self._floor is None:
            frequencies = self._frequencies()
            self._floor = _FLOOR * float((np.log(total - frequencies + 0.5) - np.log(frequencies + 0.5)).mean())
        return self._floor

    def _frequencies(self) -> Scores:
        """How many live passages hold each live term."""
        alive = np.concatenate([[0], np.cumsum(self._frozen_alive[self._frozen.numbers])])
        frequencies = np.diff(alive[self._frozen.starts]).astype(np.float64)
        unseen: list[float] = []
        for term, many in self._added.frequencies().items():
            place = self._frozen.vocabulary.find(term)
            if place is None:
                unseen.append(float(many))
            else:
                frequencies[place] += many
        every = np.concatenate([frequencies, unseen])
        return every[every > 0]


def _norms(lengths: Scores, mean: float) -> Scores:
    """The part of the formula that a text's length decides."""
    share = lengths / mean if mean else np.zeros(len(lengths))
    norms: Scores = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * share)
    return norms
