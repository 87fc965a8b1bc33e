"""Workflow commands by which GitHub marks failed dev cases at their line in the data, the most harmful first.

Source:
    GitHub: Workflow commands for GitHub Actions; the escapes are those of `actions/toolkit`, core/src/command.ts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Literal

from harness.ci.verdict import telling_claim
from harness.ci.words import number, place_of, where

Level = Literal["error", "warning", "notice"]
Row = Mapping[str, Any]
MOST = 10
"""GitHub shows ten errors and ten warnings of a step; the rest would be dropped in silence."""
_LONGEST = 300
"""Characters of a claim and of the sentence it is held against."""


def annotated(summary: Row, folder: str = "") -> list[str]:
    """The lines to print.

    Args:
        summary: a `summary.json`.
        folder: of the workspace below the repository, "" where it is the repository.

    Returns:
        One error that names the failed gates; errors for cases that count for a failed gate, warnings for other failed
        cases, ten of each level at most; a notice with the number of those that are left out.
    """
    failed = [row for row in summary["gates"] if row["standing"] == "fails"]
    ranked = sorted(summary["failures"], key=lambda row: _harm(row, failed), reverse=True)
    harmful = [row for row in ranked if _gates_of(row, failed)]
    others = [row for row in ranked if not _gates_of(row, failed)]
    room = MOST - bool(failed)
    lines = [_gates(failed)] if failed else []
    lines += [_case("error", row, folder) for row in harmful[:room]]
    lines += [_case("warning", row, folder) for row in others[:MOST]]
    return [*lines, *_rest(len(harmful[room:]) + len(others[MOST:]))]


def command(level: Level, message: str, **properties: str) -> str:
    """One workflow command on one line; empty properties are left out."""
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{level}{f' {told}' if told else ''}::{_data(message)}"


def _gates(failed: Sequence[Row]) -> str:
    lines = [f"{row['metric']} {where(row)}: {row['reason']}" for row in failed]
    return command("error", "\n".join(lines), title=f"{len(failed)} gate{'s' if len(failed) > 1 else ''} failed")


def _case(level: Level, row: Row, folder: str) -> str:
    file = str(PurePosixPath(folder) / row["path"]) if row["path"] else ""
    line = str(row["line"]) if file else ""
    return command(level, "\n".join(_told(row)), file=file, line=line, title=f"{row['suite']} {row['id']}")


def _told(row: Row) -> Iterator[str]:
    yield ", ".join(f"{score['metric']} {number(score['value'], score['metric'])}" for score in row["scores"])
    if row.get("error"):
        yield row["error"]
    if (claim := telling_claim(row)) is None:
        yield from (score["reason"] for score in row["scores"][:3] if score["reason"])
    else:
        yield f"{claim['cell']}: “{_short(claim['text'])}”"
        if evidence := claim.get("evidence"):
            yield f"{place_of(evidence)}: “{_short(evidence.get('text', ''))}”"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _rest(count: int) -> list[str]:
    told = "more failed dev cases are in the report; GitHub shows ten annotations of a level"
    return [command("notice", f"{count} {told}")] if count else []


def _gates_of(row: Row, failed: Sequence[Row]) -> int:
    """For how many failed gates a dev case counts."""
    metrics = {score["metric"] for score in row["scores"]}
    own = [gate for gate in failed if gate["suite"] == row["suite"] and gate["split"] != "test"]
    return sum(gate["metric"] in metrics for gate in own)


def _harm(row: Row, failed: Sequence[Row]) -> tuple[int, int, int]:
    """Failed gates, then false claims, then failed metrics."""
    false = sum(str(claim.get("cell", "")).endswith("false") for claim in row["claims"])
    return _gates_of(row, failed), false, len(row["scores"])


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
