"""Findings about the history as a table, as JSON, and in a sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.ci.words import number
from harness.trend.findings import WINDOW, Finding
from harness.trend.series import sparkline

SCHEMA = "trend/1"
CHANGES = (7, 30)
HEAD = ["state", "metric", "where", "runs", "last", "95 %", *(f"{runs} runs" for runs in CHANGES), "course", "why"]
_ORDER = ("regression", "unmeasured", "well", "too little")


def ordered(found: Iterable[Finding]) -> list[Finding]:
    """Regressions first; within a state in the order of the history."""
    return sorted(found, key=lambda finding: _ORDER.index(finding.state))


def rows(found: Sequence[Finding], last: int = WINDOW) -> list[list[str]]:
    """A row a series, with a head; the course shows the last so many runs."""
    return [HEAD, *(_row(finding, last) for finding in ordered(found))]


def as_json(found: Sequence[Finding], last: int = WINDOW) -> dict[str, Any]:
    """All of it as plain values."""
    return {"schema": SCHEMA, "series": [_plain(finding, last) for finding in ordered(found)]}


def where(finding: Finding) -> str:
    suite, _, split, slice_ = finding.series.key
    return " ".join(filter(None, (suite, split, slice_)))


def why(finding: Finding) -> str:
    """What got worse, since when, by how much, and that the newest run says nothing of it; else empty."""
    unmeasured = "" if finding.series.is_measured else "not measured in the newest run"
    return "; ".join(filter(None, (_of_step(finding), _of_drift(finding), unmeasured)))


def bounds(finding: Finding) -> str:
    last = finding.series.entries[-1] if finding.series.entries else None
    metric = finding.series.key[1]
    return "" if last is None or last.low is None else f"{number(last.low, metric)}–{number(last.high, metric)}"


def _of_step(finding: Finding) -> str:
    if finding.step is None:
        return ""
    since, metric = finding.step.since, finding.series.key[1]
    revision = f", revision {since.revision[:12]}" if since.revision else ""
    before, after = number(finding.step.reference, metric), number(since.value, metric)
    return f"{before} before, {after} since {since.started_at} (run {since.run_id[:12]}{revision})"


def _of_drift(finding: Finding) -> str:
    if not finding.drifts:
        return ""
    count = min(len(finding.series.entries), WINDOW)
    return f"drifts by {finding.slope:+.2g} a run over the last {count} (Mann-Kendall, Holm p {finding.p_worse:.2g})"


def _row(finding: Finding, last: int) -> list[str]:
    series, metric = finding.series, finding.series.key[1]
    values = series.values
    changes = [series.change(runs) for runs in CHANGES]
    return [
        finding.state, metric, where(finding), str(len(values)), number(values[-1] if values else None, metric),
        bounds(finding), *("" if change is None else f"{change:+.3g}" for change in changes),
        sparkline(values, last), why(finding),
    ]  # fmt: skip


def _plain(finding: Finding, last: int) -> dict[str, Any]:
    series = finding.series
    suite, metric, split, slice_ = series.key
    return {
        "suite": suite, "metric": metric, "split": split, "slice": slice_, "direction": finding.direction,
        "state": finding.state, "why": why(finding), "runs": len(series.entries), "last": _newest(finding),
        "changes": {str(runs): series.change(runs) for runs in CHANGES},
        "slope": finding.slope, "p_worse": finding.p_worse, "values": series.values[-last:],
        "since": None if finding.step is None else finding.step.since.started_at,
        "reference": None if finding.step is None else finding.step.reference,
    }  # fmt: skip


def _newest(finding: Finding) -> Mapping[str, Any] | None:
    entries = finding.series.entries
    if not entries:
        return None
    last = entries[-1]
    return {
        "value": last.value, "low": last.low, "high": last.high, "n": last.n, "started_at": last.started_at,
        "run_id": last.run_id, "revision": last.revision,
    }  # fmt: skip
