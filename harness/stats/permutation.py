"""The sign-flip test: were both runs alike, each cluster's difference could as well have had the other sign."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

MOST_EXACT = 12
"""Clusters with a difference up to which all 2^m sign patterns are gone through."""
DRAWS = 9_999
SEED = 20260120
_BLOCK = 1 << 22
_TOLERANCE = 1e-9


def sign_flip(sums: NDArray[np.float64], seed: int = SEED) -> tuple[float, float]:
    """How many sign patterns give a sum as high as the observed one, and how many one as low.

    Exact where all differences have one size (then it is the sign test, McNemar's exact test for shares) and up to
    `MOST_EXACT` differences; else `DRAWS` seeded patterns, the observed one counted among them.

    Args:
        sums: (m,) differences by cluster; zeros say nothing and are passed over.
        seed: of the drawn patterns.

    Returns:
        Two one-sided p in (0, 1]: small where the sum is high beyond chance, and where it is low. 1 where nothing
        differs.

    Source:
        Pitman: Significance tests which may be applied to samples from any populations, 1937; the one that is added
        to draws: Phipson, Smyth: Permutation p-values should never be zero, 2010.
    """
    different = sums[sums != 0]
    sizes, counts = np.unique(np.abs(different), return_counts=True)
    if len(sizes) <= 1:
        positive, m = int((different > 0).sum()), len(different)
        return _heads(positive, m), _heads(m - positive, m)
    observed = math.fsum(different)
    if len(different) <= MOST_EXACT:
        every = _every_sum(np.abs(different))
        return float(np.mean(every >= observed - _TOLERANCE)), float(np.mean(every <= observed + _TOLERANCE))
    return _drawn(sizes, counts, observed, seed)


def _heads(least: int, m: int) -> float:
    """P(at least so many heads in m tosses)."""
    term, total = 1, 1
    for tails in range(m - least):
        term = term * (m - tails) // (tails + 1)
        total += term
    return float(Fraction(total, 1 << m))


def _every_sum(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2^m,) sums, one a sign pattern."""
    sums = np.zeros(1)
    for size in sizes:
        sums = np.concatenate([sums + size, sums - size])
    return sums


def _drawn(sizes: NDArray[np.float64], counts: NDArray[np.int64], observed: float, seed: int) -> tuple[float, float]:
    """Equal sizes are drawn together: how many of them are positive is binomial."""
    draw = np.random.default_rng(seed)
    step = max(1, _BLOCK // len(sizes))
    high = low = 1
    for start in range(0, DRAWS, step):
        positive = draw.binomial(counts, 0.5, size=(min(step, DRAWS - start), len(sizes)))
        sums = (2 * positive - counts) @ sizes
        high += int((sums >= observed - _TOLERANCE).sum())
        low += int((sums <= observed + _TOLERANCE).sum())
    return high / (DRAWS + 1), low / (DRAWS + 1)
