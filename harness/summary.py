"""What came out of a run, as plain JSON: `summary.json`, schema `report`. Every report is drawn from it.

Of the test split it holds figures alone; the worst failed dev cases are told in detail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from harness.cases import Figure, GateResult
from harness.gate import exit_code, limit_of
from harness.reading import Run
from harness.records import figure_row

SCHEMA = "report/1"


@dataclass(frozen=True)
class SuiteOutcome:
    """One suite of a run in numbers.

    Attributes:
        name: of the suite.
        target: what was asked.
        cases: how many were to be asked.
        observed: how many observations there are; with repeats more than cases.
        failed: observations with an error, by its first word.
        verdicts: scores by verdict.
        reasons: why scores are UNMEASURED, the first `failures.MOST` different reasons with their counts.
        figures: of the suite.
        lacking: metrics by the part that the target does not give.
        missing: (id, split) of cases that lack an observation.
        gone: ids that were asked and are no longer among the cases.
        cells: claims by cell, a row a split.
        failures: rows of the failed dev cases, the worst first; at most `failures.MOST`.
        flakes: of repeats, a row a metric: pass^k and who was unsteady; empty where each case was asked once.
    """

    name: str
    target: str
    cases: int
    observed: int
    failed: Mapping[str, int]
    verdicts: Mapping[str, int]
    reasons: Mapping[str, int]
    figures: Sequence[Figure]
    lacking: Mapping[str, Sequence[str]]
    missing: Sequence[tuple[str, str]]
    gone: Sequence[str]
    cells: Sequence[Mapping[str, object]]
    failures: Sequence[Mapping[str, Any]]
    flakes: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Outcome:
    """A whole run: its suites, the figures of no suite's cases (judge, knowledge) and how the gates stand.

    `run` reads cases, observations and scores from disk, for reports that tell more than numbers.
    """

    run: Run
    suites: Sequence[SuiteOutcome]
    others: Sequence[Figure]
    gates: Sequence[GateResult]
    notes: Sequence[str] = field(default=())

    @property
    def figures(self) -> list[Figure]:
        return [*(figure for suite in self.suites for figure in suite.figures), *self.others]

    @property
    def exit_code(self) -> int:
        return exit_code(self.gates)


def summary(outcome: Outcome, most_failures: int) -> dict[str, Any]:
    """All that a report shows, plain."""
    return {
        "schema": SCHEMA,
        "run": _run(outcome),
        "exit_code": outcome.exit_code,
        "gates": [gate_row(result) for result in outcome.gates],
        "figures": [figure_row(figure) for figure in outcome.figures],
        "cells": [row for suite in outcome.suites for row in suite.cells],
        "not_applicable": [
            {"suite": suite.name, "part": part, "metrics": list(metrics)}
            for suite in outcome.suites
            for part, metrics in suite.lacking.items()
        ],
        "missing": [
            {"suite": suite.name, "id": id_, "split": split} for suite in outcome.suites for id_, split in suite.missing
        ],
        "failures": [row for suite in outcome.suites for row in suite.failures][:most_failures],
        "flakes": [{"suite": suite.name, **row} for suite in outcome.suites for row in suite.flakes],
        "notes": list(outcome.notes),
    }


def gate_row(result: GateResult) -> dict[str, Any]:
    """One line of the gate table. `slice` is the one that decided."""
    gate, figure = result.gate, result.figure
    return {
        "metric": gate.metric,
        "suite": gate.suite,
        "split": gate.split,
        "slice": figure.slice if figure else gate.slice,
        "limit": limit_of(gate),
        "value": figure.value if figure else None,
        "low": figure.low if figure else None,
        "high": figure.high if figure else None,
        "n": figure.n if figure else 0,
        "unmeasured": figure.unmeasured if figure else 0,
        "baseline": result.baseline,
        "comparison": asdict(result.comparison) if result.comparison else None,
        "standing": result.standing,
        "reason": result.reason,
    }


def _run(outcome: Outcome) -> dict[str, Any]:
    manifest = outcome.run.manifest
    return {
        "run_id": manifest.run_id,
        "started_at": manifest.started_at,
        "profile": manifest.profile,
        "repeat": manifest.repeat,
        "concurrency": manifest.concurrency,
        "versions": dict(manifest.versions),
        "suites": [
            {
                "name": suite.name,
                "target": suite.target,
                "cases": suite.cases,
                "observed": suite.observed,
                "failed": dict(suite.failed),
            }
            for suite in outcome.suites
        ],
    }
