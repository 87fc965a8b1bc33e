"""One side of a comparison: what a run, or the accepted baseline, says by case, by node and in all."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from harness.baseline import Baseline
from harness.cases import NOTHING, Observation, Score
from harness.latency import from_cache, milliseconds, nodes_of
from harness.stats.pairs import Values, values_by_case

SPENT = ("input_tokens", "output_tokens", "calls", "cost_usd")


@dataclass(frozen=True)
class Spending:
    """What a suite took: turns that were asked, those that failed, and totals of `SPENT` where the target tells."""

    turns: int = 0
    failed: int = 0
    totals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Side:
    """One of two runs.

    Attributes:
        name: as it was asked for.
        about: what was run, in words.
        values: by (suite, metric) and case id; None for a case of the suite without a number.
        latencies: milliseconds by (suite, node), samples from a cache left out; empty for a baseline.
        spending: by suite; empty for a baseline.
        inputs: names the cases and knowledge that it was scored by; empty where it is not known.
        asked: fingerprints of the questions by suite and case id, as far as they are known.
    """

    name: str
    about: str
    values: Mapping[tuple[str, str], Values]
    latencies: Mapping[tuple[str, str], array[float]] = field(default_factory=dict)
    spending: Mapping[str, Spending] = field(default_factory=dict)
    inputs: str = ""
    asked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, metrics: Sequence[str]) -> Side:
        """The same with the quality of those metrics alone; all for none."""
        values = {place: of for place, of in self.values.items() if not metrics or place[1] in metrics}
        return replace(self, values=values)


def side_of_run(
    name: str, about: str, scores: Iterable[Score], observations: Iterable[Observation], inputs: str = ""
) -> Side:
    """Read a run; scores and observations are read once and not held."""
    found = values_by_case(scores)
    ids: dict[str, dict[str, None]] = {}
    for (suite, _), values in found.items():
        ids.setdefault(suite, {}).update(dict.fromkeys(values))
    whole = {place: {**ids[place[0]], **values} for place, values in found.items()}
    asked: dict[str, dict[str, str]] = {}
    latencies, spending = _measured(_noted(observations, asked))
    return Side(name, about, whole, latencies, spending, inputs, asked)


def side_of_baseline(baseline: Baseline) -> Side:
    """The accepted baseline, which keeps quality alone."""
    values = {
        (suite, metric): of_metric
        for suite, metrics in baseline.values.items()
        for metric in metrics
        if (of_metric := baseline.by_case(suite, metric)) is not None
    }
    known = baseline.asked
    asked = {suite: dict(zip(ids, known.get(suite, ()), strict=False)) for suite, ids in baseline.cases.items()}
    return Side("baseline", f"accepted {baseline.accepted_at}: {baseline.reason}", values, asked=asked)


def _noted(observations: Iterable[Observation], asked: dict[str, dict[str, str]]) -> Iterator[Observation]:
    """Hand observations on and note what was asked."""
    for observation in observations:
        if observation.fingerprint:
            asked.setdefault(observation.suite, {})[observation.id] = observation.fingerprint
        yield observation


def _measured(observations: Iterable[Observation]) -> tuple[dict[tuple[str, str], array[float]], dict[str, Spending]]:
    latencies: dict[tuple[str, str], array[float]] = {}
    totals: dict[str, Counter[str]] = {}
    for observation in observations:
        response = observation.response or NOTHING
        counts = totals.setdefault(observation.suite, Counter())
        counts["turns"] += 1
        counts["failed"] += observation.response is None
        counts.update(_spent(response.get("usage")))
        if not from_cache(response):
            for node, raw in nodes_of(response).items():
                if (value := milliseconds(raw)) is not None:
                    latencies.setdefault((observation.suite, node), array("d")).append(value)
    return latencies, {suite: _spending(counts) for suite, counts in totals.items()}


def _spending(counts: Mapping[str, float]) -> Spending:
    told = {name: float(counts[name]) for name in SPENT if name in counts}
    return Spending(int(counts["turns"]), int(counts["failed"]), told)


def _spent(usage: Any) -> dict[str, Any]:
    """The numbers of a response's `usage`; what is no number is left out. `calls` may be told by node or one by one."""
    if not isinstance(usage, Mapping):
        return {}
    calls = usage.get("calls")
    if isinstance(calls, Mapping):
        calls = sum(count for count in calls.values() if isinstance(count, int))
    elif isinstance(calls, list | tuple):
        calls = len(calls)
    numbers = {name: milliseconds(value) for name, value in {**usage, "calls": calls}.items() if name in SPENT}
    return {name: value for name, value in numbers.items() if value is not None}
