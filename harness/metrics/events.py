"""Do the events of a turn keep their contract, and did every step of it work."""

from __future__ import annotations

from harness.cases import Measured
from harness.event_contract import violation
from harness.trial import Metric, Trial, higher, in_talk


def _ordered(trial: Trial) -> Measured:
    breach = violation(trial.records("events"))
    return Measured(float(breach is None), breach or "")


def _degraded(trial: Trial) -> Measured:
    parts = trial.response.get("degraded") or ()
    return Measured(float(bool(parts)), ", ".join(map(str, parts)))


_DEGRADED = "turns in which some step failed, fell back or used recorded facts"
METRICS: tuple[Metric, ...] = (
    higher("event_order", _ordered, ("events",), "turns whose events are numbered and in causal order"),
    Metric("degraded_turn", _degraded, ("degraded",), "lower", _DEGRADED, in_talk, floor=1.0, passes_at=None),
)
