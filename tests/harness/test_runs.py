from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from harness import commands
from harness.app import Site
from harness.cases import ConfigError, DataError, ReportMissing
from harness.plan import Request
from tests.harness.support import CASES, full, write_config, write_rows

NOW = "2026-01-20T09:00:00+00:00"
COUNTED = """
ASKED = []
import importlib.util, sys
spec = importlib.util.spec_from_file_location("bots_of_tests", {bots!r})
bots = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bots)
def answer(request):
    with open({log!r}, "a") as log:
        log.write(request["id"] + "\\n")
    return bots.answer(request)
"""


@pytest.fixture
def asked(workspace: Path) -> Path:
    """Let the workspace's target keep a log of what it was asked; the log's path."""
    log = workspace / "asked.log"
    bots = Path(__file__).with_name("bots.py")
    (workspace / "counting_bot.py").write_text(COUNTED.format(bots=str(bots), log=str(log)), encoding="utf-8")
    config = (workspace / "kb.toml").read_text(encoding="utf-8").replace(f"{bots.as_posix()}:", "counting_bot.py:")
    (workspace / "kb.toml").write_text(config, encoding="utf-8")
    return log


def _observations(site: Site) -> Path:
    return site.run_folder(None).observations


def test_a_resumed_run_asks_no_finished_case_again_and_ends_the_same(site: Site, asked: Path) -> None:
    commands.evaluate(site, Request(), None, NOW)
    whole = _observations(site).read_text(encoding="utf-8").splitlines()
    _observations(site).write_text("\n".join(whole[:3]) + "\n" + whole[3][:40], encoding="utf-8")
    asked.write_text("")
    stands = commands.evaluate(site, Request(resume=True), None, NOW)
    assert asked.read_text().split() == ["dev-price", "dev-unknown", "test-price", "test-who"]
    assert stands.suites[0].missing == []


def test_a_failed_case_is_finished_too(site: Site, workspace: Path) -> None:
    write_config(workspace, "raises_on_characters")
    commands.evaluate(Site(workspace, site.environ, workspace), Request(), None, NOW)
    before = _observations(site).read_text(encoding="utf-8")
    commands.evaluate(Site(workspace, site.environ, workspace), Request(resume=True), None, NOW)
    assert _observations(site).read_text(encoding="utf-8") == before


def test_a_case_that_asks_something_else_since_is_asked_again(site: Site, asked: Path, workspace: Path) -> None:
    commands.evaluate(site, Request(split="dev"), None, NOW)
    rows = [{**full(row, "dev"), **({"turns": ["뚜껑 닫나요?"]} if row["id"] == "dev-cap" else {})} for row in CASES]
    write_rows(workspace / "datasets" / "golden-dev.jsonl", rows)
    asked.write_text("")
    commands.evaluate(site, Request(split="dev", resume=True), None, NOW)
    assert asked.read_text().split() == ["dev-cap"]


def test_a_run_of_other_options_is_not_continued(site: Site) -> None:
    commands.evaluate(site, Request(split="dev"), None, NOW)
    with pytest.raises(ConfigError, match="without --resume"):
        commands.evaluate(site, Request(resume=True), None, NOW)


def test_split_and_limit_choose_what_is_asked_and_expected(site: Site) -> None:
    stands = commands.evaluate(site, Request(split="dev", limit=2), None, NOW)
    assert [case.id for case in stands.run.cases["golden"]] == ["dev-bottle", "dev-cap"]
    assert stands.suites[0].missing == []


def test_case_files_make_a_suite_of_their_own(site: Site, workspace: Path) -> None:
    target = str(Path(__file__).with_name("bots.py")) + ":answer"
    request = Request(cases=("datasets/golden-test.jsonl",), target=target)
    stands = commands.evaluate(site, request, Path("elsewhere"), NOW)
    assert [(suite.name, suite.cases) for suite in stands.suites] == [("golden-test", 2)]
    assert (workspace / "elsewhere" / "report.html").is_file()


def test_a_case_file_of_the_current_folder_is_found_there(workspace: Path, exact_judge: object) -> None:
    deeper = workspace / "bots"
    write_rows(deeper / "mine.jsonl", [full(CASES[0], "dev")])
    target = f"{Path(__file__).with_name('bots.py')}:answer"
    site = Site(deeper, os.environ, workspace)
    stands = commands.evaluate(site, Request(cases=("mine.jsonl",), target=target), None, NOW)
    assert [case.path for case in stands.run.cases["mine"]] == ["bots/mine.jsonl"]


def test_the_environment_of_a_suite_holds_while_it_runs_and_no_longer(
    site: Site, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECO2_WORLD", "live")
    write_config(workspace, "which_world")
    commands.evaluate(site, Request(limit=1), None, NOW)
    assert '"answer": "recorded"' in _observations(site).read_text(encoding="utf-8")
    assert site.environ["ECO2_WORLD"] == "live"
    assert "KB_WORKSPACE" not in site.environ


def test_observations_that_were_changed_are_scored_again(site: Site) -> None:
    commands.evaluate(site, Request(), None, NOW)
    text = _observations(site).read_text(encoding="utf-8")
    _observations(site).write_text(text.replace("350원", "530원"), encoding="utf-8")
    stands = commands.standing(site, None)
    failed = {result.gate.metric for result in stands.gates if result.standing == "fails"}
    assert "required_facts" in failed


def test_a_case_that_stands_twice_in_the_results_is_a_data_error(site: Site) -> None:
    commands.evaluate(site, Request(), None, NOW)
    rows = _observations(site).read_text(encoding="utf-8").splitlines()
    _observations(site).write_text("\n".join([*rows, rows[0]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="stands twice"):
        commands.standing(site, None)


@pytest.mark.parametrize("damage", ['{"id": "x"}\n', "{not json}\n", '{"cut'], ids=["schema", "json", "torn"])
def test_a_damaged_result_is_a_data_error_with_its_line(site: Site, damage: str) -> None:
    commands.evaluate(site, Request(), None, NOW)
    with _observations(site).open("a", encoding="utf-8") as stream:
        stream.write(damage)
    with pytest.raises(DataError, match=r"observations\.jsonl:8"):
        commands.standing(site, None)


def test_without_a_run_there_is_nothing_to_gate(site: Site) -> None:
    with pytest.raises(ReportMissing, match="harness run"):
        commands.standing(site, None)


def test_a_new_run_starts_from_nothing(site: Site) -> None:
    commands.evaluate(site, Request(), None, NOW)
    commands.evaluate(site, Request(split="test"), None, NOW)
    assert len(_observations(site).read_text(encoding="utf-8").splitlines()) == 2


def test_a_partial_or_incomplete_run_is_no_baseline(site: Site) -> None:
    commands.evaluate(site, Request(limit=1), None, NOW)
    with pytest.raises(ConfigError, match="limited"):
        commands.accept_baseline(site, None, "why", NOW)
    commands.evaluate(site, Request(), None, NOW)
    with pytest.raises(ConfigError, match="--reason is empty"):
        commands.accept_baseline(site, None, "  ", NOW)
    rows = _observations(site).read_text(encoding="utf-8").splitlines()
    _observations(site).write_text("\n".join(rows[1:]) + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="dev-bottle"):
        commands.accept_baseline(site, None, "why", NOW)


def test_a_case_that_vanished_since_the_baseline_fails_the_gate(site: Site, workspace: Path) -> None:
    commands.evaluate(site, Request(), None, NOW)
    commands.accept_baseline(site, None, "first", NOW)
    write_rows(workspace / "datasets" / "golden-dev.jsonl", [full(row, "dev") for row in CASES[1:]])
    stands = commands.evaluate(site, Request(), None, NOW)
    assert stands.exit_code == 1
    assert "no longer among the cases: dev-bottle" in stands.gates[-1].reason


def test_a_case_that_vanished_since_the_run_fails_the_gate_without_a_baseline(site: Site, workspace: Path) -> None:
    commands.evaluate(site, Request(), None, NOW)
    write_rows(workspace / "datasets" / "golden-dev.jsonl", [full(row, "dev") for row in CASES[1:]])
    stands = commands.standing(site, None)
    assert (stands.gates[-1].standing, stands.exit_code) == ("fails", 1)
    assert "dev-bottle" in stands.gates[-1].reason


def test_a_run_is_named_by_what_was_asked_and_the_newest_leads_to_it(site: Site, workspace: Path) -> None:
    first = commands.evaluate(site, Request(), None, NOW).run
    again = commands.evaluate(site, Request(concurrency=2), None, "2026-02-01T00:00:00+00:00").run
    part = commands.evaluate(site, Request(split="dev"), None, NOW).run
    assert first.manifest.run_id == again.manifest.run_id != part.manifest.run_id
    assert first.folder.path == workspace / "reports" / "runs" / first.manifest.run_id[:12]
    assert (workspace / "reports" / "latest").resolve() == part.folder.path.resolve()
    assert commands.standing(site, first.folder.path).run.manifest.run_id == first.manifest.run_id


@pytest.mark.parametrize(
    "change",
    [{"timeout_s = 5": "timeout_s = 6"}, {'ECO2_WORLD = "recorded"': 'ECO2_WORLD = "live"'}, {":answer": ":later"}],
    ids=["time limit", "environment", "target"],
)
def test_another_system_is_another_run_and_is_not_continued(
    site: Site, workspace: Path, change: dict[str, str]
) -> None:
    before = commands.evaluate(site, Request(), None, NOW).run
    text = (workspace / "kb.toml").read_text(encoding="utf-8")
    ((old, new),) = change.items()
    (workspace / "kb.toml").write_text(text.replace(old, new), encoding="utf-8")
    fresh = Site(workspace, site.environ, workspace)
    with pytest.raises(ConfigError, match="without --resume"):
        commands.evaluate(fresh, Request(resume=True), None, NOW)
    assert commands.evaluate(fresh, Request(), None, NOW).run.folder.path != before.folder.path


def test_a_manifest_that_somebody_changed_is_refused(site: Site) -> None:
    commands.evaluate(site, Request(), None, NOW)
    path = site.run_folder(None).manifest
    path.write_text(path.read_text(encoding="utf-8").replace('"timeout_s": 5.0', '"timeout_s": 9.0'), encoding="utf-8")
    with pytest.raises(DataError, match="run_id is not that of what was asked"):
        commands.standing(site, None)


def test_a_crash_while_scoring_is_mended_by_scoring_again(site: Site) -> None:
    whole = commands.evaluate(site, Request(), None, NOW)
    scores = site.run_folder(None).scores
    text = scores.read_text(encoding="utf-8")
    scores.write_text(text[: len(text) // 2], encoding="utf-8")
    assert commands.standing(site, None).figures == whole.figures
    assert scores.read_text(encoding="utf-8") == text


def test_a_case_is_asked_as_often_as_it_is_to_be_repeated_and_each_repeat_is_kept(site: Site, asked: Path) -> None:
    stands = commands.evaluate(site, Request(repeat=3, split="test"), None, NOW)
    assert asked.read_text().split() == ["test-price", "test-who"] * 3
    rows = [json.loads(line) for line in _observations(site).read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["repeat"]) for row in rows[2:4]] == [("test-price", 1), ("test-who", 1)]
    assert (stands.suites[0].cases, stands.suites[0].observed) == (2, 6)
    figure = next(one for one in stands.figures if one.key == ("golden", "required_facts", "", ""))
    assert (figure.n, figure.passed, len(list(stands.run.scores())) % 3) == (2, 2, 0)


def test_a_repeat_that_is_missing_is_a_missing_case(site: Site, asked: Path) -> None:
    commands.evaluate(site, Request(repeat=2, split="test"), None, NOW)
    rows = _observations(site).read_text(encoding="utf-8").splitlines()
    _observations(site).write_text("\n".join(rows[:-1]) + "\n", encoding="utf-8")
    assert commands.standing(site, None).suites[0].missing == [("test-who", "test")]
    asked.write_text("")
    assert commands.evaluate(site, Request(repeat=2, split="test", resume=True), None, NOW).suites[0].missing == []
    assert asked.read_text().split() == ["test-who"]


def test_cases_asked_side_by_side_give_the_same_figures_and_the_report_says_so(site: Site) -> None:
    alone = commands.evaluate(site, Request(), None, NOW)
    beside = commands.evaluate(site, Request(concurrency=4), None, NOW)
    assert beside.figures == alone.figures
    assert "4 cases were asked at a time" in beside.notes[0]
    assert alone.notes == ()
