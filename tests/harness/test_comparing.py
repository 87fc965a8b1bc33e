from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from harness.adapters.json_schema import complaint
from harness.baseline import Baseline
from harness.cases import Case, Observation, Score
from harness.comparing import compared_sides, is_worse
from harness.margins import members
from harness.sides import Side, Spending, side_of_baseline, side_of_run
from tests.harness.support import a_case, an_observation


def _cases(count: int) -> list[Case]:
    return [a_case(id=f"c{index:03d}", turns=[f"질문 {index}"]) for index in range(count)]


def _scores(cases: Sequence[Case], values: Sequence[float | None], metric: str = "m") -> list[Score]:
    return [
        Score("golden", case.id, case.split, metric, "UNMEASURED" if value is None else "PASS", value)
        for case, value in zip(cases, values, strict=True)
    ]


def _side(name: str, scores: Sequence[Score], observations: Sequence[Observation] = (), inputs: str = "") -> Side:
    return side_of_run(name, "a target", iter(scores), iter(observations), inputs)


def _compared(one: Side, two: Side, cases: Sequence[Case]) -> dict[str, Any]:
    table = compared_sides(one, two, {"golden": members(cases)}, {"late": "lower"})
    assert complaint("compare", table) is None
    return table


@pytest.mark.parametrize(
    ("metric", "worse", "better", "verdict"),
    [("m", 20, 0, "worse"), ("m", 0, 20, "better"), ("m", 3, 1, "no difference seen"), ("late", 20, 0, "better")],
)
def test_a_metric_is_better_worse_or_not_seen_to_differ(metric: str, worse: int, better: int, verdict: str) -> None:
    cases = _cases(100)
    before, after = [0.5] * 100, [0.0] * worse + [1.0] * better + [0.5] * (100 - worse - better)
    table = _compared(_side("a", _scores(cases, before, metric)), _side("b", _scores(cases, after, metric)), cases)
    row = table["metrics"][0]
    low, high = (better, worse) if metric == "late" else (worse, better)
    assert (row["verdict"], row["got_worse"], row["got_better"]) == (verdict, low, high)
    assert is_worse(table) == (verdict == "worse")


def test_the_dev_cases_that_changed_most_are_named_and_test_cases_are_only_counted() -> None:
    cases = [*_cases(8), replace(a_case(id="secret"), split="test")]
    after = [1.0, 0.2, 0.9, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    row = _compared(_side("a", _scores(cases, [1.0] * 9)), _side("b", _scores(cases, after)), cases)["metrics"][0]
    assert row["got_worse"] == 3
    assert [(case["id"], case["after"]) for case in row["changed"]] == [("c001", 0.2), ("c002", 0.9)]


def test_what_only_one_side_has_is_told() -> None:
    cases = _cases(6)
    one = _side("a", [*_scores(cases[:5], [1.0] * 5), *_scores(cases[:5], [1.0] * 5, "old")], inputs="x")
    table = _compared(one, _side("b", _scores(cases[1:], [1.0] * 5), inputs="y"), cases)
    assert table["notes"] == [
        "golden: 1 cases only in a, left out of every difference",
        "golden: old only in a",
        "golden: 1 cases only in b, left out of every difference",
        "scored by different cases or knowledge; `harness score FOLDER` scores either anew",
    ]


def _turn(total: float, **parts: object) -> Observation:
    return an_observation({"answer": "네", "timings_ms": {"total": total}, **parts})


def test_latency_is_told_as_a_ratio_with_cached_and_too_few_samples_left_out() -> None:
    slow = [_turn(20.0 * number) for number in range(1, 61)]
    fast = [*(_turn(10.0 * number) for number in range(1, 58)), _turn(1.0, cached=True)]
    row = _compared(_side("a", [], slow), _side("b", [], fast), [])["latency"][0]
    assert (row["node"], row["n_a"], row["n_b"]) == ("total", 60, 57)
    assert (row["p50_ms_a"], row["p50_ms_b"], row["p50_ms_ratio"]) == (600.0, 290.0, 290 / 600)
    assert (row["p95_ms_a"], row["p95_ms_b"], row["p95_ms_ratio"]) == (1140.0, None, None)


@pytest.mark.parametrize(
    ("usage", "calls"),
    [
        ({"calls": 3}, 3.0),
        ({"calls": {"understand": 1, "compose": 2}}, 3.0),
        ({"calls": [{"node": "understand"}, {"node": "compose"}]}, 2.0),
        ({"calls": None}, None),
        ({}, None),
    ],
    ids=["a number", "by node", "one by one", "not known", "not told"],
)
def test_spending_is_summed_where_the_target_tells(usage: Mapping[str, object], calls: float | None) -> None:
    told = {"input_tokens": 10, "cost_usd": 0.5, **usage}
    side = _side("a", [], [_turn(1.0, usage=told), _turn(1.0, usage="free"), an_observation(None, "TimeoutError: 5 s")])
    totals = {"input_tokens": 10.0, "cost_usd": 0.5, **({} if calls is None else {"calls": calls})}
    assert side.spending == {"golden": Spending(3, 1, totals)}


def test_spending_is_compared_by_the_turn() -> None:
    one = _side("a", [], [_turn(1.0, usage={"output_tokens": 100})])
    two = _side("b", [], [_turn(1.0, usage={"output_tokens": 50, "cost_usd": 0.0})] * 4)
    row = _compared(one, two, [])["spending"][0]
    assert (row["turns_a"], row["turns_b"], row["output_tokens_a_turn_ratio"]) == (1, 4, 0.5)
    assert (row["cost_usd_a_turn_a"], row["cost_usd_a_turn_b"], row["cost_usd_a_turn_ratio"]) == (None, 0.0, None)


def test_the_baseline_is_a_side_of_quality_alone() -> None:
    cases = _cases(6)
    ids = tuple(case.id for case in cases)
    accepted = Baseline("2026-01-20", "first", {}, {"golden": ids}, {"golden": {"m": (1.0,) * 5 + (None,)}})
    table = _compared(side_of_baseline(accepted), _side("b", _scores(cases, [0.0] * 6), [_turn(1.0)]), cases)
    row = table["metrics"][0]
    assert (row["pairs"], row["half_measured"], row["before"], row["after"]) == (5, 1, 1.0, 0.0)
    assert table["spending"] == []


def test_turns_of_one_conversation_do_not_make_a_difference_surer() -> None:
    cases = [replace(case, conversation=f"talk {index // 10}") for index, case in enumerate(_cases(40))]
    one, two = _side("a", _scores(cases, [1.0] * 40)), _side("b", _scores(cases, [0.0] * 40))
    row = _compared(one, two, cases)["metrics"][0]
    assert (row["clusters"], row["verdict"]) == (4, "no difference seen")
    assert row["sees"] == "these cases can see no drop at all"
