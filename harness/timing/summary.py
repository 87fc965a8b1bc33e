"""What the turns of a run say together of each node: how often it decides how long a turn takes, what it could save."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.cases import Observation
from harness.latency import from_cache
from harness.timing.critical_path import critical_path, faster, slack, wall_ms
from harness.timing.own_time import own_time_shares
from harness.timing.percentiles import Quantile, quantile
from harness.timing.structure import parallelism, structure
from harness.timing.timeline import Timeline, timeline

PERCENTS = (50, 95, 99)


@dataclass(frozen=True)
class NodeSummary:
    """One stage over the turns in which it ran.

    Attributes:
        stage: its name.
        quantiles: of its runs, by `PERCENTS`, milliseconds.
        share: median of its time beyond the floor over that of its turn (`own_time`), 0 to 1.
        on_path: share of those turns in which one of its runs is on the critical path.
        slack_ms: median of the least slack of its runs.
        saved: how much each percentile of all turns would drop, milliseconds, were it faster; None where refused.
    """

    stage: str
    quantiles: tuple[Quantile, ...]
    share: float
    on_path: float
    slack_ms: float
    saved: tuple[float | None, ...]


@dataclass(frozen=True)
class TurnSummary:
    """All turns of a run. `untimed` gave no times, came from a cache or failed."""

    quantiles: tuple[Quantile, ...]
    nodes: tuple[NodeSummary, ...]
    untimed: int
    parallelism: float
    in_series: int

    @property
    def n(self) -> int:
        return self.quantiles[0].n


def summary(observations: Iterable[Observation], factor: float = 0.7) -> TurnSummary | None:
    """Summarise the timed turns, stages by their median, the longest first; None where no turn has times.

    Args:
        observations: of one suite.
        factor: what a faster node would take of its time, for `saved`.
    """
    turns: list[Timeline] = []
    untimed, seen = 0, list(observations)
    for observation in seen:
        response = None if observation.error else observation.response
        turn = None if response is None or from_cache(response) else timeline(response)
        if turn is None:
            untimed += 1
        else:
            turns.append(turn)
    return _summary(turns, own_time_shares(seen), untimed, factor) if turns else None


def _summary(
    turns: Sequence[Timeline], shares: Mapping[str, Sequence[float]], untimed: int, factor: float
) -> TurnSummary:
    walls = _quantiles([wall_ms(turn) for turn in turns])
    stages = dict.fromkeys(node.stage for turn in turns for node in turn.nodes)
    nodes = [_node(stage, turns, shares.get(stage, (0.0,)), walls, factor) for stage in stages]
    return TurnSummary(
        quantiles=walls,
        nodes=tuple(sorted(nodes, key=lambda node: -(node.quantiles[0].value or 0.0))),
        untimed=untimed,
        parallelism=statistics.median(map(parallelism, turns)),
        in_series=max(structure(turn).in_series for turn in turns),
    )


def _node(
    stage: str, turns: Sequence[Timeline], shares: Sequence[float], walls: Sequence[Quantile], factor: float
) -> NodeSummary:
    own = [node.own_ms for turn in turns for node in turn.nodes if node.stage == stage]
    with_it = [turn for turn in turns if any(node.stage == stage for node in turn.nodes)]
    on_path = [any(segment.stage == stage for segment in critical_path(turn).segments) for turn in with_it]
    idle = [min(idle for name, idle in slack(turn).items() if _stage(turn, name) == stage) for turn in with_it]
    after = _quantiles([faster(turn, stage, factor) for turn in turns])
    saved = tuple(
        None if before.value is None or then.value is None else before.value - then.value
        for before, then in zip(walls, after, strict=True)
    )
    share = sum(on_path) / len(on_path)
    return NodeSummary(stage, _quantiles(own), statistics.median(shares), share, statistics.median(idle), saved)


def _stage(turn: Timeline, name: str) -> str:
    return next(node.stage for node in turn.nodes if node.name == name)


def _quantiles(values: Sequence[float]) -> tuple[Quantile, ...]:
    return tuple(quantile(values, percent) for percent in PERCENTS)
