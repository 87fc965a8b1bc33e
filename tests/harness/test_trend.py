"""Where figures are going: the history, the tests for drift and step, what is said, and the command."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import cli, commands
from harness.app import Site
from harness.cases import ConfigError, DataError, Direction
from harness.intervals import wilson
from harness.jsonl import write_rows
from harness.plan import Request
from harness.trend.findings import Finding, findings, is_too_little, regressions
from harness.trend.history import Entry, append, entries_of, read, trim
from harness.trend.issue import body, fingerprint
from harness.trend.mann_kendall import mann_kendall, theil_sen
from harness.trend.series import overall, series_of, sparkline
from harness.trend.session import append_run, revision_of
from harness.trend.steps import step
from harness.trend.telling import why
from tests.harness.ci_summaries import figure, summary
from tests.harness.golden import same_as_golden

SHARE = ("golden", "intent_f1", "", "")
LATENCY = ("golden", "latency_p95_ms", "", "node:total")


def entry(night: int, value: float | None, key: tuple[str, str, str, str] = SHARE, half: float | None = 0.02) -> Entry:
    suite, metric, split, slice_ = key
    low, high = (None, None) if value is None or half is None else (value - half, value + half)
    started = f"2026-{1 + night // 28:02}-{1 + night % 28:02}T18:00:00+00:00"
    return Entry(started, f"run{night:09}", "c0ffee", suite, metric, split, slice_, value, low, high, 100)


def nights(values: Sequence[float | None], **more: Any) -> list[Entry]:
    return [entry(night, value, **more) for night, value in enumerate(values)]


def found_in(entries: Sequence[Entry], accepted_at: str = "", **directions: Direction) -> list[Finding]:
    return findings(overall(series_of(entries)), {"latency_p95_ms": "lower", **directions}, accepted_at)


# --- the history


def test_a_run_is_appended_once_and_a_torn_end_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "history.jsonl"
    rows = nights([0.9, 0.91])
    assert append(path, rows) == 2
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[:-20], encoding="utf-8")
    assert append(path, rows) == 1
    assert append(path, rows) == 0
    assert list(read(path)) == rows


def test_the_same_question_asked_on_another_night_is_another_entry(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    first = entry(0, 0.9)
    append(path, [first])
    assert append(path, [replace(first, started_at="2026-03-01T18:00:00+00:00")]) == 1


def test_tags_single_nodes_and_intents_of_one_split_have_no_history() -> None:
    figures = [
        figure("mrr", 0.5), figure("mrr", 0.5, split="dev"), figure("mrr", 0.5, slice="intent:waste"),
        figure("mrr", 0.5, slice="tag:multi"), figure("mrr", 0.5, slice="intent:waste", split="dev"),
        figure("latency_p50_ms", 3.0, slice="node:classify"), figure("latency_p50_ms", 9.0, slice="node:total"),
        figure("mrr", None, split="test"),
    ]  # fmt: skip
    kept = entries_of(summary(figures=figures), "c0ffee")
    assert [(one.split, one.slice, one.value) for one in kept] == [
        ("", "", 0.5), ("dev", "", 0.5), ("", "intent:waste", 0.5), ("", "node:total", 9.0), ("test", "", None),
    ]  # fmt: skip


ROW = '{"started_at": "2026-01-20", "run_id": "y", "suite": "s", "metric": "m", "value": 0.9}'


def test_the_row_that_is_damaged_below_is_sound(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text(ROW, encoding="utf-8")
    assert [one.value for one in read(tmp_path / "history.jsonl")] == [0.9]


@pytest.mark.parametrize(
    "row",
    [
        '{"metric": "mrr"}', ROW.replace("0.9", '"0.9"'), ROW.replace("0.9", "1" + "0" * 400),
        ROW.replace("2026-01-20", "last night"), "[]", "{",
    ],
    ids=["no run", "no number", "too large", "no time", "no object", "torn in the middle"],
)  # fmt: skip
def test_a_damaged_row_is_named_by_its_line(tmp_path: Path, row: str) -> None:
    path = tmp_path / "history.jsonl"
    append(path, [entry(0, 0.9)])
    path.write_text(path.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=":2"):
        list(read(path))


def test_times_of_other_zones_stand_where_they_belong(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    stamps = ("2026-01-20T11:00:00+09:00", "2026-01-20T03:00:00Z", "2026-01-20T04:00:00")
    write_rows(path, [{**json.loads(ROW), "started_at": stamp} for stamp in stamps])
    assert [one.started_at[11:19] for one in read(path)] == ["02:00:00", "03:00:00", "04:00:00"]


def test_only_the_last_runs_are_kept_when_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    append(path, nights([0.1, 0.2, 0.3]))
    trim(path, 2)
    assert [one.value for one in read(path)] == [0.2, 0.3]


# --- the tests for a drift and a step


@settings(deadline=None)  # the first example imports scipy
@given(st.lists(st.integers(0, 6), min_size=10, max_size=40))
def test_mann_kendall_and_theil_sen_equal_scipys(ranks: list[int]) -> None:
    stats = pytest.importorskip("scipy.stats")
    values = [rank / 7 for rank in ranks]
    falls, rises = mann_kendall(values)
    assert theil_sen(values) == pytest.approx(stats.theilslopes(values)[0])
    if len(set(values)) > 1:
        plain = stats.kendalltau(range(len(values)), values, method="asymptotic", alternative="greater").pvalue
        assert 0 <= rises - plain < 0.07  # ours corrects for continuity, which makes it a little larger
        assert falls + rises >= 1
    else:
        assert (falls, rises) == (1.0, 1.0)


def test_mann_kendall_of_a_worked_example() -> None:
    """Gilbert (1987), S = 20 - 8 over ten values without ties: variance 125, z = 11 / 11.18."""
    values = [1.0, 5, 2, 4, 3, 8, 6, 10, 7, 9]
    score = sum((b > a) - (b < a) for at, a in enumerate(values) for b in values[at + 1 :])
    assert score == 29
    assert mann_kendall(values)[1] == pytest.approx(0.0061, abs=1e-4)  # z = 28 / sqrt(125) = 2.504


def test_fewer_than_ten_values_prove_no_drift() -> None:
    assert mann_kendall([0.9 - night / 100 for night in range(9)]) == (1.0, 1.0)


def test_a_drop_beyond_interval_and_spread_is_a_step_and_lasts_until_it_is_mended() -> None:
    values = [0.95, 0.94, 0.95, 0.96, 0.95, 0.95]
    dropped = nights([*values, *[0.80] * 40])
    found = step(dropped, "higher")
    assert found is not None
    assert (found.since.run_id, found.reference) == ("run000000006", 0.95)
    assert step([*dropped, entry(60, 0.94)], "higher") is None
    assert step(dropped, "lower") is None


@pytest.mark.parametrize(
    ("values", "half"),
    [
        ([0.95] * 5 + [0.94], 0.02),
        ([0.90, 0.99, 0.91, 0.98, 0.94, 0.95, 0.88], 0.001),
        ([0.95] * 4 + [0.5], 0.02),
        ([0.5] * 8 + [0.95], 0.02),
    ],
    ids=["within the interval", "within the usual spread", "too little before it", "better"],
)
def test_what_may_be_chance_or_is_better_is_no_step(values: list[float], half: float) -> None:
    assert step(nights(values, half=half), "higher") is None


def test_a_percentile_without_an_interval_must_be_a_fifth_worse() -> None:
    slow = {"key": LATENCY, "half": None}
    assert step(nights([100.0] * 6 + [119.0], **slow), "lower") is None
    assert step(nights([100.0] * 6 + [121.0], **slow), "lower") is not None


def test_an_accepted_regression_becomes_the_measure() -> None:
    dropped = nights([0.95] * 8 + [0.80] * 7)
    assert step(dropped, "higher", dropped[9].started_at) is None
    assert step(dropped, "higher", dropped[7].started_at) is not None
    assert step([*dropped, entry(15, 0.60)], "higher", dropped[14].started_at) is not None


def test_a_slow_drift_is_a_regression_though_no_night_steps() -> None:
    falling = [0.95 - 0.002 * night for night in range(20)]
    (found,) = found_in(nights(falling, half=0.05))
    assert (found.state, found.drifts, found.step) == ("regression", True, None)
    assert found.slope == pytest.approx(-0.002)
    (accepted,) = found_in(nights(falling, half=0.05), "2026-01-20T00:00:00+00:00")
    assert accepted.state == "well"


def test_a_drift_too_small_to_matter_is_well() -> None:
    (found,) = found_in(nights([0.95 - 0.0001 * night for night in range(30)]))
    assert (found.state, found.p_worse < 0.001) == ("well", True)


@pytest.mark.parametrize(
    ("values", "state"),
    [([0.9] * 5, "too little"), ([0.9] * 6, "well"), ([0.9] * 8 + [None], "unmeasured"), ([None], "unmeasured")],
    ids=["five", "six", "newest without number", "never measured"],
)
def test_too_little_and_unmeasured_are_neither_well_nor_worse(values: list[float | None], state: str) -> None:
    (found,) = found_in(nights(values))
    assert found.state == state


def test_a_night_that_cannot_measure_it_ends_no_regression() -> None:
    """Else a dead judge would close the issue."""
    (found,) = found_in(nights([0.9] * 8 + [0.5, None]))
    assert found.state == "regression"
    assert why(found).endswith("not measured in the newest run")


def test_a_figure_that_the_newest_run_has_no_more_is_left_out() -> None:
    gone = nights([0.9, 0.5], key=("golden", "old_metric", "", ""))
    assert [one.key[1] for one in series_of([*gone, *nights([0.9] * 3)])] == ["intent_f1"]


def test_splits_are_shown_only_where_no_figure_joins_them() -> None:
    joined = [entry(0, 0.9, ("golden", "mrr", split, "")) for split in ("", "dev", "test")]
    apart = [entry(0, 0.9, ("judge", "mrr", split, "")) for split in ("dev", "test")]
    sliced = [entry(0, 0.9, ("golden", "mrr", "", "intent:waste"))]
    keys = [one.key for one in overall(series_of([*joined, *apart, *sliced]))]
    assert [(suite, split) for suite, _, split, _ in keys] == [("golden", ""), ("judge", "dev"), ("judge", "test")]


def _false_alarms(seed: int, runs: int) -> int:
    """Nights on which any of 20 steady shares over 150 cases is called worse."""
    chance = random.Random(seed)
    history: list[Entry] = []
    alarms = 0
    for night in range(runs):
        for number in range(20):
            passed = sum(chance.random() < 0.9 for _ in range(150))
            low, high = wilson(passed, 150)
            made = entry(night, passed / 150, ("golden", f"m{number}", "", ""))
            history.append(replace(made, low=low, high=high))
        alarms += bool(regressions(found_in(history)))
    return alarms


def test_steady_figures_raise_few_alarms() -> None:
    assert _false_alarms(1, 45) <= 2


@pytest.mark.soak
def test_steady_figures_raise_few_alarms_over_years() -> None:
    nights_each = 120
    alarms = sum(_false_alarms(seed, nights_each) for seed in range(10))
    assert alarms <= 0.02 * 10 * nights_each


# --- what is said


@pytest.mark.parametrize(
    ("values", "bars"),
    [([], ""), ([0.5], "▄"), ([0.5, 0.5], "▄▄"), ([0.0, 1.0], "▁█"), ([0.0, 0.5, 1.0], "▁▅█")],
    ids=["none", "one", "all one", "two", "three"],
)
def test_a_sparkline_goes_from_its_lowest_to_its_highest(values: list[float], bars: str) -> None:
    assert sparkline(values) == bars


@given(st.lists(st.floats(-1e6, 1e6), max_size=60))
def test_a_sparkline_has_a_bar_a_run(values: list[float]) -> None:
    assert len(sparkline(values, 30)) == min(30, len(values))


def _worse() -> list[Finding]:
    history = [
        *nights([0.95] * 8 + [0.8, 0.81]), *nights([40.0] * 10, key=LATENCY, half=None),
        *nights([0.9 - 0.005 * night for night in range(10)], key=("golden", "mrr|`@all`", "", ""), half=0.1),
    ]  # fmt: skip
    return found_in(history)


def test_the_issue_reads_like_the_golden_one() -> None:
    same_as_golden("issue.md", body(_worse()))


def test_the_fingerprint_stays_over_nights_and_changes_with_what_is_worse() -> None:
    values = [0.95] * 8 + [0.8]
    first, later = found_in(nights(values)), found_in(nights([*values, 0.79, 0.81]))
    assert fingerprint(first) == fingerprint(later)
    assert fingerprint(first) != fingerprint(_worse())


def test_no_alarm_while_every_history_is_short() -> None:
    assert is_too_little(found_in(nights([0.9, 0.1])))
    assert not is_too_little(found_in([*nights([0.9] * 6), *nights([1.0], key=LATENCY)]))


# --- the command


def _left_with(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    return int(left.value.code or 0)


def _write(workspace: Path, entries: Sequence[Entry]) -> None:
    write_rows(workspace / "reports" / "history.jsonl", [vars(one) for one in entries])


def test_the_command_appends_the_last_run_once_and_shows_it(
    environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _left_with("run")
    capsys.readouterr()
    assert _left_with("trend", "append", "--revision", "c0ffee") == 0
    assert "rows appended to reports/history.jsonl" in capsys.readouterr().out
    assert _left_with("trend", "append") == 0
    assert "has this run already" in capsys.readouterr().out
    assert _left_with("trend", "--metric", "intent_f1", "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)["series"]
    assert (one["state"], one["last"]["revision"], one["runs"]) == ("too little", "c0ffee", 1)
    assert _left_with("trend", "check") == 2


def test_the_table_reads_like_the_golden_one(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(
        environment,
        [*nights([0.95] * 38 + [0.8, 0.81]), *nights([40.0 + n % 3 for n in range(40)], key=LATENCY, half=None)],
    )
    assert _left_with("trend", "--since", "2026-01-01") == 0
    same_as_golden("trend.txt", capsys.readouterr().out)


def test_a_regression_leaves_with_one_and_writes_the_issue(
    environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(environment, nights([0.95] * 8 + [0.8]))
    assert _left_with("trend", "check", "--issue", "issue.md") == 1
    assert "`intent_f1`" in (environment / "issue.md").read_text(encoding="utf-8")
    _write(environment, nights([0.95] * 8 + [0.94]))
    assert _left_with("trend", "check", "--issue", "other.md") == 0
    assert not (environment / "other.md").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["trend"], "trend append"), (["trend", "check"], "trend append"), (["trend", "append"], "harness run")],
    ids=["show", "check", "append"],
)
def test_what_is_missing_is_said_with_the_command_that_makes_it(
    environment: Path, arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _left_with(*arguments) == 3
    assert word in capsys.readouterr().err


def test_a_part_of_a_run_has_no_place_in_a_history(site: Site, tmp_path: Path) -> None:
    commands.evaluate(site, Request(limit=1), None, "2026-01-20T09:00:00+00:00")
    with pytest.raises(ConfigError, match="limited to a part"):
        append_run(site, None, tmp_path / "history.jsonl")


def test_the_revision_is_githubs_or_gits_or_nobodys(tmp_path: Path, repository: Path) -> None:
    assert revision_of(tmp_path, {"GITHUB_SHA": "abc"}) == "abc"
    assert revision_of(tmp_path, {}) == ""


def test_the_history_lies_where_kb_toml_says(
    environment: Path, aim: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    config = environment / "kb.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("[harness]", '[harness]\nhistory = "past/h.jsonl"', 1))
    _left_with("run")
    assert _left_with("trend", "append") == 0
    assert (environment / "past" / "h.jsonl").is_file()
