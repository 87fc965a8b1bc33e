"""rank-bm25 behind the lexical port. It knows no changes, so every change builds it anew; meant for small corpora."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rank_bm25 import BM25Okapi

from kb.ports import Mask, Numbers, Ranking, Scores, best


class RankBm25:
    """Meets `kb.ports.LexicalIndex` over `rank_bm25.BM25Okapi`."""

    def __init__(self, passages: Mapping[int, Mapping[str, int]] | None = None) -> None:
        self._passages = {number: dict(counts) for number, counts in (passages or {}).items()}
        self._built: tuple[list[int], BM25Okapi] | None = None

    def add(self, number: int, counts: Mapping[str, int]) -> None:
        if number in self._passages:
            raise ValueError(f"passage {number} is indexed already; remove it first")
        self._passages[number] = dict(counts)
        self._built = None

    def remove(self, number: int) -> None:
        if number not in self._passages:
            raise KeyError(f"passage {number} is not indexed")
        del self._passages[number]
        self._built = None

    def search(self, terms: Sequence[str], k: int, allowed: Mask | None = None) -> Ranking:
        return best(self.scores(terms), k, allowed)

    def score(self, terms: Sequence[str], numbers: Numbers) -> Scores:
        return self.scores(terms)[numbers]

    def scores(self, terms: Sequence[str]) -> Scores:
        """Score every number, (highest number + 1,); 0 for those not in use."""
        if not any(self._passages.values()):
            # The library divides by the number of passages and by their mean length.
            return np.zeros(max(self._passages, default=-1) + 1)
        numbers, library = self._library()
        scores = np.zeros(numbers[-1] + 1)
        scores[numbers] = library.get_scores(list(terms))
        return scores

    def ceiling(self, terms: Sequence[str]) -> float:
        if not any(self._passages.values()):
            return 0.0
        _, library = self._library()
        unseen = float(np.log(len(self._passages) + 0.5) - np.log(0.5))
        return float(sum(max(library.idf.get(term, unseen), 0.0) for term in terms) * (library.k1 + 1))

    def _library(self) -> tuple[list[int], BM25Okapi]:
        if self._built is None:
            numbers = sorted(self._passages)
            texts = [[term for term, count in self._passages[n].items() for _ in range(count)] for n in numbers]
            self._built = numbers, BM25Okapi(texts)
        return self._built
