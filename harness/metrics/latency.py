"""How long a turn takes and how many model calls wait for one another in it. Percentiles by node: `harness.latency`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from harness.cases import Case
from harness.latency import from_cache, milliseconds, nodes_of
from harness.trial import Measure, Metric, Trial, UnmeasurableError, always, in_talk

_IN_SERIES = ("understand", "gather", "compose")


def _timing(trial: Trial, node: str) -> float:
    if from_cache(trial.response):
        raise UnmeasurableError("the response came from a cache")
    value = milliseconds(nodes_of(trial.response).get(node))
    if value is None:
        raise UnmeasurableError(f"timings_ms.{node} is no number of milliseconds")
    return value


def _total(trial: Trial) -> float:
    return _timing(trial, "total")


def _first_token(trial: Trial) -> float:
    return _timing(trial, "first_token")


def _calls_in_series(trial: Trial) -> float:
    """Calls of the steps in series plus those of the busiest sub-agent; sub-agents run side by side."""
    by_node = _calls_by_node(trial.response["usage"]["calls"])
    aside = [count for node, count in by_node.items() if node not in _IN_SERIES]
    return float(sum(by_node[node] for node in _IN_SERIES) + max(aside, default=0))


def _calls_by_node(calls: int | Mapping[str, int] | Sequence[Mapping[str, object]]) -> Counter[str]:
    """Counts by node, from counts by node or a list of calls that name theirs; a bare number is all in series."""
    if isinstance(calls, int):
        return Counter({_IN_SERIES[0]: calls})
    if isinstance(calls, Mapping):
        return Counter({str(node): int(count) for node, count in calls.items()})
    return Counter(str(call["node"]) for call in calls)


def _row(name: str, measure: Measure, part: str, doc: str, unit: str, applies: Callable[[Case], bool]) -> Metric:
    return Metric(name, measure, (part,), "lower", doc, applies, floor=None, passes_at=None, unit=unit)


METRICS: tuple[Metric, ...] = (
    _row("latency_total_ms", _total, "timings_ms.total", "from question to whole answer", "ms", always),
    _row("latency_first_token_ms", _first_token, "timings_ms.first_token", "to the first token", "ms", in_talk),
    _row("critical_path_calls", _calls_in_series, "usage.calls", "model calls that wait for another", "calls", in_talk),
)
