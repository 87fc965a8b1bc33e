"""What is said of each figure over the runs: a regression is a step or a slow drift for the worse, beyond chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.cases import Direction
from harness.stats.holm import holm
from harness.trend import steps
from harness.trend.mann_kendall import mann_kendall, theil_sen
from harness.trend.series import Series
from harness.trend.steps import ALPHA, Step, step

State = Literal["regression", "well", "unmeasured", "too little"]
WINDOW = 30
"""The last runs in which a drift is looked for."""
_LEAST_DRIFT = 0.01
"""A drift over the window below a hundredth (of 1 for shares, of the first value beyond 1) is nobody's regression."""


@dataclass(frozen=True)
class Finding:
    """One series with what is known of it.

    Attributes:
        series: the runs.
        direction: which way is better.
        state: `unmeasured` where the newest run gave no number, `too little` where too few runs came before it. What
            got worse stays a regression when it is not measured: that mends nothing.
        step: a sudden change that lasts.
        slope: median slope over the window, a run.
        p_worse: of the Mann-Kendall test that it gets worse, by Holm over all series that were asked together.
        drifts: it slowly got worse, beyond chance.
    """

    series: Series
    direction: Direction
    state: State
    step: Step | None
    slope: float
    p_worse: float
    drifts: bool


def findings(asked: Sequence[Series], directions: Mapping[str, Direction], accepted_at: str = "") -> list[Finding]:
    """Judge series as one family, so that more of them raise no more false alarms.

    Args:
        asked: any of a history.
        directions: by metric; higher is better where nothing is said.
        accepted_at: when a baseline was accepted last: a drift is looked for after it, an older step counts no more.
    """
    windows = [
        [one.value or 0.0 for one in series.entries if one.started_at > accepted_at][-WINDOW:] for series in asked
    ]
    ways = [directions.get(series.key[1], "higher") for series in asked]
    raw = [mann_kendall(values)[way == "lower"] for values, way in zip(windows, ways, strict=True)]
    sudden = [step(one.entries, way, accepted_at, len(asked)) for one, way in zip(asked, ways, strict=True)]
    rows = zip(asked, ways, windows, holm(raw), sudden, strict=True)
    return [_finding(*row) for row in rows]


def regressions(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.state == "regression"]


def is_too_little(found: Sequence[Finding]) -> bool:
    """No series has enough runs to say anything."""
    return all(finding.state in ("too little", "unmeasured") for finding in found)


def _finding(series: Series, way: Direction, window: Sequence[float], p_worse: float, sudden: Step | None) -> Finding:
    slope = theil_sen(window)
    drifts = p_worse <= ALPHA and _drift(window, slope, way) >= _LEAST_DRIFT
    return Finding(series, way, _state(series, sudden is not None or drifts), sudden, slope, p_worse, drifts)


def _state(series: Series, got_worse: bool) -> State:
    if got_worse:
        return "regression"
    if not series.is_measured:
        return "unmeasured"
    return "well" if len(series.entries) > steps.LEAST else "too little"


def _drift(window: Sequence[float], slope: float, way: Direction) -> float:
    """How much worse over the window, as a share of its first value where that is beyond 1."""
    over = slope * (len(window) - 1)
    return (over if way == "lower" else -over) / max(1.0, abs(window[0])) if window else 0.0
