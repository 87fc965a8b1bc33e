"""A small workspace to evaluate, and a site that judges by a judge that anyone can follow."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import checking, commands
from harness.app import Site
from harness.plan import Request
from tests.harness.support import ExactJudge, write_config, write_workspace


@pytest.fixture(autouse=True)
def _not_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the suite itself runs in GitHub Actions, commands under test must not annotate it."""
    for name in ("ACTIONS", "STEP_SUMMARY", "WORKSPACE", "SHA"):
        monkeypatch.delenv(f"GITHUB_{name}", raising=False)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with rules, cases of both splits, gates and the quoting bot as its target."""
    return write_workspace(tmp_path)


@pytest.fixture(scope="session")
def accepted_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose truth, test split and baseline were accepted while all was well; for copying."""
    folder = write_workspace(tmp_path_factory.mktemp("accepted"))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("KB_WORKSPACE", raising=False)
        patch.setattr(Site, "judge", ExactJudge())
        commands.accept_gold(Site(folder, os.environ, folder), "first")
        site = Site(folder, os.environ, folder)
        checking.freeze(site, "first", [])
        assert checking.validated(site).findings == ()
        commands.evaluate(site, Request(), None, "2026-01-20T09:00:00+00:00")
        commands.accept_baseline(site, None, "first", "2026-01-20T09:05:00+00:00")
        assert commands.standing(site, None).exit_code == 0
    return folder


@pytest.fixture
def aim(workspace: Path) -> Callable[[str], None]:
    """Point the workspace at another bot."""
    return lambda bot: write_config(workspace, bot)


@pytest.fixture
def exact_judge(monkeypatch: pytest.MonkeyPatch) -> ExactJudge:
    """Let every site use a judge that anyone can follow."""
    judge = ExactJudge()
    monkeypatch.setattr(Site, "judge", judge)
    return judge


@pytest.fixture
def site(workspace: Path, exact_judge: ExactJudge, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.delenv("KB_WORKSPACE", raising=False)
    return Site(workspace, os.environ, workspace)


@pytest.fixture
def environment(workspace: Path, exact_judge: ExactJudge, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder is the workspace, as for somebody at a prompt."""
    monkeypatch.chdir(workspace)
    monkeypatch.delenv("KB_WORKSPACE", raising=False)
    return workspace
