"""`harness judge mutate`: what it prints, writes and refuses, and the figures that gates ask for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness import cli
from harness.app import Site
from harness.cases import ConfigError, ReportMissing
from harness.judging.offline import offline_judge
from harness.judging.registry import JudgeChoice
from harness.mutation.directions import DIRECTIONS
from harness.mutation.figures import gated_figures
from harness.mutation.session import FILE, mutate
from harness.ports import Judge
from tests.harness.support import DeadJudge, ExactJudge


def _left_with(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    return int(left.value.code or 0)


def _gate(workspace: Path) -> None:
    gates = next(workspace.rglob("gates.yaml"))
    line = "  - {metric: judge_kill_rate, suite: judge, min: 0.9}\n"
    gates.write_text(gates.read_text(encoding="utf-8") + line, encoding="utf-8")


def test_the_command_prints_two_tables_and_what_survived(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _left_with("judge", "mutate", "--show", "1") == 0
    printed = capsys.readouterr().out
    assert "starts that the judge accepts unmutated: rule" in printed
    assert "mutation" in printed
    assert "false kills" in printed
    assert "\n  + " in printed


def test_the_result_is_one_json_document_on_demand(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _left_with("judge", "mutate", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["schema"] == "mutations/1"
    assert {row["family"] for row in printed["rates"]} == {"mutation", "rewrite"}


def test_the_answers_of_a_run_are_starts_and_the_result_lies_beside_it(environment: Path, site: Site) -> None:
    assert _left_with("gold", "accept", "--reason", "first") == 0
    _left_with("run", "--split", "dev")
    outcome = mutate(site, None)
    assert outcome.asked["answer"] > 0
    written = json.loads((site.run_folder(None).path / FILE).read_text(encoding="utf-8"))
    assert written["starts"]["answer"]["accepted"] == outcome.accepted["answer"]


def test_a_folder_without_a_run_is_refused(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ReportMissing, match="no run in"):
        mutate(site, tmp_path / "nowhere")


def test_another_judge_comes_by_its_name(site: Site) -> None:
    def named(name: str) -> Judge:
        return site.judging_by(JudgeChoice(name)).judge

    given = (None, ["a sentence"], "a sentence")
    assert named("tests.harness.support:ExactJudge").judge(*given) == ExactJudge().judge(*given)
    assert named("offline").judge(*given) == offline_judge().judge(*given)
    with pytest.raises(ConfigError, match="makes no judge"):
        named("tests.harness.support:no_ragas.__name__")


def test_figures_are_made_when_a_gate_asks_for_them(site: Site, workspace: Path) -> None:
    assert gated_figures(site) == []
    _gate(workspace)
    found = {(figure.metric, figure.slice): figure for figure in gated_figures(site)}
    assert {metric for metric, _ in found} == set(DIRECTIONS)
    assert found[("judge_kill_rate", "")].value == 1.0


def test_a_dead_judge_leaves_the_figures_unmeasured(
    site: Site, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _gate(workspace)
    monkeypatch.setattr(Site, "judge", DeadJudge())
    assert [(figure.value, figure.unmeasured) for figure in gated_figures(site)] == [(None, 1), (None, 1)]
