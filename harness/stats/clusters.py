"""Which cases belong together: turns of one conversation stand or fall together and count as one drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.case_files import normalised
from harness.cases import Case

_DECIMALS = 12
"""Differences that cancel in a cluster leave rounding errors below this; they are no difference."""


@dataclass(frozen=True)
class Clustered:
    """Differences summed by cluster: (m,) sums and (m,) numbers of cases; clusters in the order of their keys."""

    sums: NDArray[np.float64]
    sizes: NDArray[np.float64]

    @property
    def contributions(self) -> NDArray[np.float64]:
        """(m,) what each cluster adds to the mean over all cases, times m: their mean is that mean."""
        return np.asarray(self.sums * (len(self.sums) / self.sizes.sum()), dtype=np.float64)


def cluster_of(case: Case) -> str:
    """The cluster of a case: its `conversation`, else the first turn, which others may share.

    First turns are the same when their letters and digits and their picture are.
    """
    if case.conversation:
        return f"conversation {case.conversation}"
    first = case.turns[0]
    opening = " ".join(filter(None, (normalised(first.text), first.image)))
    return f"opening {opening}" if opening else f"case {case.id}"


def clustered(differences: NDArray[np.float64], keys: Sequence[str]) -> Clustered:
    """Sum differences by cluster.

    Args:
        differences: (n,), one a case.
        keys: n clusters, in the same order.
    """
    _, places = np.unique(np.array(keys, dtype=str), return_inverse=True)
    sums = np.asarray(np.bincount(places, weights=differences), dtype=np.float64)
    return Clustered(sums.round(_DECIMALS), np.bincount(places).astype(np.float64))
