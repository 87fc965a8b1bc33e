"""The smallest drop that a suite can see: what a test at a level would find with a given probability.

A drop of δ changes cases that did not change before, whole clusters of them at worst, and so brings a variance of its
own. With σ² the variance between clusters where nothing dropped and m clusters, the drop is seen with probability

    Φ((δ √m - z(1 - level) √(σ² + δ)) / √(σ² + δ - δ²))

which for shares is Connor's formula for McNemar's test. However little noise there is, the sign test needs so many
clusters k that got worse that 2^-k ≤ level: P(Binomial(m, δ) ≥ k) bounds it from above, and is exact without noise.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from harness.stats.clusters import Clustered

POWER = 0.8
_NORMAL = NormalDist()
_STEPS = 40


def smallest_effect(clustered: Clustered, level: float, span: float = 1.0, power: float = POWER) -> float | None:
    """The smallest drop of the mean that is seen with probability `power`.

    Args:
        clustered: differences by cluster; how they vary is the noise, a drop that is already among them included.
        level: of the one-sided test; that of all tests divided by their number, for Holm's first step.
        span: the largest difference that a case can have.
        power: wanted probability.

    Returns:
        A drop in (0, span]; None where even a drop of everything would not be seen.

    Source:
        Connor: Sample size for testing differences in proportions for the paired-sample design, Biometrics 1987.
    """
    m, noise = len(clustered.sums), variance(clustered) / span**2
    if chance_to_see(1.0, noise, m, level) < power:
        return None
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if chance_to_see(middle, noise, m, level) >= power else (middle, high)
    return high * span


def variance(clustered: Clustered) -> float:
    """Between the clusters' contributions to the mean; 0 below two clusters."""
    m = len(clustered.sums)
    return float(clustered.contributions.var(ddof=1)) if m > 1 else 0.0


def chance_to_see(drop: float, noise: float, m: int, level: float) -> float:
    """The probability that a one-sided test at `level` finds a drop.

    Args:
        drop: δ in (0, 1], a share of the span.
        noise: σ² between clusters without the drop, in the same unit squared.
        m: clusters.
        level: in (0, 1).
    """
    surely = _at_least(math.ceil(math.log2(1 / level) - 1e-12), m, drop)
    if not noise:
        return surely
    bar = _NORMAL.inv_cdf(1 - level) * math.sqrt(noise + drop)
    spread = math.sqrt(max(noise + drop - drop**2, 1e-12))
    normal = _NORMAL.cdf((drop * math.sqrt(m) - bar) / spread)
    return min(normal, surely)


def _at_least(k: int, m: int, share: float) -> float:
    """P(Binomial(m, share) ≥ k)."""
    if k > m:
        return 0.0
    if share >= 1:
        return 1.0
    below = [math.exp(_log_choose(m, i) + i * math.log(share) + (m - i) * math.log1p(-share)) for i in range(k)]
    return max(0.0, 1.0 - math.fsum(below))


def _log_choose(m: int, i: int) -> float:
    return math.lgamma(m + 1) - math.lgamma(i + 1) - math.lgamma(m - i + 1)
