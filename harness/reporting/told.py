"""One case with the answer that a report tells of it: the first in which something failed, else the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.cases import NOTHING, Case, Observation, Score, Verdict
from harness.reading import CaseResult


@dataclass(frozen=True)
class Told:
    """A case, one of its answers (None where the target was not asked) and what that answer scored.

    `verdicts` has one a repeat, in order.
    """

    case: Case
    answer: Observation | None
    scores: tuple[Score, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of all repeats."""
        return worst_of(self.verdicts)

    @property
    def response(self) -> Mapping[str, Any]:
        """What the answer tells of itself; nothing where it breaks the contract, since its parts can be anything."""
        return NOTHING if self.answer is None or self.answer.error else self.answer.response or NOTHING


def told_of(result: CaseResult, answers: Sequence[Observation]) -> Told:
    """Choose the answer to tell."""
    repeats = sorted({0, *(score.repeat for score in result.scores), *(one.repeat for one in answers)})
    verdicts = tuple(worst_of([score.verdict for score in result.scores if score.repeat == at]) for at in repeats)
    at = repeats[verdicts.index(worst_of(verdicts))]
    return Told(
        case=result.case,
        answer=next((one for one in answers if one.repeat == at), None),
        scores=tuple(score for score in result.scores if score.repeat == at),
        verdicts=verdicts,
    )


def worst_of(verdicts: Sequence[Verdict]) -> Verdict:
    """FAIL before UNMEASURED before PASS; N/A where there is nothing else."""
    order: tuple[Verdict, ...] = ("FAIL", "UNMEASURED", "PASS")
    return next((verdict for verdict in order if verdict in verdicts), "N/A")
