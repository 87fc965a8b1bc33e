"""rank-bm25 behind the lexical port. It knows no changes, so every change builds it anew; meant for small corpora."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
from rank_bm25 import BM25Okapi

from kb.ports import Mask, Numbers, Ranking, Scores, Terms, best, weights_of


class RankBm25:
    """Meets `kb.ports.LexicalIndex` over `rank_bm25.BM25Okapi`."""

    def __init__(self, passages: Mapping[int, Mapping[str, int]] | None = None) -> None:
        self._passages = {number: dict(counts) for number, counts in (passages or {}).items()}
        self._built: tuple[list[int], BM25Okapi, Counter[str]] | None = None
        self._grouped: tuple[Numbers, RankBm25] | None = None
        self._last: tuple[Terms, Scores] | None = None

    def add(self, number: int, counts: Mapping[str, int]) -> None:
        if number in self._passages:
            raise ValueError(f"passage {number} is indexed already; remove it first")
        self._passages[number] = dict(counts)
        self._built = self._grouped = self._last = None

    def remove(self, number: int) -> None:
        if number not in self._passages:
            raise KeyError(f"passage {number} is not indexed")
        del self._passages[number]
        self._built = self._grouped = self._last = None

    def search(self, terms: Terms, k: int, allowed: Mask | None = None) -> Ranking:
        return best(self.scores(terms), k, allowed)

    def score(self, terms: Terms, numbers: Numbers) -> Scores:
        return self.scores(terms)[numbers]

    def scores(self, terms: Terms) -> Scores:
        """Score every number, (highest number + 1,); 0 for those not in use."""
        if not any(self._passages.values()):
            # The library divides by the number of passages and by their mean length.
            return np.zeros(max(self._passages, default=-1) + 1)
        # A question is scored twice, to rank and to compare; the library goes through all passages for each term.
        last = self._last
        if last is None or last[0] is not terms:
            self._last = last = terms, self._scored(terms)
        return last[1]

    def _scored(self, terms: Terms) -> Scores:
        numbers, library, frequencies = self._library()
        scores = np.zeros(numbers[-1] + 1)
        for term, weight in weights_of(terms).items():
            if term in frequencies:
                scores[numbers] += weight * library.get_scores([term])
        return scores

    def score_groups(self, terms: Terms, group_of: Numbers, groups: int) -> Scores:
        if self._grouped is None or self._grouped[0] is not group_of:
            self._grouped = group_of, _joined(self._passages, group_of)
        scores = self._grouped[1].scores(terms)
        return np.concatenate([scores, np.zeros(groups - len(scores))])

    def frequency(self, term: str) -> int:
        return self._library()[2][term] if any(self._passages.values()) else 0

    def _library(self) -> tuple[list[int], BM25Okapi, Counter[str]]:
        """The numbers in use, the library over them, and in how many passages each term stands."""
        if self._built is None:
            numbers = sorted(self._passages)
            texts = [[term for term, count in self._passages[n].items() for _ in range(count)] for n in numbers]
            frequencies = Counter(term for counts in self._passages.values() for term in counts)
            self._built = numbers, BM25Okapi(texts), frequencies
        return self._built


def _joined(passages: Mapping[int, Mapping[str, int]], group_of: Numbers) -> RankBm25:
    """An index of whole groups, each one text."""
    groups: dict[int, Counter[str]] = {}
    for number, counts in passages.items():
        groups.setdefault(int(group_of[number]), Counter()).update(counts)
    return RankBm25(groups)
