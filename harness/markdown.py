"""The report for a pull request: gates first, then what failed, below the size that a comment may have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from harness.gate import COMPLETE

LONGEST = 60_000
"""GitHub refuses comments above 65,536 characters."""
_SIGNS = {"holds": "✅", "fails": "❌", "unmeasured": "❔", "N/A": "–"}
_VERDICTS = {0: "Gates hold", 1: "A gate fails", 2: "Could not be measured"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~])")


def markdown(summary: Mapping[str, Any]) -> str:
    """Draw the report. What would make it too long is left out and said so; the gates always stand."""
    head = [f"## {_SIGNS[standing(summary)]} {headline(summary)}", "", _about(summary), ""]
    head += _gates(summary["gates"]) + _missing(summary["missing"]) + _notes(summary)
    return _joined(head, [_failure(row) for row in summary["failures"]])


def number(value: float | None, metric: str = "") -> str:
    """A value as reports show it: milliseconds with one decimal, shares with three, – for none."""
    if value is None:
        return "–"
    return f"{value:.1f}" if metric.endswith("_ms") else f"{value:.3f}"


def escaped(text: str) -> str:
    """Text that Markdown takes literally, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def standing(summary: Mapping[str, Any]) -> str:
    """How the run as a whole stands; without gates there is nothing to hold."""
    if summary["exit_code"] == 0 and not _is_gated(summary):
        return "N/A"
    return {0: "holds", 1: "fails", 2: "unmeasured"}[summary["exit_code"]]


def headline(summary: Mapping[str, Any]) -> str:
    """The verdict in words."""
    return "Measured, held against no gate" if standing(summary) == "N/A" else _VERDICTS[summary["exit_code"]]


def _is_gated(summary: Mapping[str, Any]) -> bool:
    return any(row["metric"] != COMPLETE for row in summary["gates"])


def _about(summary: Mapping[str, Any]) -> str:
    run = summary["run"]
    suites = ", ".join(f"{suite['name']} ({suite['cases']} cases, `{suite['target']}`)" for suite in run["suites"])
    return f"{suites} · profile {run['profile']} · {run['started_at']}"


def _gates(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = ["| | gate | where | limit | value | 95 % | n | unmeasured | baseline | why |", "|" + "---|" * 10]
    for row in rows:
        where = " ".join(filter(None, (row["suite"], row["split"], row["slice"])))
        bounds = f"{number(row['low'])}–{number(row['high'])}" if row["low"] is not None else ""
        cells = [
            _SIGNS[row["standing"]], f"`{row['metric']}`", escaped(where), escaped(row["limit"]),
            number(row["value"], row["metric"]), bounds, str(row["n"]), str(row["unmeasured"] or ""),
            number(row["baseline"]) if row["baseline"] is not None else "", escaped(row["reason"])[:300],
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def _missing(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"**Missing:** {', '.join(escaped(row['id']) for row in rows)}", ""] if rows else []


def _notes(summary: Mapping[str, Any]) -> list[str]:
    lines = [
        f"- N/A for {row['suite']}, whose target gives no `{row['part']}`: {', '.join(row['metrics'])}"
        for row in summary["not_applicable"]
    ]
    return [*lines, *(f"- {escaped(note)}" for note in summary.get("notes", ())), ""] if lines else []


def _failure(row: Mapping[str, Any]) -> str:
    lines = [f"<details><summary>{escaped(row['id'])}: {escaped(row['turns'][-1])[:120]}</summary>", ""]
    lines.append(f"> {escaped(row['answer'] or row['error'] or '')[:600]}")
    lines.append("")
    lines += [_score(score) for score in row["scores"]]
    lines += [_claim(claim) for claim in row["claims"]]
    return "\n".join([*lines, "", "</details>", ""])


def _score(score: Mapping[str, Any]) -> str:
    return f"- `{score['metric']}` {number(score['value'], score['metric'])} {escaped(score['reason'])[:300]}"


def _claim(claim: Mapping[str, Any]) -> str:
    evidence = claim.get("evidence") or {}
    place = f"{evidence['path']}:{evidence['line_start']}" if evidence.get("path") else evidence.get("id", "")
    who = ", ".join(filter(None, (claim.get("intent"), claim.get("node"))))
    against = f" against {escaped(place)}: “{escaped(evidence.get('text', ''))}”" if evidence else ""
    kind = f" · {escaped(claim['kind'])}" if claim.get("kind") else ""
    return f"- {claim['cell']}{kind}{f' ({escaped(who)})' if who else ''}: “{escaped(claim['text'])}”{against}"


def _joined(head: Sequence[str], failures: Sequence[str]) -> str:
    text = "\n".join(head) + "\n"
    if failures:
        text += f"### Failed dev cases ({len(failures)})\n\n"
    for index, failure in enumerate(failures):
        if len(text) + len(failure) > LONGEST:
            return text + f"… and {len(failures) - index} more in `report.html`\n"
        text += failure
    return text
