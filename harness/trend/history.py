"""The history of figures, `history.jsonl`: one row a figure of a run, appended run by run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.cases import DataError
from harness.jsonl import drop_torn_end, dump, read_rows, write_rows

FILE = "reports/history.jsonl"
TOTAL = "node:total"
_LATENCIES = ("latency_p50_ms", "latency_p95_ms")


@dataclass(frozen=True)
class Entry:
    """One figure of one run; `value` is None where it could not be measured, `revision` is of the code that was run."""

    started_at: str
    run_id: str
    revision: str
    suite: str
    metric: str
    split: str
    slice: str
    value: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def name(self) -> tuple[str, ...]:
        """What makes it the same entry: the run (one that was asked again starts at another time) and the figure."""
        return (self.started_at, self.run_id, self.suite, self.metric, self.split, self.slice)


def entries_of(summary: Mapping[str, Any], revision: str) -> list[Entry]:
    """The figures of a run that are worth a history: not those of tags and of an intent in one split, which are too
    many, nor those of single nodes.
    """
    run = summary["run"]
    return [
        Entry(started_at=run["started_at"], run_id=run["run_id"], revision=revision, **_figure(row))
        for row in summary["figures"]
        if _is_kept(row["metric"], row["split"], row["slice"])
    ]


def append(path: Path, entries: Iterable[Entry]) -> int:
    """Append the entries that are not there yet; a row that a crash cut off is mended first.

    Returns:
        How many were new: 0 where the run was appended before.

    Raises:
        DataError: a row of the history is damaged; names the line.
    """
    if path.is_file():
        drop_torn_end(path)
    known = {entry.name for entry in read(path)}
    rows = [dump(asdict(entry)) + "\n" for entry in entries if entry.name not in known]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="\n") as stream:
        stream.write("".join(rows))
    return len(rows)


def trim(path: Path, runs: int) -> None:
    """Keep only the last runs, by their start; the file is replaced in one step.

    Raises:
        DataError: a row is damaged; names the line.
    """
    starts = sorted({(entry.started_at, entry.run_id) for entry in read(path)})
    kept = set(starts[-runs:])
    if len(kept) < len(starts):
        write_rows(path, (asdict(entry) for entry in read(path) if (entry.started_at, entry.run_id) in kept))


def read(path: Path, shown: str = "") -> Iterator[Entry]:
    """The entries in the order of the file; none where there is no file yet.

    Raises:
        DataError: a row is damaged; names the line.
    """
    for line, row in read_rows(path, shown) if path.is_file() else ():
        try:
            yield _entry(row)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            where = f"{shown or path}:{line}"
            raise DataError(f"{where}: no figure of a run ({error!r}); mend or remove the line") from error


def _is_kept(metric: str, split: str, slice_: str) -> bool:
    kind = slice_.partition(":")[0]
    if kind == "node":
        return metric in _LATENCIES and slice_ == TOTAL
    return kind != "tag" and not (split and slice_)


def _figure(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("suite", "metric", "split", "slice", "value", "low", "high", "n")}


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        started_at=_in_utc(row["started_at"]),
        run_id=str(row["run_id"]),
        revision=str(row.get("revision") or ""),
        suite=str(row["suite"]),
        metric=str(row["metric"]),
        split=str(row.get("split") or ""),
        slice=str(row.get("slice") or ""),
        value=_number(row["value"]),
        low=_number(row.get("low")),
        high=_number(row.get("high")),
        n=int(row.get("n") or 0),
    )


def _in_utc(stamp: object) -> str:
    """Times are compared as text, so those of other zones are written as UTC, which one without a zone is."""
    at = datetime.fromisoformat(str(stamp))
    return at.astimezone(UTC).isoformat() if at.tzinfo else str(stamp)


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)
