"""Wiring: what looks at a workspace and says what is wrong with it. Part of `kb.app`, which is the door."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kb.app_contents import parsed, readers
from kb.documents import Finding
from kb.places import index_home
from kb.settings import MODELS, Settings
from kb.workspace import Workspace

if TYPE_CHECKING:
    from kb.checks import LintReport, RatchetUse
    from kb.citations import Citations
    from kb.doctor import Health


def lint(workspace: Workspace, *, today: str | None = None) -> list[Finding]:
    """Read a workspace and run all rules of `kb.lint` over it; without a ratchet.

    Args:
        workspace: where; the knowledge that the wheel carries has no code beside it, so paths are not looked up there.
        today: an ISO date; None leaves overdue reviews alone.
    """
    from kb.checks import subject_of
    from kb.lint import check

    return check(subject_of(workspace, readers(), today))


def lint_report(workspace: Workspace, *, today: str | None, use: RatchetUse) -> LintReport:
    """As `lint`, held against the workspace's ratchet or a given one."""
    from kb.checks import lint_report as report

    return report(workspace, readers(), today=today, use=use)


def doctor(
    workspace: Workspace,
    environ: Mapping[str, str] = os.environ,
    *,
    day: str,
    today: str | None,
    use: RatchetUse,
    questions: Mapping[str, str],
) -> Health:
    """Say how a workspace and its index are.

    Args:
        workspace: where.
        environ: as `Settings.from_env` reads it.
        day: today, an ISO date.
        today: report reviews that are due by then; None leaves them alone.
        use: of the ratchet.
        questions: by id; which of them does a leg not see?
    """
    from kb.adapters import choose
    from kb.examine import Asked, Inspection, examine
    from kb.store import load

    settings = Settings.from_env(environ)
    inspection = Inspection(
        home=index_home(workspace, settings.cache),
        load=lambda folder: load(folder, whole=True),
        embedder=lambda: choose.embedder(workspace.options.embedder, MODELS),
        open_vectors=lambda opened, folder: choose.open_vectors(opened, folder, settings.chroma_url),
    )
    return examine(workspace, readers(), inspection, Asked(day, today, questions), use)


def citations(workspace: Workspace, environ: Mapping[str, str] = os.environ) -> Citations:
    """What checks and pins the citations of texts; works without an index."""
    from kb.citations import Citations
    from kb.generations import Generations

    home = index_home(workspace, Settings.from_env(environ).cache)
    return Citations(workspace, lambda sources: parsed(sources)[0], Generations(home))
