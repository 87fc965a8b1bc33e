"""A sudden change: the run that first left what the runs before it were, and did not come back."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from harness.cases import Direction
from harness.trend.history import Entry

BEFORE = 14
"""Runs whose median is what a run is held against: two weeks of nights."""
LEAST = 5
"""Runs below which a median and its spread say nothing."""
ALPHA = 0.01
"""The chance that a night without a change raises an alarm over all figures, for a step and again for a drift."""
_SPREADS = 3.0
_INTERVAL = NormalDist().inv_cdf(0.975)
_NORMAL = 1.4826
"""Makes the median absolute deviation of normal values their standard deviation."""
_LEAST_SHARE = 0.2
"""Where no interval is known (percentiles): how much worse at least, as a share. Shared machines vary by as much."""


@dataclass(frozen=True)
class Step:
    """A change for the worse that lasts: the first run that shows it, and the median of those before."""

    since: Entry
    reference: float


def step(entries: Sequence[Entry], direction: Direction, accepted_at: str = "", asked: int = 1) -> Step | None:
    """Go through the runs and keep what was well; None where the newest run is well or too little came before it.

    A run that got worse is no measure for those after it, so a regression lasts until it is mended, or until somebody
    accepts it: runs of a regression before `accepted_at` become the measure.

    Args:
        entries: measured, oldest first.
        direction: which way is better.
        accepted_at: when a baseline was accepted last, an ISO 8601 time in UTC; "" for never.
        asked: how many series are looked at together; more of them ask more of each, so that nights without a change
            raise no more false alarms.
    """
    deviations = NormalDist().inv_cdf(1 - ALPHA / asked)
    well: deque[Entry] = deque(maxlen=BEFORE)
    worse: list[Entry] = []
    for entry in entries:
        if worse and worse[0].started_at <= accepted_at < entry.started_at:
            well, worse = deque(worse, maxlen=BEFORE), []
        if is_worse(entry, [_value(one) for one in well], direction, deviations):
            worse.append(entry)
        else:
            well.append(entry)
            worse = []
    if not worse or worse[0].started_at <= accepted_at:
        return None
    return Step(worse[0], statistics.median(map(_value, well)))


def is_worse(entry: Entry, before: Sequence[float], direction: Direction, deviations: float = _INTERVAL) -> bool:
    """The median of the runs before lies beyond the interval of this run, and beyond three robust deviations of them.

    `deviations` widens both where it is more than the interval's own 1.96 and more than three.

    Source:
        Hampel: The influence curve and its role in robust estimation, JASA 1974 (median absolute deviation).
    """
    if len(before) < LEAST:
        return False
    reference = statistics.median(before)
    spread = _NORMAL * statistics.median(abs(value - reference) for value in before)
    value = _value(entry)
    harm = reference - value if direction == "higher" else value - reference
    return harm > max(max(_SPREADS, deviations) * spread, _reach(entry, reference, direction, deviations), 1e-9)


def _reach(entry: Entry, reference: float, direction: Direction, deviations: float) -> float:
    """How far chance reaches from the value towards the reference."""
    bound = entry.high if direction == "higher" else entry.low
    if bound is None:
        return _LEAST_SHARE * abs(reference)
    return abs(bound - _value(entry)) * max(1.0, deviations / _INTERVAL)


def _value(entry: Entry) -> float:
    return 0.0 if entry.value is None else entry.value
