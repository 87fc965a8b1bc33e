"""Hold figures against gates. A gate holds, fails, is unmeasured or not applicable; nothing passes unseen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.cases import Direction, Figure, Gate, GateResult, Standing

Key = tuple[str, str, str, str]
COMPLETE = "missing_cases"
"""The gate that nobody has to write down."""
_RANK: Mapping[Standing, int] = {"fails": 0, "unmeasured": 1, "holds": 2, "N/A": 3}
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Evidence:
    """What gates are held against.

    Attributes:
        figures: of the run.
        baseline: accepted values by key; empty without a baseline.
        not_applicable: (suite, metric) that the target cannot be measured by, with the part that it does not give.
        suites: those that were run.
        directions: by metric; higher is better where nothing is said.
    """

    figures: Sequence[Figure]
    baseline: Mapping[Key, float]
    not_applicable: Mapping[tuple[str, str], str]
    suites: Collection[str]
    directions: Mapping[str, Direction]


def held(gates: Iterable[Gate], evidence: Evidence) -> list[GateResult]:
    """The result of each gate, in order; for a `:*` slice that of its worst slice."""
    return [_worst([_held(gate, figure, evidence) for figure in _figures(gate, evidence)]) for gate in gates]


def exit_code(results: Sequence[GateResult]) -> int:
    """0 all hold, 1 one fails, 2 one could not be measured: see `contracts.md`.

    Gates of which every one is N/A have told nothing: 2. That all cases are there is not enough to pass.
    """
    standings = {result.standing for result in results if result.gate.metric != COMPLETE}
    if any(result.standing == "fails" for result in results):
        return 1
    return 2 if "unmeasured" in standings or standings == {"N/A"} else 0


def complete(suite: str, expected: int, missing: Sequence[str], gone: Sequence[str]) -> GateResult:
    """The gate that every suite has: each expected case was observed, and none vanished since the baseline."""
    reasons = [f"no observation: {', '.join(missing)}"] if missing else []
    reasons += [f"in the baseline but no longer among the cases: {', '.join(gone)}"] if gone else []
    count = len(missing) + len(gone)
    return GateResult(
        gate=Gate(COMPLETE, suite, max=0),
        standing="fails" if count else "holds",
        reason="; ".join(reasons),
        figure=Figure(suite, COMPLETE, float(count), expected),
    )


def limit_of(gate: Gate) -> str:
    """The limits of a gate in words."""
    limits = (("≥", gate.min), ("≤", gate.max), ("drop ≤", gate.max_drop))
    return ", ".join(f"{sign} {limit:g}" for sign, limit in limits if limit is not None)


def _figures(gate: Gate, evidence: Evidence) -> list[Figure | None]:
    wanted = (gate.suite, gate.metric, gate.split)
    same = [figure for figure in evidence.figures if figure.key[:3] == wanted]
    if gate.slice.endswith(":*"):
        return [figure for figure in same if figure.slice.startswith(gate.slice[:-1])] or [None]
    return [next((figure for figure in same if figure.slice == gate.slice), None)]


def _worst(results: Sequence[GateResult]) -> GateResult:
    """Fails before unmeasured before holds; among equals the one nearest to its limit."""
    return min(results, key=lambda result: (_RANK[result.standing], _room(result)))


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
    before = evidence.baseline.get(figure.key)
    standing, reason = _standing(gate, figure, before, evidence.directions.get(gate.metric, "higher"))
    return GateResult(gate, standing, reason, figure, before)


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


def _standing(gate: Gate, figure: Figure, before: float | None, direction: Direction) -> tuple[Standing, str]:
    value = figure.value
    if value is None:
        return "unmeasured", f"no value: {figure.unmeasured} unmeasured, {figure.n} measured"
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
