"""How long the nodes of a suite take: percentiles with intervals, how often each decides the turn, its slack."""

from __future__ import annotations

import statistics
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.cases import Observation
from harness.charts import Span, span_bar
from harness.latency import Samples, from_cache, samples
from harness.timing.critical_path import critical_path, slack
from harness.timing.percentiles import Quantile, quantile
from harness.timing.timeline import timeline

PERCENTS = (50, 95, 99)
_NOT_A_NODE = ("total", "first_token")


@dataclass
class _Turns:
    """The turns in which a stage ran: in how many it was on the critical path, and its slack in each."""

    on_path: int = 0
    slack_ms: array[float] = field(default_factory=lambda: array("d"))


def latency_rows(observations: Iterable[Observation]) -> list[dict[str, Any]]:
    """A row a node, the turn first, then the slowest; `observations` are walked through twice, none is held."""
    found = {one.node: one for one in samples(observations)}
    turns = _turns(observations)
    quantiles = {node: [quantile(one.values, percent) for percent in PERCENTS] for node, one in found.items()}
    top = max((one.high or 0.0 for told in quantiles.values() for one in told), default=0.0)
    rows = [_row(found[node], told, turns.get(node), top) for node, told in quantiles.items()]
    return sorted(rows, key=lambda row: (row["node"] not in _NOT_A_NODE, -row["median"], row["node"]))


def _turns(observations: Iterable[Observation]) -> dict[str, _Turns]:
    turns: dict[str, _Turns] = {}
    for observation in observations:
        response = None if observation.error else observation.response
        turn = None if response is None or from_cache(response) else timeline(response)
        if turn is None:
            continue
        chain, idle = {segment.stage for segment in critical_path(turn).segments}, slack(turn)
        least: dict[str, float] = {}
        for node in turn.nodes:
            least[node.stage] = min(idle[node.name], least.get(node.stage, idle[node.name]))
        for stage, ms in least.items():
            of_stage = turns.setdefault(stage, _Turns())
            of_stage.on_path += stage in chain
            of_stage.slack_ms.append(ms)
    return turns


def _row(found: Samples, told: Sequence[Quantile], turns: _Turns | None, top: float) -> dict[str, Any]:
    ran = len(turns.slack_ms) if turns else 0
    return {
        "node": found.node,
        "n": len(found.values),
        "refused": found.refused,
        "median": told[0].value or 0.0,
        "percentiles": [_percentile(found.node, one, top) for one in told],
        "path": f"{turns.on_path / ran:.0%}" if turns and ran else "",
        "slack": f"{statistics.median(turns.slack_ms):.1f}" if turns and ran else "",
    }


def _percentile(node: str, one: Quantile, top: float) -> dict[str, str]:
    if one.value is None:
        return {"name": f"p{one.percent:g}", "shown": "", "bounds": "", "refusal": one.refusal, "bar": ""}
    bounds = f"{one.low:.1f}–{one.high:.1f}"
    title = f"{node} p{one.percent:g} {one.value:.1f} ms, 95 % {bounds} ms"
    bar = span_bar(title, Span(one.value, one.low, one.high, top=top))
    return {"name": f"p{one.percent:g}", "shown": f"{one.value:.1f}", "bounds": bounds, "refusal": "", "bar": bar}
