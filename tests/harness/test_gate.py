from __future__ import annotations

from collections.abc import Mapping

import pytest

from harness.adapters.yaml_gates import gates_from
from harness.baseline import accepted, baseline_from
from harness.cases import ConfigError, DataError, Figure, Gate, GateResult, Score
from harness.gate import COMPLETE, Evidence, complete, exit_code, held, limit_of

KEY = ("golden", "intent_f1", "", "")


def _figure(value: float | None, unmeasured: int = 0, slice_: str = "", n: int = 10) -> Figure:
    return Figure("golden", "intent_f1", value, n, slice=slice_, unmeasured=unmeasured)


def _held(
    gate: Gate, *figures: Figure, baseline: Mapping[tuple[str, str, str, str], float] | None = None
) -> GateResult:
    evidence = Evidence(figures, baseline or {}, {("golden", "routing_exact"): "agents"}, {"golden"}, {"late": "lower"})
    return held([gate], evidence)[0]


@pytest.mark.parametrize(
    ("gate", "figure", "standing"),
    [
        (Gate("intent_f1", "golden", min=0.9), _figure(0.95), "holds"),
        (Gate("intent_f1", "golden", min=0.9), _figure(0.9 - 1e-12), "holds"),
        (Gate("intent_f1", "golden", min=0.9), _figure(0.89), "fails"),
        (Gate("intent_f1", "golden", max=0.1), _figure(0.2), "fails"),
        (Gate("intent_f1", "golden", min=0.9), _figure(0.95, unmeasured=1), "unmeasured"),
        (Gate("intent_f1", "golden", min=0.9, max_unmeasured=0.1), _figure(0.95, unmeasured=1), "holds"),
        (Gate("intent_f1", "golden", min=0.9), _figure(0.5, unmeasured=9), "fails"),
        (Gate("intent_f1", "golden", min=0.9), _figure(None, unmeasured=9, n=0), "unmeasured"),
        (Gate("intent_f1", "golden", min=0.9), _figure(None, n=0), "unmeasured"),
        (Gate("intent_f1", "onboarding", min=0.9), _figure(0.95), "unmeasured"),
        (Gate("intent_f1", "golden", split="test", min=0.9), _figure(0.95), "unmeasured"),
        (Gate("routing_exact", "golden", min=0.9), _figure(0.95), "N/A"),
    ],
)
def test_a_gate_holds_fails_or_was_not_measured(gate: Gate, figure: Figure, standing: str) -> None:
    assert _held(gate, figure).standing == standing


def test_a_percentile_that_too_few_samples_bound_says_how_many_would() -> None:
    figure = Figure("golden", "latency_p99_ms", None, 120, slice="node:total")
    result = _held(Gate("latency_p99_ms", "golden", slice="node:total", max=50), figure)
    assert (result.standing, result.reason) == ("unmeasured", "p99 needs 299 samples, got 120")


@pytest.mark.parametrize(
    ("value", "before", "standing"),
    [(0.90, 0.91, "holds"), (0.88, 0.91, "fails"), (0.95, 0.91, "holds"), (0.9, None, "unmeasured")],
)
def test_a_drop_is_against_the_baseline(value: float, before: float | None, standing: str) -> None:
    baseline = {} if before is None else {KEY: before}
    result = _held(Gate("intent_f1", "golden", max_drop=0.02), _figure(value), baseline=baseline)
    assert result.standing == standing
    assert result.baseline == before


def test_a_drop_of_what_should_be_low_is_a_rise() -> None:
    figure = Figure("golden", "late", 0.2, 10)
    assert _held(Gate("late", "golden", max_drop=0.05), figure, baseline={figure.key: 0.1}).standing == "fails"
    assert _held(Gate("late", "golden", max_drop=0.05), figure, baseline={figure.key: 0.3}).standing == "holds"


def test_the_worst_slice_decides_and_is_named() -> None:
    slices = [_figure(0.95, slice_="intent:waste"), _figure(0.4, slice_="intent:weather"), _figure(0.0, slice_="tag:x")]
    result = _held(Gate("intent_f1", "golden", slice="intent:*", min=0.9), *slices)
    assert (result.standing, result.figure) == ("fails", slices[1])


def test_what_the_baseline_had_and_the_target_no_longer_gives_is_unmeasured() -> None:
    gate = Gate("routing_exact", "golden", min=0.9)
    result = _held(gate, baseline={("golden", "routing_exact", "", ""): 1.0})
    assert (result.standing, "any more" in result.reason) == ("unmeasured", True)


def _result(standing: str, metric: str = "m") -> GateResult:
    return GateResult(Gate(metric, "s", min=0), standing, "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("standings", "code"),
    [
        (["holds", "holds"], 0), (["holds", "N/A"], 0), (["holds", "fails", "unmeasured"], 1),
        (["holds", "unmeasured"], 2), (["N/A", "N/A"], 2), ([], 0),
    ],
)  # fmt: skip
def test_the_exit_code_tells_failed_from_unmeasured(standings: list[str], code: int) -> None:
    assert exit_code([_result(standing) for standing in standings]) == code


def test_that_all_cases_are_there_does_not_make_a_run_pass() -> None:
    assert exit_code([_result("N/A"), _result("holds", COMPLETE)]) == 2
    assert exit_code([_result("holds"), _result("fails", COMPLETE)]) == 1


def test_missing_and_vanished_cases_are_named() -> None:
    assert complete("golden", 9, [], []).standing == "holds"
    result = complete("golden", 9, ["a"], ["b"])
    assert result.standing == "fails"
    assert "no observation: a" in result.reason
    assert "no longer among the cases: b" in result.reason


def test_gates_are_read_with_their_lines_and_defaults() -> None:
    text = (
        "defaults: {max_unmeasured: 0.1}\n"
        "gates:\n  - {metric: m, suite: s, min: 1}\n  - metric: n\n    suite: s\n    max: 2\n"
    )
    one, two = gates_from(text, "gates.yaml")
    assert (one.line, one.min, one.max_unmeasured, two.line, two.max) == (3, 1, 0.1, 4, 2)
    assert limit_of(one) == "≥ 1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gates: []", "no gates"), ("- a", "no gates"), ("gates: [1]", "must be a mapping"), ("gates: [", "mend"),
        ("gates: [{metric: m, suite: s}]", "no limit"), ("gates: [{suite: s, min: 1}]", "no 'metric'"),
        ("gates: [{metric: m, suite: s, minimum: 1}]", "'minimum' is unknown"),
        ("gates: [{metric: m, suite: s, min: high}]", "must be a number"),
    ],
)  # fmt: skip
def test_a_gate_that_asks_for_nothing_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        gates_from(text, "gates.yaml")


def test_a_baseline_keeps_figures_and_values_by_case_but_no_latencies() -> None:
    figures = [_figure(0.9), Figure("golden", "latency_p50_ms", 12.0, 5), _figure(None), _figure(1.0, slice_="tag:x")]
    scores = [Score("golden", "b", "dev", "intent_f1", "PASS", 1.0)]
    table = accepted(figures, scores, {"golden": {"a": "1", "b": "2"}}, "first", "2026-01-20")
    baseline = baseline_from(table, "baseline.json")
    assert baseline.figures == {KEY: 0.9}
    assert baseline.values == {"golden": {"intent_f1": (None, 1.0)}}
    assert baseline.gone("golden", ["b"]) == ["a"]
    assert baseline.reworded("golden", lambda id_, asked: (id_, asked) == ("a", "1")) == ["b"]


@pytest.mark.parametrize("table", [None, {}, {"schema": "baseline/9"}, {"schema": "baseline/1", "suites": 3}])
def test_what_is_no_baseline_is_refused(table: object) -> None:
    with pytest.raises(DataError, match=r"baseline\.json"):
        baseline_from(table, "baseline.json")
