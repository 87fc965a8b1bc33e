"""Figures over cases that were asked once or often."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.aggregate import case_score, figures
from harness.cases import Case, Figure, Score, Turn, Verdict
from harness.intervals import MANY, bootstrap, interval, normal
from harness.reading import CaseResult

PASS: Verdict = "PASS"
FAIL: Verdict = "FAIL"
UNMEASURED: Verdict = "UNMEASURED"
NOT: Verdict = "N/A"


def _score(verdict: Verdict, value: float | None, repeat: int = 0, id_: str = "c") -> Score:
    return Score("s", id_, "dev", "m", verdict, value, repeat=repeat)


def _result(id_: str, *rows: tuple[Verdict, float | None]) -> CaseResult:
    case = Case(id_, "s", "dev", (Turn("?"),), answerable=True, intents=("waste",), tags=("t",))
    return CaseResult(case, tuple(_score(*row, repeat, id_) for repeat, row in enumerate(rows)))


def _whole(found: list[Figure]) -> Figure:
    return next(one for one in found if one.key == ("s", "m", "", ""))


@pytest.mark.parametrize(
    ("rows", "verdict", "value"),
    [
        ([(PASS, 1.0), (PASS, 1.0)], PASS, 1.0),
        ([(PASS, 1.0), (FAIL, 0.0)], FAIL, 0.5),
        ([(PASS, 1.0), (UNMEASURED, None)], PASS, 1.0),
        ([(UNMEASURED, None), (NOT, None)], UNMEASURED, None),
        ([(NOT, None)], NOT, None),
    ],
    ids=["all pass", "one fails", "one unmeasured", "no number", "nothing to measure"],
)
def test_a_case_counts_by_the_mean_of_its_repeats(
    rows: list[tuple[Verdict, float | None]], verdict: Verdict, value: float | None
) -> None:
    found = case_score([_score(*row, repeat) for repeat, row in enumerate(rows)])
    assert (found.verdict, found.value) == (verdict, value)


def test_figures_are_means_over_case_means_not_over_answers() -> None:
    results = [_result("a", (PASS, 1.0), (PASS, 1.0), (PASS, 1.0)), _result("b", (FAIL, 0.0))]
    whole = _whole(figures(results))
    assert (whole.value, whole.n, whole.passed, whole.failed) == (0.5, 2, 1, 1)


def test_a_repeat_without_a_number_is_counted_beside_the_mean_of_the_others() -> None:
    whole = _whole(figures([_result("a", (PASS, 1.0), (UNMEASURED, None)), _result("b", (PASS, 1.0), (PASS, 1.0))]))
    assert (whole.value, whole.n, whole.unmeasured) == (1.0, 2, 1)


def test_every_split_intent_and_tag_has_its_figure() -> None:
    found = figures([_result("a", (PASS, 1.0))])
    places = [("", ""), ("", "intent:waste"), ("dev", ""), ("dev", "intent:waste"), ("", "tag:t")]
    assert [(one.split, one.slice) for one in found] == places


def test_a_case_that_is_not_asked_for_leaves_no_gap() -> None:
    case = Case("x", "s", "dev", (Turn("?"),), answerable=True)
    results = [_result("a", (PASS, 1.0)), CaseResult(case, ()), _result("b", (FAIL, 0.0))]
    assert (_whole(figures(results)).n, _whole(figures(results)).value) == (2, 0.5)


def test_of_very_many_cases_the_interval_is_that_of_the_resamples_without_drawing_them() -> None:
    values = random.Random(7).choices([0.0, 0.2, 0.5, 1.0], k=MANY + 1)
    assert interval(values) == normal(values)
    assert normal(values) == pytest.approx(bootstrap(values), abs=0.005)


@given(st.lists(st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=1, max_size=4), min_size=1, max_size=20))
def test_the_mean_is_that_of_twenty_naive_lines(cases: list[list[float]]) -> None:
    results = [
        _result(f"c{number}", *((PASS if value == 1 else FAIL, value) for value in values))
        for number, values in enumerate(cases)
    ]
    means = [sum(values) / len(values) for values in cases]
    whole = _whole(figures(results))
    assert whole.value == pytest.approx(sum(means) / len(means))
    assert whole.passed == sum(all(value == 1 for value in values) for values in cases)


def test_a_slice_of_an_intent_has_the_value_of_that_intent_alone() -> None:
    case = Case("two", "s", "dev", (Turn("?"),), answerable=True, intents=("waste", "weather"))
    score = Score("s", "two", "dev", "m", "FAIL", 0.5, details={"by_intent": {"waste": 1.0, "weather": 0.0}})
    found = {figure.slice: figure.value for figure in figures([CaseResult(case, (score,))]) if figure.split == "dev"}
    assert found == {"": 0.5, "intent:waste": 1.0, "intent:weather": 0.0}
