from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness import commands
from harness.adapters.html import REPORT, html
from harness.adapters.json_schema import complaint
from harness.app import Site
from harness.markdown import markdown
from harness.plan import Request
from harness.report import Beside, view
from tests.harness.support import full, write_rows

NOW = "2026-01-20T09:00:00+00:00"
SECRET = "시험 문제의 본문"


@pytest.fixture
def summary(site: Site, workspace: Path) -> dict[str, Any]:
    """The summary of a run with a failing case in either split."""
    rows: list[dict[str, Any]] = [
        {"id": "dev-wrong", "turns": ["시세?"], "required": [["없는 말"]]},
        {"id": "dev-fine", "turns": ["뚜껑은?"]},
    ]
    write_rows(workspace / "datasets" / "golden-dev.jsonl", [full(row, "dev") for row in rows])
    secrets = [
        {"id": f"test-{at}", "turns": [SECRET], "required": wanted} for at, wanted in enumerate(([["없는 말"]], []))
    ]
    write_rows(workspace / "datasets" / "golden-test.jsonl", [full(row, "test") for row in secrets])
    commands.accept_gold(site, "first")
    commands.evaluate(Site(workspace, site.environ, workspace), Request(), None, NOW)
    loaded: dict[str, Any] = json.loads((workspace / "reports" / "latest" / "summary.json").read_text(encoding="utf-8"))
    return loaded


def test_no_report_tells_a_single_test_case(summary: dict[str, Any], workspace: Path) -> None:
    folder = workspace / "reports" / "latest"
    written = [*folder.glob("report*"), folder / "junit.xml", folder / "summary.json", *folder.glob("report-cases/*")]
    told = "".join(path.read_text(encoding="utf-8") for path in written if path.is_file())
    assert "dev-fine" in told
    assert SECRET not in told
    assert "test-0" not in told
    assert "test-1" not in told
    assert [row["id"] for row in summary["failures"]] == ["dev-wrong"]


def test_the_summary_is_of_its_schema(summary: dict[str, Any]) -> None:
    assert complaint("report", summary) is None


def test_a_run_that_was_held_against_no_gate_does_not_say_that_gates_hold(summary: dict[str, Any]) -> None:
    ungated = {**summary, "exit_code": 0, "gates": summary["gates"][-1:]}
    assert ungated["gates"][0]["metric"] == "missing_cases"
    assert "held against no gate" in markdown(ungated)
    assert "held against no gate" in html(view(ungated, Beside()), REPORT)
