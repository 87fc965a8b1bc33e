"""One failed case from its scores to a verdict: no answer, a judge that contradicts itself, else counterfactuals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from harness.cases import Case, Observation, Score
from harness.diagnosis.attribution import attributed
from harness.diagnosis.contradiction import Contradicted, contradicted
from harness.diagnosis.experiment import Experiment
from harness.diagnosis.steps import Verdict
from harness.ports import Target
from harness.score import why_failed
from harness.trial import Metric, Resources, Trial

_NOT_OF_THE_ANSWER = ("events", "timings_ms", "usage", "degraded")


@dataclass(frozen=True)
class Failed:
    """A case that failed: what was observed and the scores that failed."""

    case: Case
    observation: Observation | None
    scores: tuple[Score, ...]


def blamable(metrics: Iterable[Metric]) -> dict[str, Metric]:
    """The metrics that a component can be blamed for, by name: of the answer and what went into it, not of its time."""
    return {
        row.name: row
        for row in metrics
        if row.passes_at is not None and not any(part.startswith(_NOT_OF_THE_ANSWER) for part in row.needs)
    }


def blamed(
    failed: Failed,
    rows: Sequence[Metric],
    target: Target,
    resources: Resources,
    timeout_s: float,
    known_true: Collection[str] = (),
) -> Verdict:
    """Find out what made a case fail.

    Args:
        failed: the case with its failed scores.
        rows: the metrics of those scores.
        target: what is asked again; not asked where nothing has to be.
        resources: what metrics lean on.
        timeout_s: the run's time limit.
        known_true: claims that people labelled as true, normalised.
    """
    seen = failed.observation
    if seen is None or why_failed(seen):
        return Verdict("target", ("target",), why_failed(seen))
    doubts = contradicted(Trial(failed.case, seen, resources), failed.scores, known_true)
    rest = [row for row in rows if row.name not in doubts.wholly]
    if not rest:
        return Verdict("judge", ("judge",), f"every claim that {', '.join(doubts.wholly)} blames stands there verbatim")
    capabilities = (seen.response or {}).get("capabilities") or ()
    honoured = [str(one) for one in capabilities] if isinstance(capabilities, list | tuple) else []
    found = attributed(Experiment(failed.case, target, rest, resources, timeout_s), honoured)
    return _with_judge(found, doubts) if doubts else found


def _with_judge(found: Verdict, doubts: Contradicted) -> Verdict:
    """Beside what else is wrong, the judge is wrong too."""
    wrong = ", ".join((*doubts.wholly, *doubts.partly))
    reason = f"{found.reason}; and {wrong} blames claims that stand there verbatim"
    return Verdict("ambiguous", (*found.suspects, "judge"), reason, found.repairs)
