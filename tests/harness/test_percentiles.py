"""Intervals of percentiles: against a sum of binomials by whole numbers, known least sample sizes, and a simulation."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.timing.percentiles import interval_ranks, least_samples, quantile


def _chances(n: int, share: Fraction) -> list[Fraction]:
    """The chance of each number of n samples to lie below the percentile, exactly."""
    return [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 40), st.sampled_from([25, 50, 90, 95]))
def test_the_interval_is_the_narrowest_that_covers(n: int, percent: int) -> None:
    chances, wanted = _chances(n, Fraction(percent, 100)), Fraction(95, 100)
    pairs = [(low, high) for low in range(1, n) for high in range(low + 1, n + 1)]
    covering = [pair for pair in pairs if sum(chances[slice(*pair)]) >= wanted]
    found = interval_ranks(n, percent)
    if not covering:
        assert found is None
    else:
        assert found in covering
        assert found is not None
        assert found[1] - found[0] == min(high - low for low, high in covering)


@pytest.mark.parametrize(("percent", "least"), [(50, 6), (90, 29), (95, 59), (99, 299)])
def test_below_the_least_number_of_samples_it_is_refused(percent: float, least: int) -> None:
    assert least_samples(percent) == least
    assert quantile([1.0] * least, percent).value == 1.0
    refused = quantile([1.0] * (least - 1), percent)
    assert (refused.value, refused.low, refused.high) == (None, None, None)
    assert refused.refusal == f"p{percent:g} needs {least} samples, got {least - 1}"


def test_the_median_of_one_to_ten_lies_between_its_second_and_ninth() -> None:
    """Ten samples bound the median by the second and ninth with 97.9 %; third and eighth would reach 89.1 %."""
    found = quantile([float(value) for value in range(10, 0, -1)], 50)
    assert (found.low, found.value, found.high, found.refusal) == (2.0, 5.0, 9.0, "")


@pytest.mark.parametrize(("percent", "n"), [(50, 30), (95, 120), (99, 400)])
def test_the_interval_covers_the_truth_as_often_as_it_says(percent: float, n: int) -> None:
    ranks = interval_ranks(n, percent)
    assert ranks is not None
    drawn = np.sort(np.random.default_rng(7).random((4000, n)), axis=1)
    covers = (drawn[:, ranks[0] - 1] <= percent / 100) & (percent / 100 <= drawn[:, ranks[1] - 1])
    assert covers.mean() >= 0.94


@pytest.mark.parametrize(("percent", "confidence"), [(0, 0.95), (100, 0.95), (50, 0), (50, 1)])
def test_a_percent_or_confidence_outside_its_range_is_refused(percent: float, confidence: float) -> None:
    for of in (interval_ranks, lambda n, *rest: least_samples(*rest)):
        with pytest.raises(ValueError, match="lies in"):
            of(10, percent, confidence)


def test_many_samples_are_bounded_closely() -> None:
    ranks = interval_ranks(100_000, 99)
    assert ranks is not None
    assert ranks[0] < 99_000 < ranks[1]
    assert ranks[1] - ranks[0] < 150
