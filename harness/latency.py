"""Read latencies from observations and tell their percentiles by node.

A sample that is missing, no number or came from a cache is refused and counted, never read as zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.cases import NOTHING, Figure, Observation

LEAST_FOR_P95 = 20
"""Below it the 95th percentile is the largest sample and says nothing: it is refused."""
PERCENTILES = ((50, 1), (95, LEAST_FOR_P95))


@dataclass(frozen=True)
class Samples:
    """Milliseconds of one node, and how many were refused."""

    node: str
    values: tuple[float, ...]
    refused: int


def milliseconds(value: object) -> float | None:
    """A finite, non-negative number as it stands; None for everything else, True and False included."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def from_cache(response: Mapping[str, Any]) -> bool:
    """The response says of itself that it was not computed."""
    return response.get("cached") is True


def nodes_of(response: Mapping[str, Any]) -> dict[str, object]:
    """The raw timings by node."""
    timings = response.get("timings_ms")
    return dict(timings) if isinstance(timings, Mapping) else {}


def samples(observations: Iterable[Observation]) -> list[Samples]:
    """Collect the samples by node, in alphabetical order. Turns that failed are not here; their metrics fail."""
    values: dict[str, list[float]] = {}
    refused: dict[str, int] = {}
    for observation in observations:
        response = observation.response or NOTHING
        for node, raw in nodes_of(response).items():
            value = None if from_cache(response) else milliseconds(raw)
            if value is None:
                refused[node] = refused.get(node, 0) + 1
            else:
                values.setdefault(node, []).append(value)
    nodes = sorted(values.keys() | refused.keys())
    return [Samples(node, tuple(values.get(node, ())), refused.get(node, 0)) for node in nodes]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest sample that at least `percent` in a hundred samples do not exceed (nearest rank).

    Raises:
        ValueError: no values, or `percent` outside (0, 100].
    """
    if not values or not 0 < percent <= 100:
        raise ValueError(f"a percentile needs samples and a percent in (0, 100], got {len(values)} and {percent}")
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


def latency_figures(suite: str, observations: Sequence[Observation]) -> list[Figure]:
    """Percentiles of every node as figures of slice `node:…`; None with the count where there are too few samples."""
    return [
        Figure(
            suite=suite,
            metric=f"latency_p{percent}_ms",
            value=percentile(found.values, percent) if len(found.values) >= least else None,
            n=len(found.values),
            slice=f"node:{found.node}",
            passed=len(found.values),
            unmeasured=found.refused,
        )
        for found in samples(observations)
        for percent, least in PERCENTILES
    ]
