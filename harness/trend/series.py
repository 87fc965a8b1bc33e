"""A figure over the runs, oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.trend.history import TOTAL, Entry

Key = tuple[str, str, str, str]
"""(suite, metric, split, slice), "" for all."""
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Series:
    """The runs of one figure. `entries` holds those that were measured, `is_measured` says whether the newest was."""

    key: Key
    entries: tuple[Entry, ...]
    is_measured: bool = True

    @property
    def values(self) -> list[float]:
        return [entry.value for entry in self.entries if entry.value is not None]

    def change(self, runs: int) -> float | None:
        """The newest value minus that of so many runs before; None where the history is shorter."""
        values = self.values
        return values[-1] - values[-1 - runs] if len(values) > runs else None


def series_of(entries: Iterable[Entry], since: str = "") -> list[Series]:
    """Group a history; runs are in the order of their start, whatever that of the file. Of a run told twice the last
    row counts. A figure that the newest run of its suite does not have any more is left out.

    Args:
        entries: of any figures.
        since: leave out runs that started before, an ISO 8601 time in UTC or the beginning of one.
    """
    found: dict[Key, dict[tuple[str, str], Entry]] = {}
    for entry in entries:
        if entry.started_at >= since:
            key = (entry.suite, entry.metric, entry.split, entry.slice)
            found.setdefault(key, {})[entry.started_at, entry.run_id] = entry
    newest: dict[str, tuple[str, str]] = {}
    for (suite, *_), runs in found.items():
        newest[suite] = max(*runs, newest.get(suite, ("", "")))
    ordered = {key: [runs[start] for start in sorted(runs)] for key, runs in found.items() if newest[key[0]] in runs}
    return [_series(key, runs) for key, runs in ordered.items()]


def overall(found: Iterable[Series]) -> list[Series]:
    """One series a metric: all cases, or each split where no figure joins them; of latency the whole turn."""
    whole = [one for one in found if one.key[3] in ("", TOTAL)]
    joined = {one.key[:2] for one in whole if not one.key[2]}
    return [one for one in whole if not one.key[2] or one.key[:2] not in joined]


def sparkline(values: Sequence[float], most: int = 30) -> str:
    """The last values as bars between their own lowest and highest; a line in the middle where they are all one."""
    shown = values[-most:]
    low, high = min(shown, default=0.0), max(shown, default=0.0)
    if high - low <= 1e-12:
        return _BARS[3] * len(shown)
    return "".join(_BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] for value in shown)


def _series(key: Key, runs: Sequence[Entry]) -> Series:
    return Series(key, tuple(one for one in runs if one.value is not None), runs[-1].value is not None)
