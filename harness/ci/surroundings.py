"""What a command tells GitHub Actions when it runs there: annotations, and the page of the step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from harness.ci.annotations import annotated
from harness.ci.step_summary import append_summary
from harness.jsonl import read_json


@dataclass(frozen=True)
class Surroundings:
    """What the environment says.

    Attributes:
        is_github: the command runs within GitHub Actions.
        page: the file of the step's page, where there is one.
        checkout: the repository, where it is known; annotations name files below it.
    """

    is_github: bool = False
    page: Path | None = None
    checkout: Path | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Surroundings:
        """Read GITHUB_ACTIONS, GITHUB_STEP_SUMMARY and GITHUB_WORKSPACE, which GitHub sets for forks too."""
        page, checkout = (environ.get(f"GITHUB_{name}") for name in ("STEP_SUMMARY", "WORKSPACE"))
        return cls(
            is_github=environ.get("GITHUB_ACTIONS") == "true",
            page=Path(page) if page else None,
            checkout=Path(checkout) if checkout else None,
        )

    def folder_of(self, root: Path) -> str:
        """A workspace as annotations need it: below the repository; "" where it is it, or lies elsewhere."""
        place, top = root.resolve(), (self.checkout or root).resolve()
        found = place.relative_to(top).as_posix() if place.is_relative_to(top) else "."
        return "" if found == "." else found


def told(folder: Path, root: Path, around: Surroundings, annotate: bool | None = None) -> list[str]:
    """Append the report of a run to the page of the step, where there is one.

    Args:
        folder: of the run; its reports are written.
        root: the workspace.
        around: where the command runs.
        annotate: whether to annotate; None asks `around`.

    Returns:
        The annotations to print, none where nobody wants them.
    """
    if around.page is not None:
        append_summary(around.page, (folder / "report.md").read_text(encoding="utf-8"))
    if not (around.is_github if annotate is None else annotate):
        return []
    summary = cast("Mapping[str, Any]", read_json(folder / "summary.json"))
    return annotated(summary, around.folder_of(root))
