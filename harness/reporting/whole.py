"""Write `report.html` with the side files of a run: gather what was measured beside it, then draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.baseline import Baseline
from harness.cases import Direction
from harness.jsonl import read_json, write_text
from harness.reporting.against_baseline import difference_rows
from harness.reporting.latency_nodes import latency_rows
from harness.reporting.mutation_matrix import SCHEMA as MUTATIONS
from harness.reporting.mutation_matrix import matrices, mistakes
from harness.reporting.side_pages import script, write_pages
from harness.reporting.trends import keys_of, trend_rows
from harness.runs import digest
from harness.summary import Outcome

Draw = Callable[[Mapping[str, object], str], str]
CASE, REPORT = "case.html.j2", "report.html.j2"
Place = tuple[str, str]


@dataclass(frozen=True)
class Sources:
    """What the report needs beside the run.

    Attributes:
        draw: makes HTML of a view and the name of a template.
        docs: one line about each metric.
        directions: by metric.
        baseline: what was accepted.
        past: `history.jsonl`, which need not exist.
    """

    draw: Draw
    docs: Mapping[str, str]
    directions: Mapping[str, Direction]
    baseline: Baseline
    past: Path


def write_html(outcome: Outcome, summary: Mapping[str, Any], folder: Path, sources: Sources) -> None:
    """Write the page and the cases beside it.

    Args:
        outcome: how the run stands.
        summary: drawn from it, with the differences to the baseline.
        folder: where the page goes, and where `mutations.json`, `blame.json` and `load.json` lie if they were made.
        sources: the rest.

    Raises:
        DataError: a file beside the run is damaged.
    """
    from harness.report import Beside, view

    run, draw, baseline = outcome.run, sources.draw, sources.baseline
    inside = [(row["suite"], row["id"]) for row in summary["failures"]]
    blamed = _blame(folder / "blame.json", digest(run.folder.scores))
    mutations = _read(folder / "mutations.json", MUTATIONS)
    pages = write_pages(run, folder, inside, lambda shown: draw(shown, CASE), _blame_by_case(blamed), baseline)
    beside = Beside(
        docs=sources.docs,
        directions=sources.directions,
        failed=[pages.failed[place] for place in inside if place in pages.failed],
        index=script({"words": list(pages.words), "cases": pages.index}) if pages.index else "",
        told=len(pages.index),
        failing=pages.failing,
        differences=difference_rows(summary.get("differences", ())),
        latency={name: latency_rows(run.observations[name]) for name in run.cases},
        matrices=matrices(mutations) if mutations else [],
        mistakes=mistakes(mutations) if mutations else [],
        blame=blamed["suites"] if blamed else [],
        trends=trend_rows(sources.past, keys_of(summary["gates"])),
        load=_read(folder / "load.json", "load/1"),
    )
    write_text(folder / "report.html", draw(view(summary, beside), REPORT))


def _read(path: Path, schema: str) -> dict[str, Any] | None:
    """A document that another command left here; None where there is none of this schema."""
    table = read_json(path) if path.is_file() else None
    return table if isinstance(table, dict) and table.get("schema") == schema else None


def _blame(path: Path, scores: str) -> dict[str, Any] | None:
    """Blame explains scores; where these are others by now, it explains nothing."""
    table = _read(path, "blame/1")
    return table if table and table["scores"] == scores else None


def _blame_by_case(table: Mapping[str, Any] | None) -> dict[Place, Mapping[str, Any]]:
    suites = table["suites"] if table else ()
    return {(suite["name"], row["id"]): row for suite in suites for row in suite["cases"]}
