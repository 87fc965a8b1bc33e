"""The critical path of a turn, exactly; the slack of each node; what the turn would take with one node faster.

A node's lag (time in which nothing that we know of ran) moves with it: making a node faster leaves lags as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.timing.timeline import Node, Timeline


@dataclass(frozen=True)
class Segment:
    """A piece of the critical path: a node, the lag before it, its run."""

    name: str
    stage: str
    lag_ms: float
    own_ms: float


@dataclass(frozen=True)
class CriticalPath:
    """The chain of nodes that decides how long a turn takes, and what passes after the last of them.

    The segments and the tail add up to the wall time of the turn.
    """

    segments: tuple[Segment, ...]
    tail_ms: float

    @property
    def total_ms(self) -> float:
        return sum(segment.lag_ms + segment.own_ms for segment in self.segments) + self.tail_ms

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(segment.name for segment in self.segments)


def critical_path(turn: Timeline) -> CriticalPath:
    """Follow from the last end backwards whatever ended last before; of two that ended together the first by name.

    Raises:
        ValueError: the nodes wait for one another in a circle, or for one that is not there.
    """
    ends, by_name = _ends(turn.nodes, {}), {node.name: node for node in turn.nodes}
    at = _last(by_name, ends)
    chain: list[Node] = []
    while at is not None:
        chain.append(by_name[at])
        at = _last(dict.fromkeys(by_name[at].after), ends)
    segments = tuple(Segment(node.name, node.stage, node.lag_ms, node.own_ms) for node in reversed(chain))
    return CriticalPath(segments, turn.tail_ms)


def slack(turn: Timeline) -> dict[str, float]:
    """How many milliseconds longer each node could take before the turn does; 0 on the critical path."""
    ends = _ends(turn.nodes, {})
    latest = dict.fromkeys(ends, max(ends.values(), default=0.0))
    by_name = {node.name: node for node in turn.nodes}
    for node in (by_name[name] for name in reversed(ends)):
        for name in node.after:
            latest[name] = min(latest[name], latest[node.name] - node.own_ms - node.lag_ms)
    return {node.name: latest[node.name] - ends[node.name] for node in turn.nodes}


def faster(turn: Timeline, stage: str, factor: float) -> float:
    """The milliseconds of a turn whose runs of a stage take `factor` of their time, everything else as it was.

    Raises:
        ValueError: as `critical_path`.
    """
    return max(_ends(turn.nodes, {stage: factor}).values(), default=0.0) + turn.tail_ms


def wall_ms(turn: Timeline) -> float:
    """The milliseconds of the turn as it was."""
    return faster(turn, "", 1.0)


def _ends(nodes: tuple[Node, ...], factors: Mapping[str, float]) -> dict[str, float]:
    """When each node ends, counted from the beginning of the turn; the keys come in an order that `after` allows."""
    ends: dict[str, float] = {}
    waiting = list(nodes)
    while waiting:
        ready = [node for node in waiting if all(name in ends for name in node.after)]
        if not ready:
            raise ValueError(
                f"nodes wait for one another or for what is not there: {', '.join(n.name for n in waiting)}"
            )
        for node in ready:
            began = max((ends[name] for name in node.after), default=0.0) + node.lag_ms
            ends[node.name] = began + node.own_ms * factors.get(node.stage, 1.0)
        waiting = [node for node in waiting if node.name not in ends]
    return ends


def _last(names: Mapping[str, object], ends: Mapping[str, float]) -> str | None:
    return min(names, key=lambda name: (-ends[name], name), default=None)
