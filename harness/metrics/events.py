"""Do the events of a turn keep their contract, and did every step of it work."""

from __future__ import annotations

from harness.cases import Measured
from harness.event_contract import has_stages, misnumbered, violation
from harness.order.contract import NoClock, breaches
from harness.trial import Metric, Trial, UnmeasurableError, higher, in_talk


def _ordered(trial: Trial) -> Measured:
    """A target that has none of the stages of the order keeps its own by `[[harness.contracts]]`."""
    events = trial.records("events")
    breach = violation(events) if has_stages(events) or not events else misnumbered(events)
    return Measured(float(breach is None), breach or "")


def _kept(trial: Trial) -> Measured | None:
    """Hold the events against the workspace's contract; without one there is nothing to measure.

    Rules for some intents go by the labels of the case, and by what the target understood where it has none.
    """
    rules, events = trial.resources.contracts, trial.records("events")
    if not rules:
        return None
    if (wrong := misnumbered(events)) is not None:
        return Measured(0.0, wrong)
    try:
        found = breaches(events, rules, trial.case.intents or trial.words("intents"))
    except NoClock as error:
        raise UnmeasurableError(str(error)) from error
    return Measured(float(not found), str(found[0]) if found else "", {"breaches": [str(breach) for breach in found]})


def _degraded(trial: Trial) -> Measured:
    parts = trial.response.get("degraded") or ()
    return Measured(float(bool(parts)), ", ".join(map(str, parts)))


_DEGRADED = "turns in which some step failed, fell back or used recorded facts"
METRICS: tuple[Metric, ...] = (
    higher("event_order", _ordered, ("events",), "turns whose events are numbered and in causal order"),
    higher("event_contract", _kept, ("events",), "turns whose events keep every rule of `[[harness.contracts]]`"),
    Metric("degraded_turn", _degraded, ("degraded",), "lower", _DEGRADED, in_talk, floor=1.0, passes_at=None),
)
