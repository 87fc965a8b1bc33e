"""Kill rates of the judge as figures that gates can hold: suite `judge`, slices `operator:…`, `language:…`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cases import Figure
from harness.judging.figures import SUITE
from harness.mutation.directions import DIRECTIONS, FALSE_KILL_RATE, KILL_RATE
from harness.mutation.measure import Outcome, Rate, rates
from harness.mutation.session import outcome_without_run

if TYPE_CHECKING:
    from harness.app import Site

_METRICS = {"mutation": KILL_RATE, "rewrite": FALSE_KILL_RATE}
_PER_CELL = 25
"""Half of what the command tries: a run asks for the figures each time."""


def gated_figures(site: Site) -> list[Figure]:
    """The figures of the workspace's judge where a gate asks for them, else none: they take some seconds."""
    if not any(gate.metric in DIRECTIONS for gate in site.gates_if_any()):
        return []
    try:
        return figures_of(outcome_without_run(site, _PER_CELL))
    except Exception:  # noqa: BLE001 - foreign code: a dead judge is unmeasured, never the end of a run
        return [Figure(SUITE, metric, None, 0, unmeasured=1) for metric in DIRECTIONS]


def figures_of(outcome: Outcome) -> list[Figure]:
    """Overall, by operator and by language; "operator:*" in a gate holds for the worst of them."""
    return [_figure(rate) for rate in rates(outcome.tried) if not (rate.operator and rate.language)]


def _figure(rate: Rate) -> Figure:
    low, high = rate.bounds
    slice_ = f"operator:{rate.operator}" if rate.operator else f"language:{rate.language}" if rate.language else ""
    return Figure(SUITE, _METRICS[rate.family], rate.value, rate.n, slice=slice_, low=low, high=high)
