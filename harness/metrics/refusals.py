"""Does the bot decline when it should and only then. Patterns decide what declining is: `harness.statements`."""

from __future__ import annotations

from harness.cases import Case, Measured
from harness.citation_marks import without_marks
from harness.statements import only_refuses, refuses
from harness.trial import Metric, Trial, lower


def _answerable(case: Case) -> bool:
    return case.kind == "turn" and case.answerable


def _unanswerable(case: Case) -> bool:
    return case.kind == "turn" and not case.answerable


def _declined(trial: Trial) -> Measured:
    declined = not trial.records("citations") and only_refuses(without_marks(trial.answer))
    return Measured(float(declined), "declined an answerable question" if declined else "")


def _answered(trial: Trial) -> Measured:
    answered = not refuses(without_marks(trial.answer))
    return Measured(float(answered), "answered what it cannot know" if answered else "")


METRICS: tuple[Metric, ...] = (
    lower("false_refusal", _declined, ("answer",), "answerable questions that were declined", _answerable),
    lower("false_answer", _answered, ("answer",), "unanswerable questions that were answered", _unanswerable),
)
