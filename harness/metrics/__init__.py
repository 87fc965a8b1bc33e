"""The table of metrics: one small file a family, each with its rows. A user's own comes in as `module:attribute`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import cast

from harness.cases import ConfigError, UnknownMetric
from harness.metrics import (
    agents,
    citations,
    events,
    facts,
    hallucination,
    injection,
    intents,
    latency,
    multi_intent,
    ragas_model,
    ragas_offline,
    refusals,
    retrieval,
    routing,
)
from harness.trial import Measure, Metric, always

_FAMILIES = (
    intents, routing, multi_intent, injection, retrieval, facts, citations, hallucination, refusals, events, latency,
    ragas_offline, ragas_model, agents,
)  # fmt: skip
METRICS: Mapping[str, Metric] = MappingProxyType({row.name: row for family in _FAMILIES for row in family.METRICS})
"""Every built-in metric by name, in the order of reports."""
SHARES = frozenset(name for name, row in METRICS.items() if not row.unit)
"""Those that lie between 0 and 1; what a user's own metric may reach is theirs to say."""


def chosen(extra: Sequence[str], load: Callable[[str], object]) -> list[Metric]:
    """The metrics of a run: all that need no extra, and those named.

    Args:
        extra: names of the table, or `module:attribute` of a function of a `Trial` or of a `Metric` row.
        load: imports a `module:attribute`.

    Raises:
        UnknownMetric: a name that is neither.
        ConfigError: the attribute is no function and no row.
    """
    rows = {row.name: row for row in METRICS.values() if not row.extra}
    for name in extra:
        row = METRICS[name] if name in METRICS else _foreign(name, load)
        rows[row.name] = row
    return list(rows.values())


def _foreign(name: str, load: Callable[[str], object]) -> Metric:
    if ":" not in name:
        known = ", ".join(sorted(METRICS))
        raise UnknownMetric(f"no metric {name!r}; known are {known}, or give 'module:attribute'")
    found = load(name)
    if isinstance(found, Metric):
        return found
    if not callable(found):
        raise ConfigError(f"metric {name!r} is a {type(found).__name__}; give a function of a Trial, or a Metric row")
    return _row_of(cast("Measure", found))


def _row_of(function: Measure) -> Metric:
    """A row for a bare function: a share, higher is better, needs what its attribute `needs` says, else an answer."""
    doc = (function.__doc__ or "").strip().partition("\n")[0]
    needs = tuple(getattr(function, "needs", ("answer",)))
    if getattr(function, "direction", "higher") == "lower":
        return Metric(function.__name__, function, needs, "lower", doc, always, floor=1.0, passes_at=0.0)
    return Metric(function.__name__, function, needs, "higher", doc, always)
