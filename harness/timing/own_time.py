"""What each node takes of its own turn, over the turns of a run. A share is told within one turn, so that a machine
that is slower throughout changes none of them; of each run of a node the first `FLOOR_MS` are not told at all.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from harness.cases import NOTHING, Figure, Observation
from harness.latency import from_cache, milliseconds, nodes_of

FLOOR_MS = 20.0
"""Below it a node's time is the machine's: two cores stand still for so long now and then."""
METRIC = "own_time_share"
_NO_NODES = ("total", "first_token")


def own_time_shares(observations: Iterable[Observation], floor_ms: float = FLOOR_MS) -> dict[str, list[float]]:
    """Each node's time beyond the floor over the total of its turn, one number a turn in which it ran, 0 to 1.

    Turns from a cache, and those without a total, tell nothing.
    """
    found: dict[str, list[float]] = {}
    for response in (observation.response or NOTHING for observation in observations):
        nodes = nodes_of(response)
        total = milliseconds(nodes.get("total"))
        for name, raw in nodes.items() if total and not from_cache(response) else ():
            if name not in _NO_NODES and total and (own := milliseconds(raw)) is not None:
                found.setdefault(name, []).append(min(1.0, max(0.0, own - floor_ms) / total))
    return found


def own_time_figures(suite: str, observations: Iterable[Observation], floor_ms: float = FLOOR_MS) -> list[Figure]:
    """The median share of every node as figures of slice `node:…`, for gates with `max_drop`; lower is better."""
    return [
        Figure(suite, METRIC, statistics.median(shares), len(shares), slice=f"node:{name}", passed=len(shares))
        for name, shares in sorted(own_time_shares(observations, floor_ms).items())
    ]
