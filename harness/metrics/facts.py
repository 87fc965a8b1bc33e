"""Does the answer say what it must and nothing that it must not. Expressions see the answer without citation marks."""

from __future__ import annotations

import re

from harness.cases import Case, Measured
from harness.citation_marks import without_marks
from harness.trial import Metric, Trial, higher, lower


def _has_required(case: Case) -> bool:
    return bool(case.required)


def _has_forbidden(case: Case) -> bool:
    return bool(case.forbidden)


def _required(trial: Trial) -> Measured:
    answer = without_marks(trial.answer)
    missed = [fact[0] for fact in trial.case.required if not any(_matches(option, answer) for option in fact)]
    share = 1 - len(missed) / len(trial.case.required)
    return Measured(share, f"not said: {' | '.join(missed)}" if missed else "", {"missed": missed})


def _forbidden(trial: Trial) -> Measured:
    answer = without_marks(trial.answer)
    said = [match[0] for pattern in trial.case.forbidden if (match := re.search(pattern, answer, re.IGNORECASE))]
    return Measured(float(bool(said)), f"said: {' | '.join(said)}" if said else "", {"said": said})


def _matches(pattern: str, answer: str) -> bool:
    return re.search(pattern, answer, re.IGNORECASE) is not None


METRICS: tuple[Metric, ...] = (
    higher("required_facts", _required, ("answer",), "facts that the answer must hold and holds", _has_required),
    lower("forbidden_claims", _forbidden, ("answer",), "answers that say something forbidden", _has_forbidden),
)
