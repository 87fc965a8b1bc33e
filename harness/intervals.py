"""95 % intervals for a mean over cases: Wilson where every value is 0 or 1, else a seeded bootstrap, of many cases the
normal one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_Z = 1.959963984540054
"""The normal quantile that leaves 2.5 % above it."""
RESAMPLES = 1000
SEED = 20260120
MANY = 1000
"""Above it the resamples would take 8 KB a case, and their quantiles are those of the normal distribution anyway."""


def interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Bounds of the mean; None below two values, of which nothing can be said.

    Returns:
        (low, high). For values that are all equal but not 0 or 1 both are that value: the bootstrap cannot see further.
    """
    if len(values) < 2:
        return None
    if all(value in (0.0, 1.0) for value in values):
        return wilson(sum(values), len(values))
    return bootstrap(values) if len(values) <= MANY else normal(values)


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Score interval of a share.

    Raises:
        ValueError: no trials, or more successes than trials.

    Source:
        Wilson: Probable inference, the law of succession, and statistical inference, JASA 1927.
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"successes must be between 0 and n > 0, got {successes} of {n}")
    share, z2 = successes / n, _Z * _Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return (0.0 if successes == 0 else low), (1.0 if successes == n else high)


def normal(values: Sequence[float]) -> tuple[float, float]:
    """The mean plus and minus 1.96 standard errors."""
    found = np.asarray(values, dtype=np.float64)
    mean, half = float(found.mean()), _Z * float(found.std()) / math.sqrt(len(found))
    return mean - half, mean + half


def bootstrap(values: Sequence[float], seed: int = SEED) -> tuple[float, float]:
    """Percentile interval of the mean over resampled cases."""
    means = _weights(len(values), seed) @ np.asarray(values, dtype=np.float64)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


@lru_cache(maxsize=32)
def _weights(n: int, seed: int) -> NDArray[np.float64]:
    """(RESAMPLES, n) shares of each value in each resample; drawn once a size, since a report asks a thousand times."""
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    return drawn.astype(np.float64) / n
