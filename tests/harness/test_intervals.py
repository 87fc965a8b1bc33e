from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.aggregate import figures
from harness.cases import Figure, Score, Verdict
from harness.intervals import bootstrap, interval, wilson
from harness.latency import latency_figures
from harness.reading import CaseResult
from tests.harness.support import a_case, an_observation


@pytest.mark.parametrize(
    ("successes", "n", "bounds"),
    [(15, 148, (0.0624, 0.1605)), (0, 20, (0.0, 0.1611)), (1, 29, (0.0061, 0.1718))],
)
def test_wilson_equals_newcombes_published_examples(successes: int, n: int, bounds: tuple[float, float]) -> None:
    # Newcombe, Statistics in Medicine 1998, table I, method 3.
    assert wilson(successes, n) == pytest.approx(bounds, abs=1e-4)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_an_interval_holds_the_mean_and_stays_in_the_range(values: list[float]) -> None:
    low, high = interval(values) or (1.0, 0.0)
    mean = sum(values) / len(values)
    assert -1e-9 <= low <= mean + 1e-9
    assert mean - 1e-9 <= high <= 1 + 1e-9


def test_one_value_has_no_interval_and_a_bootstrap_repeats() -> None:
    assert interval([0.5]) is None
    assert bootstrap([0.1, 0.5, 0.9]) == bootstrap([0.1, 0.5, 0.9])
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


def _score(id_: str, verdict: Verdict, value: float | None, split: str = "dev") -> Score:
    return Score("golden", id_, split, "m", verdict, value)


def _results(scores: Sequence[Score]) -> list[CaseResult]:
    return [CaseResult(a_case(id=score.id), (score,)) for score in scores]


def test_means_are_over_pass_and_fail_with_the_unmeasured_beside() -> None:
    scores = [
        _score("a", "PASS", 1.0),
        _score("b", "FAIL", 0.0),
        _score("c", "UNMEASURED", None),
        _score("d", "N/A", None),
    ]
    whole = figures(_results(scores))[0]
    assert (whole.value, whole.n, whole.passed, whole.failed, whole.unmeasured) == (0.5, 2, 1, 1, 1)
    assert whole.share_unmeasured == pytest.approx(1 / 3)


def test_nothing_measured_is_no_value() -> None:
    assert figures(_results([_score("a", "UNMEASURED", None)]))[0].value is None


def test_figures_are_told_by_split_intent_and_tag() -> None:
    case = a_case(intents=["waste", "weather"], tags=["multi"])
    keys = {(one.split, one.slice) for one in figures([CaseResult(case, (_score("c", "PASS", 1.0),))])}
    assert keys == {("", ""), ("dev", ""), ("", "intent:waste"), ("dev", "intent:waste"), ("", "intent:weather"),
                    ("dev", "intent:weather"), ("", "tag:multi")}  # fmt: skip


def test_latencies_are_told_by_node_and_bad_samples_are_refused_not_counted_as_zero() -> None:
    seen = [an_observation({"answer": "a", "timings_ms": {"total": value}}) for value in (10, None, "5", True, 30)]
    seen.append(an_observation({"answer": "a", "timings_ms": {"total": 1}, "cached": True}))
    p50, p95, p99 = latency_figures("golden", seen)
    assert (p50.metric, p50.slice, p50.value, p50.n, p50.unmeasured) == ("latency_p50_ms", "node:total", 10.0, 2, 4)
    assert (p50.low, p95.value, p99.value) == (None, None, None)


def test_a_percentile_has_bounds_and_a_tail_that_cannot_be_bounded_has_no_value() -> None:
    seen = [an_observation({"answer": "a", "timings_ms": {"compose": float(n)}}) for n in range(1, 61)]
    p50, p95, p99 = latency_figures("golden", seen)
    assert (p50.value, p95.value, p99.value) == (30.0, 57.0, None)
    assert p50.low is not None
    assert p50.high is not None
    assert p50.low < 30 < p50.high


def test_a_figure_without_samples_has_no_share() -> None:
    assert Figure("s", "m", None, 0).share_unmeasured == 0
