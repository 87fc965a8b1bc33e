"""What came out of a run, as plain JSON: `summary.json`, schema `report`. Every report is drawn from it.

Of the test split it holds figures alone; failed dev cases are told in detail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.cases import Case, Figure, GateResult, Observation, Score
from harness.cells import CELLS
from harness.gate import exit_code, limit_of
from harness.records import figure_row

SCHEMA = "report/1"
MOST_FAILURES = 200
_CELL_METRIC = "hallucination_rate"


@dataclass(frozen=True)
class SuiteOutcome:
    """One suite of a run with all that came of it. `lacking` are metrics by the part that the target does not give."""

    name: str
    target: str
    cases: Sequence[Case]
    observations: Mapping[str, Observation]
    scores: Sequence[Score]
    figures: Sequence[Figure]
    lacking: Mapping[str, Sequence[str]]

    @property
    def missing(self) -> list[Case]:
        return [case for case in self.cases if case.id not in self.observations]


@dataclass(frozen=True)
class Outcome:
    """A whole run: its suites, the figures of no suite's cases (judge, knowledge) and how the gates stand."""

    started_at: str
    profile: str
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


def summary(outcome: Outcome) -> dict[str, Any]:
    """All that a report shows, plain."""
    return {
        "schema": SCHEMA,
        "run": {
            "started_at": outcome.started_at,
            "profile": outcome.profile,
            "suites": [_suite(suite) for suite in outcome.suites],
        },
        "exit_code": outcome.exit_code,
        "gates": [gate_row(result) for result in outcome.gates],
        "figures": [figure_row(figure) for figure in outcome.figures],
        "cells": [row for suite in outcome.suites for row in _cells(suite)],
        "not_applicable": [
            {"suite": suite.name, "part": part, "metrics": list(metrics)}
            for suite in outcome.suites
            for part, metrics in suite.lacking.items()
        ],
        "missing": [
            {"suite": suite.name, "id": case.id, "split": case.split}
            for suite in outcome.suites
            for case in suite.missing
        ],
        "failures": [row for suite in outcome.suites for row in failures(suite)][:MOST_FAILURES],
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
        "standing": result.standing,
        "reason": result.reason,
    }


def failures(suite: SuiteOutcome) -> list[dict[str, Any]]:
    """Dev cases with a FAIL, the worst first: by how many metrics failed, then in the order of the file."""
    by_id: dict[str, list[Score]] = {}
    for score in suite.scores:
        if score.verdict == "FAIL" and score.split == "dev":
            by_id.setdefault(score.id, []).append(score)
    cases = {case.id: case for case in suite.cases}
    rows = [_failure(cases[id_], suite.observations.get(id_), scores) for id_, scores in by_id.items() if id_ in cases]
    return sorted(rows, key=lambda row: -len(row["scores"]))


def _suite(suite: SuiteOutcome) -> dict[str, Any]:
    errors = [observation.error for observation in suite.observations.values() if observation.error]
    failed = Counter(error.partition(":")[0] for error in errors)
    return {
        "name": suite.name,
        "target": suite.target,
        "cases": len(suite.cases),
        "observed": len(suite.observations),
        "failed": dict(failed),
    }


def _cells(suite: SuiteOutcome) -> Iterable[dict[str, Any]]:
    """Claims by cell and split, counted from the details of the hallucination metric."""
    for split in ("dev", "test"):
        counts = Counter(
            str(cell)
            for score in suite.scores
            if score.metric == _CELL_METRIC and score.split == split
            for cell in _listed(score.details.get("cells"))
        )
        if counts:
            yield {"suite": suite.name, "split": split, **{cell: counts[cell] for cell in CELLS}}


def _failure(case: Case, observation: Observation | None, scores: Sequence[Score]) -> dict[str, Any]:
    return {
        "suite": case.suite,
        "id": case.id,
        "split": case.split,
        "path": case.path,
        "line": case.line,
        "turns": [turn.text for turn in case.turns],
        "answer": observation.answer if observation else "",
        "error": observation.error if observation else "no observation",
        "scores": [{"metric": score.metric, "value": score.value, "reason": score.reason} for score in scores],
        "claims": _claims(scores),
    }


def _claims(scores: Iterable[Score]) -> list[object]:
    """The offending claims of all metrics, each once."""
    found: dict[str, object] = {}
    for score in scores:
        for claim in _listed(score.details.get("claims")):
            if isinstance(claim, Mapping):
                found.setdefault(str(claim.get("span")), claim)
    return list(found.values())


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
