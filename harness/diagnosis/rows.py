"""Blame as JSON (schema `blame`) and as the tables of the command line. Test cases are counted, never named."""

from __future__ import annotations

from collections.abc import Sequence

from harness.diagnosis.run_blame import Blame, SuiteBlame
from harness.diagnosis.steps import VERDICTS

SCHEMA = "blame/1"
SPLITS = ("dev", "test")
_SHOWN = 8


def blame_table(suites: Sequence[SuiteBlame], scores: str) -> dict[str, object]:
    """What `blame.json` holds; `scores` is the SHA-256 of the scores that were explained."""
    return {"schema": SCHEMA, "scores": scores, "suites": [_suite_row(suite) for suite in suites]}


def component_rows(suite: SuiteBlame) -> list[list[str]]:
    """Component by number of cases, with the dev cases by name."""
    counts = {split: suite.counts(split) for split in SPLITS}
    rows = [["component", *SPLITS, "dev cases"]]
    for component in VERDICTS:
        if any(component in of_split for of_split in counts.values()):
            numbers = [str(counts[split].get(component, 0)) for split in SPLITS]
            rows.append([component, *numbers, _named(suite, component)])
    return rows


def reason_rows(suite: SuiteBlame) -> list[list[str]]:
    """A row for each dev case: whom, and why."""
    head = ["case", "blame", "failed", "why"]
    return [head, *([one.case.id, _whom(one), ", ".join(one.failing), _on_a_line(one)] for one in _shown(suite))]


def _shown(suite: SuiteBlame) -> list[Blame]:
    return [one for one in suite.blames if one.case.split == "dev"]


def _whom(one: Blame) -> str:
    found = one.verdict
    return f"ambiguous: {', '.join(found.suspects)}" if found.component == "ambiguous" else found.component


def _on_a_line(one: Blame) -> str:
    """A target's error may have lines; in a CI log one that begins with `::` would be a command."""
    return " ".join(one.verdict.reason.split())


def _named(suite: SuiteBlame, component: str) -> str:
    ids = [one.case.id for one in _shown(suite) if one.verdict.component == component]
    return ", ".join(ids[:_SHOWN]) + (f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else "")


def _suite_row(suite: SuiteBlame) -> dict[str, object]:
    return {
        "name": suite.name,
        "target": suite.target,
        "capabilities": list(suite.capabilities),
        "failed": suite.failed,
        "counts": {split: suite.counts(split) for split in SPLITS},
        "cases": [_case_row(one) for one in _shown(suite)],
    }


def _case_row(one: Blame) -> dict[str, object]:
    return {
        "id": one.case.id,
        "path": one.case.path,
        "line": one.case.line,
        "component": one.verdict.component,
        "suspects": list(one.verdict.suspects),
        "failing": list(one.failing),
        "reason": one.verdict.reason,
        "repairs": dict(one.verdict.repairs),
    }
