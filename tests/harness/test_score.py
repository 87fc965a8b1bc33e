from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest

from harness.cases import Case, Observation, Score
from harness.metrics import METRICS
from harness.score import lacking, parts_given, score
from harness.trial import Measure, Metric, Trial, higher
from tests.harness import bots
from tests.harness.support import a_case, resources

CASE = a_case(intents=["waste"], required=[["닫"]])


def _scores(
    response: Mapping[str, Any] | None, *names: str, error: str | None = None, case: Case = CASE
) -> list[Score]:
    observation = Observation(case.id, case.suite, case.split, case.question, response, error)
    rows = [METRICS[name] for name in names]
    given = {"answer", "intents", "timings_ms", "timings_ms.total", "gold"}
    return list(score([case], {case.id: observation}, rows, given, resources(), 5))


@pytest.mark.parametrize(
    ("response", "error", "reason"),
    [
        (None, "ValueError: no", "ValueError: no"),
        (None, "timed out: no answer within 5 s", "timed out"),
        ({"answer": " "}, None, "empty answer"),
        ({"answer": "a", "intents": 3}, "the response breaks the contract", "breaks the contract"),
        ({"answer": "뚜껑을 닫아요"}, None, "no 'intents'"),
    ],
    ids=["raised", "timed out", "empty", "broken", "part missing"],
)
def test_a_failed_case_scores_the_floor(response: Mapping[str, Any] | None, error: str | None, reason: str) -> None:
    (found,) = _scores(response, "intent_f1", error=error)
    assert (found.verdict, found.value) == ("FAIL", 0.0)
    assert reason in found.reason


def test_the_floor_of_what_should_be_low_is_high() -> None:
    assert [one.value for one in _scores(None, "forbidden_claims", "false_claim_rate", error="x")] == [1.0]
    assert [one.value for one in _scores(None, "latency_total_ms", error="x")] == [5000.0]


def test_a_case_without_observation_fails_and_says_so() -> None:
    found = list(score([CASE], {}, [METRICS["required_facts"]], {"answer"}, resources(), 5))
    assert [(one.verdict, one.value) for one in found] == [("FAIL", 0.0)]
    assert "missing from the results" in found[0].reason


def _nan(trial: Trial) -> float:
    return bots.no_number(trial)


def _raises(trial: Trial) -> float:
    return bots.broken_metric(trial)


def _text(trial: Trial) -> float:
    return cast("float", "0.9")


def _too_much(trial: Trial) -> float:
    return 1.5


@pytest.mark.parametrize("measure", [_nan, _raises, _text, _too_much])
def test_a_metric_without_a_number_is_unmeasured(measure: Measure) -> None:
    observation = Observation("c", "golden", "dev", "q", {"answer": "a"})
    (found,) = score([CASE], {"c": observation}, [higher("mine", measure, ("answer",), "")], {"answer"}, resources(), 5)
    assert (found.verdict, found.value) == ("UNMEASURED", None)
    assert found.reason


def test_a_metric_that_finds_nothing_to_measure_leaves_a_trace() -> None:
    (found,) = _scores({"answer": "안녕하세요!"}, "false_claim_rate")
    assert (found.verdict, found.value) == ("N/A", None)


def test_a_metric_that_a_case_does_not_ask_for_yields_nothing() -> None:
    assert _scores({"answer": "a", "intents": []}, "forbidden_claims") == []


def test_true_and_false_are_numbers_and_the_threshold_decides() -> None:
    row = Metric("mine", lambda trial: 0.8, ("answer",), "higher", "", passes_at=0.75)
    observation = Observation("c", "golden", "dev", "q", {"answer": "a"})
    (found,) = score([CASE], {"c": observation}, [row], {"answer"}, resources(), 5)
    assert found.verdict == "PASS"
    (found,) = score([CASE], {"c": observation}, [higher("m", lambda t: True, (), "")], set(), resources(), 5)
    assert (found.verdict, found.value) == ("PASS", 1.0)


def test_a_part_is_given_when_any_response_has_it() -> None:
    seen = [
        Observation("a", "s", "dev", "q", {"answer": "", "timings_ms": {"total": 1}}),
        Observation("b", "s", "dev", "q", None, "raised"),
    ]
    assert parts_given(seen, gold=True) == {"answer", "timings_ms", "timings_ms.total", "gold"}


def test_a_target_that_never_answered_fails_everything_and_lacks_nothing() -> None:
    seen = Observation("c", "golden", "dev", "q", None, "raised")
    given = parts_given([seen], gold=True)
    assert lacking(METRICS.values(), [CASE], given) == {}
    found = list(score([CASE], {"c": seen}, [METRICS["intent_f1"]], given, resources(), 5))
    assert [one.verdict for one in found] == ["FAIL"]


def test_what_a_target_lacks_is_told_by_part_and_only_where_a_case_asks_for_it() -> None:
    rows = [METRICS[name] for name in ("intent_f1", "intent_exact", "injected_rule_recall")]
    assert lacking(rows, [CASE], {"answer"}) == {"intents": ["intent_f1", "intent_exact"]}
