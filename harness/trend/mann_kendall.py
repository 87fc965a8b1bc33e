"""A trend that outliers do not make: the Mann-Kendall test for its direction, Theil and Sen's median for its slope.

Own code, since SciPy is no dependency of ours.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

LEAST = 10
"""Values from which the normal approximation holds (Kendall 1975); fewer prove nothing here."""


def mann_kendall(values: Sequence[float]) -> tuple[float, float]:
    """Test for a monotone trend.

    Args:
        values: at equal distances, oldest first; ties are allowed.

    Returns:
        One-sided p that they fall, and that they rise, each in [0, 1]; 1 and 1 below `LEAST` values or if all are one.

    Source:
        Mann: Nonparametric tests against trend, Econometrica 1945; Kendall: Rank correlation methods, 1975 (ties,
        continuity).
    """
    n = len(values)
    score = sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2))
    ties = sum(count * (count - 1) * (2 * count + 5) for count in Counter(values).values())
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    if n < LEAST or variance <= 0:
        return 1.0, 1.0
    return _upper_tail((-score - 1) / math.sqrt(variance)), _upper_tail((score - 1) / math.sqrt(variance))


def theil_sen(values: Sequence[float]) -> float:
    """The median slope over all pairs, in units a run; 0 for fewer than two values.

    Source:
        Sen: Estimates of the regression coefficient based on Kendall's tau, JASA 1968.
    """
    pairs = combinations(enumerate(values), 2)
    slopes = [(later - earlier) / (after - before) for (before, earlier), (after, later) in pairs]
    return statistics.median(slopes) if slopes else 0.0


def _upper_tail(z: float) -> float:
    return 0.5 * math.erfc(z / math.sqrt(2))
