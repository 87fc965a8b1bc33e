"""Write the reports of a run: `summary.json`, `report.html`, `report.md`, `junit.xml`, all drawn from one summary."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.jsonl import pretty, write_text
from harness.junit import junit
from harness.markdown import markdown
from harness.summary import Outcome, summary

Draw = Callable[[Mapping[str, object]], str]
_HOSTNAME = "localhost"


def publish(
    outcome: Outcome, folder: Path, draw: Draw, docs: Mapping[str, str], profiles: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Write all reports of a run into its folder.

    Args:
        outcome: how the run stands.
        folder: of the run.
        draw: turns a view into HTML.
        docs: one line about each metric.
        profiles: rows of the comparison of profiles, if one was made.

    Returns:
        The summary they were drawn from.
    """
    from harness.report import view

    told = {**summary(outcome), "profiles": list(profiles)}
    dev = {suite.name: [case.id for case in suite.cases if case.split == "dev"] for suite in outcome.suites}
    write_text(folder / "summary.json", pretty(told) + "\n")
    write_text(folder / "report.md", markdown(told))
    write_text(folder / "junit.xml", junit(told, dev, _HOSTNAME))
    write_text(folder / "report.html", draw(view(told, docs)))
    return told
