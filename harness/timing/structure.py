"""What of a turn's speed no clock can blur: how many runs, how many of them wait for one another, how many tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.timing.critical_path import critical_path
from harness.timing.timeline import Node, Timeline

_TOKENS = ("input_tokens", "output_tokens")


@dataclass(frozen=True)
class Structure:
    """`runs` of sub-agents and steps in all, `in_series` on the longest chain of them, whatever each took."""

    runs: int
    in_series: int

    @property
    def parallelism(self) -> float:
        """Runs a place of the longest chain: 1 is a pipeline without fan-out."""
        return self.runs / self.in_series


def structure(turn: Timeline) -> Structure:
    """Count the runs of a turn and the longest chain of them. The clock has no part in it where the order is known."""
    depth = _depths(turn, lambda _: 1)
    return Structure(len(depth), int(max(depth.values())))


def calls_in_series(turn: Timeline, calls: Mapping[str, int]) -> float:
    """Calls on the chain of runs that has most of them, by stage; those of no run that is told wait for all others."""
    runs = Counter(node.stage for node in turn.nodes)
    depth = _depths(turn, lambda node: calls.get(node.stage, 0) / runs[node.stage])
    return max(depth.values()) + sum(count for stage, count in calls.items() if stage not in runs)


def _depths(turn: Timeline, weight: Callable[[Node], float]) -> dict[str, float]:
    """The heaviest chain that ends in each run."""
    depth: dict[str, float] = {}
    waiting = list(turn.nodes)
    while waiting:
        for node in [node for node in waiting if all(name in depth for name in node.after)]:
            depth[node.name] = weight(node) + max((depth[name] for name in node.after), default=0)
        waiting = [node for node in waiting if node.name not in depth]
    return depth


def parallelism(turn: Timeline) -> float:
    """The time of all runs over the time of those on the critical path: how much waiting the fan-out saves."""
    path = sum(segment.own_ms for segment in critical_path(turn).segments)
    return sum(node.own_ms for node in turn.nodes) / path if path else 1.0


def tokens_total(usage: Mapping[str, Any]) -> int | None:
    """Input and output tokens of a turn; None where they are not told."""
    given = [usage.get(name) for name in _TOKENS]
    counts = [count for count in given if isinstance(count, int) and not isinstance(count, bool)]
    return sum(counts) if len(counts) == len(given) else None
