"""What the room asks of an embedder and of an index. An index knows passages by number, so that a mask is an array."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Mask: TypeAlias = NDArray[np.bool_]
Matrix: TypeAlias = NDArray[np.float32]
Numbers: TypeAlias = NDArray[np.int64]
Scores: TypeAlias = NDArray[np.float64]
# The terms of a question: each as often as it stands there, or each with its weight.
Terms: TypeAlias = Sequence[str] | Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Passage numbers with their scores, best first, ties by number; both arrays are as long as the ranking."""

    numbers: Numbers
    scores: Scores

    def __len__(self) -> int:
        return len(self.numbers)


EMPTY = Ranking(np.empty(0, np.int64), np.empty(0, np.float64))


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their similarity.

    `name`, `revision`, `dimension` and `normalisation` ("l2": rows of length 1) are stamped into an index; two
    embedders that differ in one of them do not meet.
    """

    @property
    def name(self) -> str: ...
    @property
    def revision(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def normalisation(self) -> str: ...

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return (len(texts), dimension) float32 in the order of `texts`.

        Rows have length 1; a text in which the model knows nothing is a row of zeros.
        """
        ...


class LexicalIndex(Protocol):
    """Scores passages by the terms they share with a query."""

    def add(self, number: int, counts: Mapping[str, int]) -> None:
        """Index a passage by how often it holds each term. ValueError where the number is taken."""
        ...

    def remove(self, number: int) -> None:
        """Forget a passage. KeyError where the number is not indexed."""
        ...

    def search(self, terms: Terms, k: int, allowed: Mask | None = None) -> Ranking:
        """Return the best `k` passages with a score above 0 among those that `allowed` (by number) marks."""
        ...

    def score(self, terms: Terms, numbers: Numbers) -> Scores:
        """Return the scores of given passages, (len(numbers),); 0 where no term is shared."""
        ...

    def score_groups(self, terms: Terms, group_of: Numbers, groups: int) -> Scores:
        """Score groups of passages as if each were one text, (groups,).

        Args:
            terms: of the question.
            group_of: (highest number + 1,) the group of each passage.
            groups: how many there are.
        """
        ...

    def frequency(self, term: str) -> int:
        """In how many passages a term stands."""
        ...


class VectorIndex(Protocol):
    """Scores passages by the similarity of their vector to a query's."""

    def search(self, vector: Matrix, k: int, allowed: Mask | None = None) -> Ranking:
        """Return the best `k` passages with a similarity above 0 among those that `allowed` (by number) marks."""
        ...

    def score(self, vector: Matrix, numbers: Numbers) -> Scores:
        """Return the similarities of given passages, (len(numbers),), -1 to 1."""
        ...


def weights_of(terms: Terms) -> Mapping[str, float]:
    """Each term with its weight; of a sequence, how often it stands there."""
    return terms if isinstance(terms, Mapping) else Counter(terms)


def best(scores: Scores, k: int, allowed: Mask | None = None) -> Ranking:
    """Rank numbers by a score each: above 0 only, best first, ties by number, masked ones left out before the cut."""
    if allowed is not None:
        scores = scores[: len(allowed)]
    candidates = np.flatnonzero(scores > 0 if allowed is None else (scores > 0) & allowed)
    own = scores[candidates]
    if 0 < k < len(candidates):
        among = own >= np.partition(own, -k)[-k]
        candidates, own = candidates[among], own[among]
    order = np.lexsort((candidates, -own))[: max(k, 0)]
    return Ranking(candidates[order].astype(np.int64), own[order].astype(np.float64))
