"""What `harness timing` reads: the observations of a run, suite by suite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cases import ConfigError, Observation, ReportMissing
from harness.jsonl import read_rows
from harness.records import observation_from
from harness.timing.summary import TurnSummary, summary

if TYPE_CHECKING:
    from harness.app import Site


def summaries(site: Site, out: Path | None, only: Sequence[str], factor: float) -> Iterator[tuple[str, TurnSummary]]:
    """The suites of a run that have times, in the order in which they were asked.

    Raises:
        ReportMissing: nothing was run here.
        ConfigError: no turn of the run, or of the suites in `only`, has times.
    """
    path = site.run_folder(out).observations
    if not path.is_file():
        raise ReportMissing(f"no observations in {path.parent}; call `harness run`, or name its folder")
    by_suite: dict[str, list[Observation]] = {}
    for _, row in read_rows(path, site.shown(path)):
        observation = observation_from(row)
        by_suite.setdefault(observation.suite, []).append(observation)
    told = [(name, summary(seen, factor)) for name, seen in by_suite.items() if not only or name in only]
    timed = [(name, found) for name, found in told if found is not None]
    if not timed:
        raise ConfigError(f"no turn in {path} has events with `ts` or timings_ms with a total; nothing to time")
    yield from timed
