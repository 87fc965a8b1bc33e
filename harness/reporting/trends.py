"""How the gated figures went over the runs, as small charts, in the order of the gates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.charts import Point, sparkline
from harness.markdown import number
from harness.trend.history import read
from harness.trend.series import Key, Series, series_of

RUNS = 30
"""The last runs that are drawn."""


def trend_rows(path: Path, wanted: Sequence[Key]) -> list[dict[str, Any]]:
    """A small chart for each wanted figure that has two runs at least.

    Args:
        path: the history; it need not exist.
        wanted: figures, each once.

    Raises:
        DataError: a row of the history is damaged; names the line.
    """
    asked = set(wanted)
    known = (one for one in read(path) if (one.suite, one.metric, one.split, one.slice) in asked)
    found = {series.key: series for series in series_of(known)}
    return list(_rows([found[key] for key in wanted if key in found]))


def keys_of(gates: Iterable[Mapping[str, Any]]) -> list[Key]:
    """The figures that gates speak of, each once."""
    return list(dict.fromkeys((gate["suite"], gate["metric"], gate["split"], gate["slice"]) for gate in gates))


def _rows(found: Iterable[Series]) -> Iterator[dict[str, Any]]:
    for series in found:
        points = [
            Point(one.started_at, one.value, one.low, one.high) for one in series.entries if one.value is not None
        ]
        if len(points) > 1:
            yield _row(series, points[-RUNS:])


def _row(series: Series, points: Sequence[Point]) -> dict[str, Any]:
    suite, metric, split, slice_ = series.key
    first, last = points[0], points[-1]
    where, shown = " · ".join(filter(None, (suite, split, slice_))), number(last.value, metric)
    title = f"{metric} {where}: {number(first.value, metric)} on {first.label} to {shown} on {last.label}"
    moved = f"{last.value - points[-2].value:+.3f}"
    return {
        "metric": metric, "where": where, "shown": shown, "moved": moved, "runs": len(points),
        "chart": sparkline(title, points),
    }  # fmt: skip
