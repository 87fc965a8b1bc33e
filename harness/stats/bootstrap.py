"""A 95 % interval for the mean difference between two runs, whole clusters drawn with replacement."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from harness.stats.clusters import Clustered

RESAMPLES = 2_000
SEED = 20260120
TAIL = 0.025
_BLOCK = 1 << 22
_NORMAL = NormalDist()


def interval(clustered: Clustered, span: float = 1.0, seed: int = SEED) -> tuple[float, float]:
    """Bounds of the mean difference over cases.

    A bootstrap cannot draw what no cluster showed: were nothing different, its bounds would both be 0. So a direction
    that none of the m clusters took is given the rate that it may still have with 97.5 % confidence, 1 - 0.025^(1/m).

    Args:
        clustered: differences by cluster, at least one.
        span: the largest difference that a case can have.
        seed: of the resamples.

    Returns:
        (low, high), bias-corrected and accelerated, within ±span.

    Source:
        Efron: Better bootstrap confidence intervals, JASA 1987; the rate of what was never seen: Hanley,
        Lippman-Hand: If nothing goes wrong, is everything all right?, JAMA 1983.
    """
    low, high = _accelerated(clustered, seed)
    unseen = (1 - TAIL ** (1 / len(clustered.sums))) * span
    low = low if (clustered.sums < 0).any() else low - unseen
    high = high if (clustered.sums > 0).any() else high + unseen
    return max(-span, low), min(span, high)


def _accelerated(clustered: Clustered, seed: int) -> tuple[float, float]:
    mean = float(clustered.sums.sum() / clustered.sizes.sum())
    if not np.ptp(clustered.sums / clustered.sizes):
        return mean, mean
    means = _resampled(clustered, seed)
    below = float((means < mean - 1e-12).mean() + (np.abs(means - mean) <= 1e-12).mean() / 2)
    bias = _NORMAL.inv_cdf(min(max(below, 1 / len(means)), 1 - 1 / len(means)))
    ends = [_shifted(sign * _NORMAL.inv_cdf(1 - TAIL), bias, _acceleration(clustered)) for sign in (-1, 1)]
    low, high = np.quantile(means, ends)
    return float(low), float(high)


def _resampled(clustered: Clustered, seed: int) -> NDArray[np.float64]:
    """(RESAMPLES,) means. Clusters that are alike are drawn together, so that a suite of zeros costs nothing."""
    kinds, counts = np.unique(np.stack([clustered.sums, clustered.sizes], axis=1), axis=0, return_counts=True)
    m, step = len(clustered.sums), max(1, _BLOCK // len(kinds))
    draw = np.random.default_rng(seed)
    blocks = [
        draw.multinomial(m, counts / m, size=min(step, RESAMPLES - start)) @ kinds
        for start in range(0, RESAMPLES, step)
    ]
    totals = np.concatenate(blocks)
    return np.asarray(totals[:, 0] / totals[:, 1], dtype=np.float64)


def _acceleration(clustered: Clustered) -> float:
    """How skewed the mean is, by leaving out one cluster at a time."""
    if len(clustered.sums) < 2:
        return 0.0
    left = (clustered.sums.sum() - clustered.sums) / (clustered.sizes.sum() - clustered.sizes)
    away = left.mean() - left
    squares = float((away**2).sum())
    return float((away**3).sum() / (6 * squares**1.5)) if squares > 0 else 0.0


def _shifted(quantile: float, bias: float, acceleration: float) -> float:
    moved = bias + quantile
    return _NORMAL.cdf(bias + moved / max(1e-6, 1 - acceleration * moved))
