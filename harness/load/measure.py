"""The figures of a load: latencies with intervals, throughput, goodput, and what keeps them from being measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.load.plan import Plan
from harness.load.samples import Sample
from harness.timing.percentiles import Quantile, quantile

PERCENTS = (50.0, 95.0, 99.0)
_MOST_UNKNOWN = 0.05
_LATE_MS, _LATE_SHARE = 10.0, 0.1
"""A generator whose median start is later than both, the share of the median latency, measures itself."""


@dataclass(frozen=True)
class Objective:
    """What a turn must keep to be good: milliseconds from when it was due; None asks for nothing."""

    latency_ms: float | None = None
    first_token_ms: float | None = None


@dataclass(frozen=True)
class Measures:
    """What a load showed.

    Attributes:
        due: turns that were due.
        answered: of these, with an answer; from a cache or not.
        errors: all others by kind, dropped ones among them.
        cached: answered from a cache; their times count nowhere, and none of them is good.
        latency: from when a turn was due to its answer, by `PERCENTS`, milliseconds.
        mean_latency_ms: of the same; None without a timed turn.
        service: from its start to its answer.
        first_token: from when it was due to its first token; refused where the target tells none.
        lag: how late turns were started.
        throughput_per_min: answered turns over the time until the last of them.
        goodput_per_min: good turns over the time in which turns were due; None where quality is not known.
        good: turns that were answered in time and well.
        wrong: turns answered in time whose answer fails the quality gate.
        unknown: turns whose quality could not be measured.
        unmeasured: why the figures are not those of the target; empty when they are.
    """

    due: int
    answered: int
    errors: Mapping[str, int]
    cached: int
    latency: tuple[Quantile, ...]
    mean_latency_ms: float | None
    service: tuple[Quantile, ...]
    first_token: tuple[Quantile, ...]
    lag: tuple[Quantile, ...]
    throughput_per_min: float
    goodput_per_min: float | None
    good: int
    wrong: int
    unknown: int
    unmeasured: tuple[str, ...] = field(default=())


def measure(
    plan: Plan,
    samples: Sequence[Sample],
    quality: Mapping[int, bool | None],
    objective: Objective,
    unmeasurable: Sequence[str] = (),
) -> Measures:
    """Fold the samples of a load into its figures.

    Args:
        plan: the load.
        samples: all of its turns, in any order.
        quality: verdict of each answered turn by number, None where it could not be measured.
        objective: what a good turn keeps.
        unmeasurable: what else is known to keep goodput from being measured.
    """
    timed = [sample for sample in samples if sample.is_timed]
    answered = [sample for sample in samples if not sample.error]
    in_time = [sample for sample in timed if _keeps(sample, objective)]
    told = Counter(quality.get(sample.number) for sample in in_time)
    first = [ms for sample in timed if (ms := sample.first_token_ms) is not None]
    latencies, last_s = (
        [sample.latency_ms for sample in timed],
        max((one.ended_s or 0.0 for one in answered), default=0.0),
    )
    lag = _quantiles([sample.lag_ms for sample in samples if sample.started_s is not None])
    unmeasured = (*unmeasurable, *_unmeasured(samples, timed, first, told[None], latencies, objective))
    return Measures(
        due=len(samples),
        answered=len(answered),
        errors=dict(Counter(sample.error for sample in samples if sample.error).most_common()),
        cached=len(answered) - len(timed),
        latency=_quantiles(latencies),
        mean_latency_ms=sum(latencies) / len(latencies) if latencies else None,
        service=_quantiles([sample.service_ms for sample in timed]),
        first_token=_quantiles(first),
        lag=lag,
        throughput_per_min=60 * len(answered) / max(plan.duration_s, last_s),
        goodput_per_min=None if unmeasured else 60 * told[True] / plan.duration_s,
        good=told[True],
        wrong=told[False],
        unknown=told[None],
        unmeasured=unmeasured,
    )


def _keeps(sample: Sample, objective: Objective) -> bool:
    first = sample.first_token_ms
    if objective.first_token_ms is not None and (first is None or first > objective.first_token_ms):
        return False
    return objective.latency_ms is None or sample.latency_ms <= objective.latency_ms


def _unmeasured(
    samples: Sequence[Sample], timed: Sequence[Sample], first: Sequence[float], unknown: int,
    latencies: Sequence[float], objective: Objective,
) -> tuple[str, ...]:  # fmt: skip
    found: list[str] = []
    if not samples:
        found.append("no turn was due; give more users, a longer time or a shorter --every")
    if samples and not timed and any(sample.cached for sample in samples):
        found.append("every answer came from a cache")
    if objective.first_token_ms is not None and timed and not first:
        found.append("the target tells no first token, and --objective-ttft-ms asks for it")
    if unknown > _MOST_UNKNOWN * max(1, len(samples)):
        found.append(f"the quality of {unknown} of {len(samples)} turns could not be measured")
    lags = sorted(sample.lag_ms for sample in timed)
    if lags and (late := lags[len(lags) // 2]) > max(_LATE_MS, _LATE_SHARE * sorted(latencies)[len(latencies) // 2]):
        found.append(f"half of the turns were started {late:.0f} ms late or later: the generator does not keep up")
    return tuple(found)


def _quantiles(values: Sequence[float]) -> tuple[Quantile, ...]:
    return tuple(quantile(values, percent) for percent in PERCENTS)
