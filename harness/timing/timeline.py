"""A turn as a graph of runs: how long each took, what it waited for, and how long it lay idle after that was done.

From events the graph is exact to the clock of their `ts`; from `timings_ms` alone it is that of the known order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from harness.event_contract import ORDER
from harness.latency import milliseconds
from harness.order.spans import TURN, Span, moments, spans

_NO_NODES = ("total", "first_token")


@dataclass(frozen=True)
class Node:
    """One run of a stage, in milliseconds.

    `after` are the names of the nodes that it waits for. `lag_ms` passes between the end of the last of them (the
    beginning of the turn where there is none) and its start; `own_ms` is its run; `has_failed` is how that ended.
    """

    name: str
    stage: str
    own_ms: float
    lag_ms: float = 0.0
    after: tuple[str, ...] = ()
    has_failed: bool = False


@dataclass(frozen=True)
class Timeline:
    """The runs of a turn, each after those that it waits for. `tail_ms` passes between the last end and the answer."""

    nodes: tuple[Node, ...]
    tail_ms: float = 0.0


@dataclass(frozen=True)
class _Run:
    name: str
    stage: str
    start_ms: float
    end_ms: float
    layer: int
    has_failed: bool = False


def timeline(response: Mapping[str, Any], order: Sequence[str] = ORDER) -> Timeline | None:
    """The graph of a response: from its events where they have times, else from `timings_ms`; None without both.

    Args:
        response: of the contract.
        order: stages in causal order, `*` for all others. A target with none of its named stages is read by the clock:
            a run waits for every run that ended before it started.
    """
    events, timings = response.get("events"), response.get("timings_ms")
    told = from_events(events, order) if isinstance(events, list | tuple) else None
    return told or (from_timings(timings, order) if isinstance(timings, Mapping) else None)


def from_events(events: Iterable[object], order: Sequence[str] = ORDER) -> Timeline | None:
    """The graph that events tell; None when one is no object with a whole `seq`, when a run has no end or one before
    its start, or when the time of either cannot be read.
    """
    said = list(events)
    rows = [row for row in said if isinstance(row, Mapping) and type(row.get("seq")) is int]
    if len(rows) < len(said):
        return None
    found = spans(moments(rows))
    runs = _runs([span for span in found if span.stage != TURN], order)
    if not runs:
        return None
    frame = next((span for span in found if span.stage == TURN), None)
    return _linked(runs, _time(frame, 0, runs), _time(frame, 1, runs), is_layered=_is_layered(runs, order))


def from_timings(timings: Mapping[str, object], order: Sequence[str] = ORDER) -> Timeline | None:
    """The graph of the known order with the times of `timings_ms`; what the total has beyond the path is the tail.

    None where there is no total, no node, a number that is no time (negative, NaN), or several nodes of which the order
    names none: whether they waited for one another is not told. Other values are passed over.
    """
    numbers = {name: milliseconds(value) for name, value in timings.items() if type(value) in (int, float)}
    own = {name: took for name, took in numbers.items() if name not in _NO_NODES and took is not None}
    total = numbers.get("total")
    if not own or total is None or None in numbers.values():
        return None
    if len(own) > 1 and not set(own) & set(order):
        return None
    layers = sorted({_layer(name, order) for name in own})
    runs, clock = list[_Run](), 0.0
    for layer in layers:
        inside = {name: took for name, took in own.items() if _layer(name, order) == layer}
        runs += [_Run(name, name, clock, clock + took, layer) for name, took in inside.items()]
        clock += max(inside.values())
    return _linked(runs, 0.0, max(total, clock), is_layered=True)


def _runs(found: Sequence[Span], order: Sequence[str]) -> list[_Run]:
    runs: list[_Run] = []
    seen: dict[str, int] = {}
    for span in found:
        if span.end is None or span.start.at_ms is None or span.end.at_ms is None:
            return []
        if span.end.at_ms < span.start.at_ms:
            return []
        count = seen[span.stage] = seen.get(span.stage, 0) + 1
        name = span.stage if count == 1 else f"{span.stage}#{count}"
        layer, has_failed = _layer(span.stage, order), span.end.status == "failed"
        runs.append(_Run(name, span.stage, span.start.at_ms, span.end.at_ms, layer, has_failed))
    return runs


def _time(frame: Span | None, side: int, runs: Sequence[_Run]) -> float:
    """When the turn began (side 0) or ended (side 1): as it says, else as its runs do."""
    outer = min(run.start_ms for run in runs) if side == 0 else max(run.end_ms for run in runs)
    moment = None if frame is None else (frame.start if side == 0 else frame.end)
    told = outer if moment is None or moment.at_ms is None else moment.at_ms
    return min(told, outer) if side == 0 else max(told, outer)


def _layer(stage: str, order: Sequence[str]) -> int:
    names = list(order)
    return names.index(stage) if stage in names else names.index("*") if "*" in names else len(names)


def _is_layered(runs: Sequence[_Run], order: Sequence[str]) -> bool:
    """Whether the known order can be believed: named stages are there, and no layer begins before the last is over."""
    if not {run.stage for run in runs} & set(order):
        return False
    layers = sorted({run.layer for run in runs})
    ends = {layer: max(run.end_ms for run in runs if run.layer == layer) for layer in layers}
    starts = {layer: min(run.start_ms for run in runs if run.layer == layer) for layer in layers}
    return all(ends[one] <= starts[next_] for one, next_ in pairwise(layers))


def _linked(runs: Sequence[_Run], began: float, ended: float, *, is_layered: bool) -> Timeline:
    nodes: list[Node] = []
    for at, run in enumerate(ordered := sorted(runs, key=lambda run: (run.start_ms, run.end_ms))):
        earlier = [other for other in ordered[:at] if other.end_ms <= run.start_ms]
        if is_layered:
            below = max((other.layer for other in ordered if other.layer < run.layer), default=-1)
            earlier = [other for other in ordered if other.layer == below]
        ready = max((other.end_ms for other in earlier), default=began)
        after = tuple(other.name for other in earlier)
        own_ms, lag_ms = run.end_ms - run.start_ms, run.start_ms - ready
        nodes.append(Node(run.name, run.stage, own_ms, lag_ms, after, run.has_failed))
    return Timeline(tuple(nodes), ended - max(run.end_ms for run in runs))
