"""Write the reports of a run: `summary.json`, `report.html`, `report.md`, `junit.xml`, `figures.csv`, from one summary.

Each replaces the one before in one step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.ci.beside import beside
from harness.ci.csv_files import FIGURES, write_figures
from harness.failures import MOST
from harness.jsonl import pretty, write_text
from harness.junit import dev_cases, write_junit
from harness.markdown import markdown
from harness.reporting.against_baseline import differences
from harness.reporting.whole import Sources, write_html
from harness.runs import digest
from harness.summary import Outcome, summary


def publish(
    outcome: Outcome, folder: Path, sources: Sources, profiles: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Write all reports of a run into its folder.

    Args:
        outcome: how the run stands.
        folder: of the run.
        sources: what the reports need beside the run.
        profiles: rows of the comparison of profiles, if one was made.

    Returns:
        The summary they were drawn from.
    """
    gated = {(result.gate.suite, result.gate.metric) for result in outcome.gates}
    moved = differences(outcome.run, sources.baseline, sources.directions, gated)
    told = {**summary(outcome, MOST), "differences": moved, "profiles": list(profiles)}
    write_text(folder / "summary.json", pretty(told) + "\n")
    write_text(folder / "report.md", markdown(told, beside(folder, digest(outcome.run.folder.scores))))
    write_junit(folder / "junit.xml", told, dev_cases(outcome.run))
    write_figures(folder / FIGURES, outcome.figures)
    write_html(outcome, told, folder, sources)
    return told
