"""Read latencies from observations and tell their percentiles by node.

A sample that is missing, no number or came from a cache is refused and counted, never read as zero.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.cases import NOTHING, Figure, Observation
from harness.timing.percentiles import Quantile, quantile

PERCENTILES = (50, 95, 99)
_MOST = sys.float_info.max


@dataclass(frozen=True)
class Samples:
    """Milliseconds of one node, and how many were refused."""

    node: str
    values: Sequence[float]
    refused: int


def milliseconds(value: object) -> float | None:
    """A finite, non-negative number as it stands; None for everything else, True and False included."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST:
        return None
    return float(value)


def from_cache(response: Mapping[str, Any]) -> bool:
    """The response says of itself that it was not computed."""
    return response.get("cached") is True


def nodes_of(response: Mapping[str, Any]) -> dict[str, object]:
    """The raw timings by node."""
    timings = response.get("timings_ms")
    return dict(timings) if isinstance(timings, Mapping) else {}


def samples(observations: Iterable[Observation]) -> list[Samples]:
    """Collect the samples by node, in alphabetical order. Turns that failed are not here; their metrics fail."""
    values: dict[str, array[float]] = {}
    refused: dict[str, int] = {}
    for observation in observations:
        response = observation.response or NOTHING
        for node, raw in nodes_of(response).items():
            value = None if from_cache(response) else milliseconds(raw)
            if value is None:
                refused[node] = refused.get(node, 0) + 1
            else:
                values.setdefault(node, array("d")).append(value)
    nodes = sorted(values.keys() | refused.keys())
    return [Samples(node, values.get(node, array("d")), refused.get(node, 0)) for node in nodes]


def told(values: Sequence[float], percent: float) -> Quantile:
    """A percentile with its bounds. A tail that its samples cannot bound (p95 below 59, p99 below 299) has no value.

    A median is told of any number of samples: a node that runs seldom must not end every gate over nodes.
    """
    found = quantile(values, percent)
    if found.value is None and percent == 50 and values:
        return replace(found, value=sorted(values)[math.ceil(len(values) / 2) - 1])
    return found


def latency_figures(suite: str, observations: Iterable[Observation]) -> list[Figure]:
    """Percentiles of every node as figures of slice `node:…`, with bounds from order statistics: see `told`."""
    return [
        Figure(
            suite=suite,
            metric=f"latency_p{percent}_ms",
            value=bounded.value,
            n=len(found.values),
            slice=f"node:{found.node}",
            passed=len(found.values),
            unmeasured=found.refused,
            low=bounded.low,
            high=bounded.high,
        )
        for found in samples(observations)
        for percent in PERCENTILES
        for bounded in (told(found.values, percent),)
    ]
