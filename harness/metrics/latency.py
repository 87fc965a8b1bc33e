"""How long a turn takes, and what of that no clock can blur: calls and runs that wait for one another, tokens.

Percentiles by node: `harness.latency`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from harness.cases import Case
from harness.event_contract import misnumbered
from harness.latency import from_cache, milliseconds, nodes_of
from harness.order.spans import moments
from harness.timing.first_words import first_answer_token_ms
from harness.timing.structure import Structure, calls_in_series, structure, tokens_total
from harness.timing.timeline import timeline
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


def _first_answer_token(trial: Trial) -> float | None:
    """By the events; a turn that streams nothing has none."""
    if from_cache(trial.response):
        raise UnmeasurableError("the response came from a cache")
    events = trial.records("events")
    if (wrong := misnumbered(events)) is not None:
        raise UnmeasurableError(wrong)
    said = moments(events)
    found = first_answer_token_ms(said)
    if found is None and any(moment.text for moment in said):
        raise UnmeasurableError("the token events have no `ts` that can be read")
    return found


def _structure(trial: Trial) -> Structure:
    turn = timeline(trial.response)
    if turn is None:
        raise UnmeasurableError("neither events nor timings_ms tell which steps ran")
    return structure(turn)


def _runs_in_series(trial: Trial) -> float:
    return float(_structure(trial).in_series)


def _parallelism(trial: Trial) -> float:
    return _structure(trial).parallelism


def _tokens(trial: Trial) -> float:
    found = tokens_total(trial.response["usage"])
    if found is None:
        raise UnmeasurableError("usage gives no whole input_tokens and output_tokens")
    return float(found)


def _calls_in_series(trial: Trial) -> float:
    """Calls of the steps in series plus those of the busiest sub-agent; sub-agents run side by side.

    Of a target with other stages the chain of runs with most calls, where it tells which waited for which; else all.
    """
    by_node = _calls_by_node(trial.response["usage"]["calls"])
    if not by_node.keys() & set(_IN_SERIES):
        turn = timeline(trial.response)
        return float(by_node.total() if turn is None else calls_in_series(turn, by_node))
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


_ANSWER_TOKEN = "to the first token of the answer itself"
METRICS: tuple[Metric, ...] = (
    _row("latency_total_ms", _total, "timings_ms.total", "from question to whole answer", "ms", always),
    _row("latency_first_token_ms", _first_token, "timings_ms.first_token", "to the first token", "ms", in_talk),
    _row("latency_first_answer_token_ms", _first_answer_token, "events", _ANSWER_TOKEN, "ms", in_talk),
    _row("critical_path_calls", _calls_in_series, "usage.calls", "model calls that wait for another", "calls", in_talk),
    _row("runs_in_series", _runs_in_series, "timings_ms", "steps and agents that wait for another", "runs", in_talk),
    _row("tokens_total", _tokens, "usage.input_tokens", "tokens that models read and wrote", "tokens", in_talk),
    Metric(
        "parallelism", _parallelism, ("timings_ms",), "higher", "runs a place of the longest chain of them", in_talk,
        floor=1.0, passes_at=None, unit="runs",
    ),
)  # fmt: skip
