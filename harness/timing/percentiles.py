"""Percentiles with distribution-free intervals from order statistics; refused where the samples cannot bound them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Quantile:
    """A percentile of n samples. All three are None where n samples cannot bound it: `refusal` says how many can."""

    percent: float
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def refusal(self) -> str:
        """Why there is no value; empty when there is one."""
        if self.value is not None:
            return ""
        return f"p{self.percent:g} needs {least_samples(self.percent)} samples, got {self.n}"


def quantile(values: Sequence[float], percent: float, confidence: float = CONFIDENCE) -> Quantile:
    """The nearest-rank percentile with its interval, or a refusal.

    Args:
        values: samples, in any order and any unit.
        percent: between 0 and 100, both excluded.
        confidence: of the interval.

    Raises:
        ValueError: `percent` or `confidence` is outside its range.
    """
    n = len(values)
    ranks = interval_ranks(n, percent, confidence)
    if ranks is None:
        return Quantile(percent, n)
    ordered, at = sorted(values), math.ceil(n * percent / 100 - 1e-9)
    return Quantile(percent, n, ordered[at - 1], ordered[ranks[0] - 1], ordered[ranks[1] - 1])


@lru_cache(maxsize=4096)
def interval_ranks(n: int, percent: float, confidence: float = CONFIDENCE) -> tuple[int, int] | None:
    """The ranks (from 1) of the samples that bound a percentile with the confidence at least, however they are spread.

    Sample l and sample u enclose it with the probability that l to u - 1 of n samples lie below it, a binomial. Of all
    pairs that reach the confidence the nearest together is taken, of equals the one that leaves out most evenly.

    Returns:
        (l, u), or None where even the smallest and the largest sample do not reach it.

    Raises:
        ValueError: `percent` outside (0, 100) or `confidence` outside (0, 1).

    Source:
        Hahn, Meeker: Statistical Intervals, Wiley 1991, section 5.2.
    """
    if not 0 < percent < 100 or not 0 < confidence < 1:
        raise ValueError(f"a percent lies in (0, 100), a confidence in (0, 1), got {percent} and {confidence}")
    below = _below(n, percent / 100)
    best: tuple[float, float, int, int] | None = None
    for low in range(1, n):
        high = int(np.searchsorted(below, below[low - 1] + confidence - 1e-12)) + 1
        if high > n:
            break
        uneven = abs(below[low - 1] - (1 - below[high - 1]))
        best = min(filter(None, (best, (high - low, uneven, low, high))))
    return None if best is None else (best[2], best[3])


@lru_cache(maxsize=64)
def least_samples(percent: float, confidence: float = CONFIDENCE) -> int:
    """The fewest samples whose smallest and largest bound a percentile with the confidence.

    Raises:
        ValueError: as `interval_ranks`.
    """
    if not 0 < percent < 100 or not 0 < confidence < 1:
        raise ValueError(f"a percent lies in (0, 100), a confidence in (0, 1), got {percent} and {confidence}")
    share = percent / 100
    return next(n for n in range(2, 10_000_000) if 1 - share**n - (1 - share) ** n >= confidence)


def _below(n: int, share: float) -> NDArray[np.float64]:
    """(n,) the chance that at most 0, 1, … n - 1 of n samples lie below the percentile."""
    factorials = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, n + 1)))))
    counts = np.arange(n)
    logs = factorials[n] - factorials[counts] - factorials[n - counts]
    chances = np.exp(logs + counts * math.log(share) + (n - counts) * math.log1p(-share))
    return np.asarray(np.cumsum(chances), dtype=np.float64)
