from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from harness.adapters.yaml_gates import gates_from
from harness.baseline import NO_BASELINE, Baseline, accepted, baseline_from
from harness.cases import Case, Comparison, ConfigError, Direction, Figure, Gate, GateResult, Score
from harness.gate import Evidence, exit_code, held, limit_of
from harness.margins import Run, comparisons, members, wanted
from harness.stats.margin import finding
from tests.harness.support import a_case

GATE = Gate("m", "golden", margin=0.05)


def _cases(count: int, **labels: object) -> list[Case]:
    return [a_case(id=f"c{index:03d}", turns=[f"질문 {index}"], **labels) for index in range(count)]


def _baseline(cases: Sequence[Case], *metrics: str, value: float = 1.0) -> Baseline:
    ids = tuple(case.id for case in cases)
    values = {metric: (value,) * len(ids) for metric in metrics or ("m",)}
    return Baseline("2026-01-20", "first", {}, {"golden": ids}, {"golden": values})


def _held(
    gates: Sequence[Gate],
    cases: Sequence[Case],
    values: Mapping[str, Sequence[float | None]],
    baseline: Baseline,
    directions: Mapping[str, Direction] | None = None,
    slices: Sequence[str] = ("",),
) -> list[GateResult]:
    ids = [case.id for case in cases]
    figures = [Figure("golden", metric, 0.9, len(ids), slice=slice_) for metric in values for slice_ in slices]
    by_case = {("golden", metric): dict(zip(ids, of, strict=True)) for metric, of in values.items()}
    run = Run({"golden": members(cases)}, figures, by_case, directions or {})
    found = comparisons(gates, run, baseline)
    return held(gates, Evidence(figures, {}, {}, {"golden"}, directions or {}, found))


def _worse(count: int, of: int) -> list[float]:
    return [0.0] * count + [1.0] * (of - count)


@pytest.mark.parametrize(
    ("worse", "standing", "words"),
    [
        (0, "holds", "+0 on the same 230 cases"),
        (4, "holds", "p 0.062"),
        (5, "fails", "worse beyond chance: -0.0217 on the same 230 cases"),
        (60, "fails", "worse beyond chance"),
    ],
)
def test_a_drop_beyond_chance_fails(worse: int, standing: str, words: str) -> None:
    cases = _cases(230)
    result = _held([GATE], cases, {"m": _worse(worse, 230)}, _baseline(cases))[0]
    assert result.standing == standing
    assert words in result.reason
    assert result.comparison
    assert result.comparison.pairs == 230


def test_what_should_be_low_gets_worse_by_rising() -> None:
    cases = _cases(100)
    up, down = ([value] * 20 + [0.5] * 80 for value in (1.0, 0.0))
    baseline = _baseline(cases, value=0.5)
    assert _held([GATE], cases, {"m": up}, baseline, {"m": "lower"})[0].standing == "fails"
    assert _held([GATE], cases, {"m": down}, baseline, {"m": "lower"})[0].standing == "holds"


@pytest.mark.parametrize(("strict", "standing", "code"), [(False, "holds", 0), (True, "unmeasured", 2)])
def test_too_few_cases_to_exclude_the_margin_are_told_and_strictly_unmeasured(
    strict: bool, standing: str, code: int
) -> None:
    cases = _cases(39)
    results = _held([replace(GATE, strict=strict)], cases, {"m": [1.0] * 39}, _baseline(cases))
    assert (results[0].standing, exit_code(results)) == (standing, code)
    assert "could be as bad as 0.0903 worse; these cases see 0.17 at best" in results[0].reason


def test_gates_with_a_margin_are_one_family() -> None:
    cases = _cases(230)
    gates = [replace(GATE, metric=f"m{index}") for index in range(4)]
    values = {gate.metric: [1.0] * 230 for gate in gates} | {"m0": _worse(6, 230)}
    results = _held(gates, cases, values, _baseline(cases, *values))
    assert [result.standing for result in results] == ["holds"] * 4
    assert results[0].comparison
    assert results[0].comparison.p_adjusted == pytest.approx(4 / 2**6)
    assert _held(gates[:1], cases, {"m0": values["m0"]}, _baseline(cases, "m0"))[0].standing == "fails"


def test_turns_of_one_conversation_are_one_piece_of_evidence() -> None:
    apart, talk = _cases(60), _cases(60, conversation="one talk")
    assert _held([GATE], apart, {"m": _worse(8, 60)}, _baseline(apart))[0].standing == "fails"
    together = [*talk[:8], *apart[8:]]
    result = _held([GATE], together, {"m": _worse(8, 60)}, _baseline(together))[0]
    assert (result.standing, "60 cases in 53 clusters" in result.reason) == ("holds", True)


def test_a_gate_of_every_slice_fails_where_one_slice_dropped_and_names_it() -> None:
    cases = [
        *_cases(200, intents=["waste"]),
        *(replace(case, id=f"w{case.id}") for case in _cases(30, intents=["weather"])),
    ]
    values = {"m": [1.0] * 200 + _worse(9, 30)}
    gate = replace(GATE, slice="intent:*")
    result = _held([gate], cases, values, _baseline(cases), slices=("", "intent:waste", "intent:weather"))[0]
    assert result.standing == "fails"
    assert result.figure
    assert result.figure.slice == "intent:weather"
    assert "on the same 30 cases" in result.reason


def test_cases_that_are_gone_new_or_no_longer_measured_are_told() -> None:
    cases = _cases(100)
    now = [*cases[10:], replace(cases[0], id="fresh")]
    result = _held([GATE], now, {"m": [None, *[1.0] * 90]}, _baseline(cases))[0]
    assert result.reason.endswith("10 only in the baseline; 1 new; 1 measured on one side only")


@pytest.mark.parametrize("baseline", [NO_BASELINE, _baseline(_cases(9), "another")], ids=["none", "not of this metric"])
def test_without_values_to_compare_with_a_margin_is_unmeasured(baseline: Baseline) -> None:
    result = _held([GATE], _cases(9), {"m": [1.0] * 9}, baseline)[0]
    assert (result.standing, "baseline accept" in result.reason) == ("unmeasured", True)


def test_other_limits_stand_beside_the_margin() -> None:
    cases = _cases(230)
    result = _held([replace(GATE, min=0.95)], cases, {"m": [1.0] * 230}, _baseline(cases))[0]
    assert result.standing == "fails"
    assert result.reason.startswith("0.9 is below 0.95; +0 on the same 230 cases")


@pytest.mark.parametrize(
    ("low", "high", "p", "found"),
    [
        (-0.02, 0.01, 0.5, "not worse"),
        (-0.05, 0.01, 0.3, "open"),
        (-0.02, -0.01, 0.01, "worse"),
        (-0.2, -0.06, 0.2, "worse"),
    ],
    ids=["within the margin", "perhaps beyond it", "beyond chance", "surely beyond the margin"],
)
def test_a_margin_is_kept_broken_or_open(low: float, high: float, p: float, found: str) -> None:
    comparison = Comparison(1.0, 1.0 + (low + high) / 2, low, high, p, 1 - p, p, 0.03, 100, 100)
    assert finding(comparison, "higher", 0.05, 0.05) == found
    turned = replace(comparison, low=-high, high=-low)
    assert finding(turned, "lower", 0.05, 0.05) == found


def test_gates_name_their_margin_alpha_and_strictness() -> None:
    text = "defaults: {alpha: 0.1}\ngates:\n  - {metric: m, suite: s, margin: 0.05, strict: true}\n"
    gate = gates_from(text, "gates.yaml")[0]
    assert (gate.margin, gate.alpha, gate.strict, limit_of(gate)) == (0.05, 0.1, True, "margin 0.05")
    assert wanted([gate, Gate("n", "s", min=1)]) == {("s", "m")}


@pytest.mark.parametrize(
    ("limits", "message"),
    [("margin: 0", "above 0"), ("margin: wide", "must be a number"), ("margin: 0.1, alpha: 1", "between 0 and 1"),
     ("margin: 0.1, alpha: low", "must be a number"), ("margin: 0.1, strict: 1", "true or false")],
)  # fmt: skip
def test_a_margin_that_cannot_be_is_refused(limits: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"gates\.yaml:1.*{message}"):
        gates_from(f"gates: [{{metric: m, suite: s, {limits}}}]", "gates.yaml")


def test_a_baseline_keeps_the_mean_of_repeats_and_gives_values_by_case() -> None:
    scores = [Score("golden", "a", "dev", "m", "PASS", float(repeat), repeat=repeat) for repeat in range(2)]
    asked = {"golden": {"a": "1", "b": "2"}}
    table = accepted([Figure("golden", "m", 0.5, 1)], iter(scores), asked, "first", "2026-01-20")
    baseline = baseline_from(table, "baseline.json")
    assert baseline.by_case("golden", "m") == {"a": 0.5, "b": None}
    assert baseline.by_case("golden", "n") is None
