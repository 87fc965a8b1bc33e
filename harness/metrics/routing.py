"""Did the right sub-agents run, enrichment included."""

from __future__ import annotations

from harness.cases import Case, Measured
from harness.metrics.intents import difference, set_scores
from harness.trial import Metric, Trial, higher


def _labelled(case: Case) -> bool:
    return bool(case.agents)


def _precision(trial: Trial) -> Measured:
    return _routed(trial, 0)


def _recall(trial: Trial) -> Measured:
    return _routed(trial, 1)


def _routed(trial: Trial, which: int) -> Measured:
    found, wanted = set(trial.words("agents")), set(trial.case.agents)
    return Measured(set_scores(found, wanted)[which], difference(found, wanted))


def _exact(trial: Trial) -> Measured:
    found, wanted = set(trial.words("agents")), set(trial.case.agents)
    return Measured(float(found == wanted), difference(found, wanted))


METRICS: tuple[Metric, ...] = (
    higher("routing_precision", _precision, ("agents",), "sub-agents run that should run", _labelled),
    higher("routing_recall", _recall, ("agents",), "sub-agents that should run and ran", _labelled),
    higher("routing_exact", _exact, ("agents",), "messages sent to exactly the right sub-agents", _labelled),
)
