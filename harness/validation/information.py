"""Cases that have passed everything in run after run: they cost time and tell nothing new. Read from run folders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from harness.cases import DataError
from harness.jsonl import read_json, read_rows

LAST_RUNS = 5
"""Fewer runs say nothing about a case."""
Outcomes = Mapping[tuple[str, str], bool]


def settled(runs: Sequence[Outcomes], shown: Iterable[tuple[str, str]]) -> list[str]:
    """Say which cases passed everything in each of the last runs; none where there were too few runs.

    Args:
        runs: by (suite, case id) whether all was passed, the last run last.
        shown: cases whose ids may be told; others are counted.
    """
    if len(runs) < LAST_RUNS:
        return []
    last = runs[-LAST_RUNS:]
    asked = [key for key in last[-1] if all(key in run for run in last)]
    passed = [key for key in asked if all(run[key] for run in last)]
    if not passed:
        return []
    names = [id_ for suite, id_ in passed if (suite, id_) in set(shown)]
    named = f": {', '.join(names[:8])}{' …' if len(names) > 8 else ''}" if names else ""
    return [f"{len(passed)} of {len(asked)} cases passed all in the last {LAST_RUNS} runs and tell nothing new{named}"]


def read_outcomes(runs: Path) -> list[Outcomes]:
    """Outcomes of the last runs below a folder, oldest first; what was not scored counts for nothing."""
    scored = sorted((started, path) for path in runs.glob("*/scores.jsonl") if (started := _started(path.parent)))
    return [_outcome(path) for _, path in scored[-LAST_RUNS:]]


def _started(folder: Path) -> str:
    """When the run began; empty for a folder that is none."""
    try:
        manifest = read_json(folder / "run.json")
    except DataError:
        return ""
    return str(manifest.get("started_at", "")) if isinstance(manifest, Mapping) else ""


def _outcome(scores: Path) -> Outcomes:
    found: dict[tuple[str, str], bool] = {}
    for _, row in read_rows(scores):
        key = (str(row.get("suite")), str(row.get("id")))
        found[key] = found.get(key, True) and row.get("verdict") in ("PASS", "N/A")
    return found
