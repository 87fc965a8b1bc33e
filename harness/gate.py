"""Hold figures against gates. A gate holds, fails, is unmeasured or not applicable; nothing passes unseen."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.cases import Comparison, Direction, Figure, Gate, GateResult, Standing
from harness.stats.margin import Finding, finding, told
from harness.timing.percentiles import Quantile

Key = tuple[str, str, str, str]
COMPLETE = "missing_cases"
"""The gate that nobody has to write down."""
_RANK: Mapping[Standing, int] = {"fails": 0, "unmeasured": 1, "holds": 2, "N/A": 3}
_TOLERANCE = 1e-9
_PERCENTILE = re.compile(r"latency_p([\d.]+)_ms")


@dataclass(frozen=True)
class Evidence:
    """What gates are held against.

    Attributes:
        figures: of the run.
        baseline: accepted values by key; empty without a baseline.
        not_applicable: (suite, metric) that the target cannot be measured by, with the part that it does not give.
        suites: those that were run.
        directions: by metric; higher is better where nothing is said.
        comparisons: with the baseline on the same cases, for gates with a margin: `harness.margins`.
    """

    figures: Sequence[Figure]
    baseline: Mapping[Key, float]
    not_applicable: Mapping[tuple[str, str], str]
    suites: Collection[str]
    directions: Mapping[str, Direction]
    comparisons: Mapping[Key, Comparison] = field(default_factory=dict)


def held(gates: Iterable[Gate], evidence: Evidence) -> list[GateResult]:
    """The result of each gate, in order; for a `:*` slice that of its worst slice."""
    return [_worst([_held(gate, one, evidence) for one in figures_of(gate, evidence.figures)]) for gate in gates]


def figures_of(gate: Gate, figures: Iterable[Figure]) -> list[Figure | None]:
    """The figures that a gate speaks of: one, or one a slice; None where there is none."""
    same = [figure for figure in figures if figure.key[:3] == (gate.suite, gate.metric, gate.split)]
    if gate.slice.endswith(":*"):
        return [figure for figure in same if figure.slice.startswith(gate.slice[:-1])] or [None]
    return [next((figure for figure in same if figure.slice == gate.slice), None)]


def exit_code(results: Sequence[GateResult]) -> int:
    """0 all hold, 1 one fails, 2 one could not be measured: see `contracts.md`.

    Gates of which every one is N/A have told nothing: 2. That all cases are there is not enough to pass.
    """
    standings = {result.standing for result in results if result.gate.metric != COMPLETE}
    if any(result.standing == "fails" for result in results):
        return 1
    return 2 if "unmeasured" in standings or standings == {"N/A"} else 0


def complete(suite: str, expected: int, missing: Sequence[str], gone: Sequence[str]) -> GateResult:
    """The gate that every suite has: each expected case was observed, none vanished since baseline or run."""
    reasons = [f"no observation: {', '.join(missing)}"] if missing else []
    reasons += [f"in the baseline or the results but no longer among the cases: {', '.join(gone)}"] if gone else []
    count = len(missing) + len(gone)
    return GateResult(
        gate=Gate(COMPLETE, suite, max=0),
        standing="fails" if count else "holds",
        reason="; ".join(reasons),
        figure=Figure(suite, COMPLETE, float(count), expected),
    )


def limit_of(gate: Gate) -> str:
    """The limits of a gate in words."""
    limits = (("≥", gate.min), ("≤", gate.max), ("drop ≤", gate.max_drop), ("margin", gate.margin))
    return ", ".join(f"{sign} {limit:g}" for sign, limit in limits if limit is not None)


def _worst(results: Sequence[GateResult]) -> GateResult:
    """Fails before unmeasured before holds; among equals the one nearest to its limit, then the one that sees least."""
    return min(results, key=lambda result: (_RANK[result.standing], _room(result), *_doubt(result.comparison)))


def _doubt(comparison: Comparison | None) -> tuple[float, float]:
    if comparison is None:
        return 0.0, 0.0
    unseen = math.inf if comparison.smallest_effect is None else comparison.smallest_effect
    return comparison.p_adjusted, -unseen


def _room(result: GateResult) -> float:
    value = result.figure.value if result.figure else None
    if value is None:
        return 0.0
    rooms = []
    if result.gate.min is not None:
        rooms.append(value - result.gate.min)
    if result.gate.max is not None:
        rooms.append(result.gate.max - value)
    return min(rooms, default=0.0)


def _held(gate: Gate, figure: Figure | None, evidence: Evidence) -> GateResult:
    if figure is None:
        return _without_figure(gate, evidence)
    before, direction = evidence.baseline.get(figure.key), evidence.directions.get(gate.metric, "higher")
    standing, reason = _standing(gate, figure, before, direction)
    if gate.margin is None:
        return GateResult(gate, standing, reason, figure, before)
    comparison = evidence.comparisons.get(figure.key)
    found, words = _within_margin(gate, gate.margin, comparison, direction)
    worst = min(standing, found, key=_RANK.__getitem__)
    return GateResult(gate, worst, "; ".join(filter(None, (reason, words))), figure, before, comparison)


def _within_margin(
    gate: Gate, margin: float, comparison: Comparison | None, direction: Direction
) -> tuple[Standing, str]:
    if comparison is None:
        return "unmeasured", "the baseline holds no case to compare with; call `harness baseline accept --reason …`"
    found = finding(comparison, direction, margin, gate.alpha)
    open_: Standing = "unmeasured" if gate.strict else "holds"
    standings: dict[Finding, Standing] = {"worse": "fails", "not worse": "holds", "open": open_}
    return standings[found], told(comparison, direction, found)


def _without_figure(gate: Gate, evidence: Evidence) -> GateResult:
    if gate.suite not in evidence.suites:
        return GateResult(gate, "unmeasured", f"suite {gate.suite!r} was not run")
    part = evidence.not_applicable.get((gate.suite, gate.metric))
    if part is None:
        return GateResult(gate, "unmeasured", "no case of the run was measured by it")
    before = evidence.baseline.get((gate.suite, gate.metric, gate.split, gate.slice))
    if part == "gold":
        return GateResult(gate, "unmeasured", "nothing was accepted as true; call `harness gold accept --reason …`")
    if before is None:
        return GateResult(gate, "N/A", f"the target gives no {part!r}")
    return GateResult(gate, "unmeasured", f"the target gives no {part!r} any more", baseline=before)


def _no_value(figure: Figure) -> str:
    percentile = _PERCENTILE.fullmatch(figure.metric)
    if percentile and figure.n:
        return Quantile(float(percentile[1]), figure.n).refusal
    return f"no value: {figure.unmeasured} unmeasured, {figure.n} measured"


def _standing(gate: Gate, figure: Figure, before: float | None, direction: Direction) -> tuple[Standing, str]:
    value = figure.value
    if value is None:
        return "unmeasured", _no_value(figure)
    if gate.min is not None and value < gate.min - _TOLERANCE:
        return "fails", f"{value:.4g} is below {gate.min:g}"
    if gate.max is not None and value > gate.max + _TOLERANCE:
        return "fails", f"{value:.4g} is above {gate.max:g}"
    if gate.max_drop is not None and before is not None:
        drop = before - value if direction == "higher" else value - before
        if drop > gate.max_drop + _TOLERANCE:
            return "fails", f"{value:.4g} is {drop:.4g} worse than the baseline's {before:.4g}"
    if figure.share_unmeasured > gate.max_unmeasured + _TOLERANCE:
        return "unmeasured", f"{figure.unmeasured} of {figure.n + figure.unmeasured} could not be measured"
    if gate.max_drop is not None and before is None:
        return "unmeasured", "no baseline for it; call `harness baseline accept --reason …`"
    return "holds", ""
