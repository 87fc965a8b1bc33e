"""What a run notes of the index, in a workspace that has one: users' do, the other tests' have none."""

from __future__ import annotations

import json
from pathlib import Path

from harness import commands
from harness.app import Site
from harness.plan import Request
from kb import app as kb_app

NOW = "2026-01-20T09:00:00+00:00"


def _run_of(workspace: Path, site: Site) -> tuple[str, str]:
    """Run the suites: the run's id, and the revision of the index that it noted."""
    again = Site(workspace, site.environ, workspace)
    assert commands.evaluate(again, Request(), None, NOW).exit_code in (0, 1, 2)
    told = json.loads(again.run_folder(None).manifest.read_text(encoding="utf-8"))
    return str(told["run_id"]), str(told["versions"]["index"])


def test_a_run_names_the_index_that_it_asked(site: Site, workspace: Path) -> None:
    without, nothing = _run_of(workspace, site)
    report = kb_app.index(kb_app.open_workspace(workspace))
    indexed, revision = _run_of(workspace, site)
    assert (nothing, revision) == ("", report.revision)
    assert indexed != without


def test_another_index_is_another_run(site: Site, workspace: Path) -> None:
    opened = kb_app.open_workspace(workspace)
    kb_app.index(opened)
    first, _ = _run_of(workspace, site)
    kb_app.index(opened)
    assert _run_of(workspace, site)[0] == first
    (workspace / "docs").mkdir()
    (workspace / "docs" / "guide.md").write_text("# 뚜껑\n\n뚜껑은 닫아서 내놓아요.\n", encoding="utf-8")
    kb_app.index(kb_app.open_workspace(workspace))
    assert _run_of(workspace, site)[0] != first
