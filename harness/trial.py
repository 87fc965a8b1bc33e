"""What a metric gets to see, and what a metric is: one function of a `Trial`, and a row of the table that describes it.

A metric returns a number, True or False, a `Measured` with reason and details, or None where the case asks for nothing.
Whatever it raises becomes UNMEASURED, never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from harness.cases import NOTHING, Case, Claim, Direction, Measured, Observation
from harness.gold import Gold
from harness.order.rules import Rule
from harness.ports import ClaimSplitter, Judge, ModelRagas, OfflineRagas, Provenance


class UnmeasurableError(Exception):
    """Raised by a metric that could not come to a number; reason and details stand beside UNMEASURED."""

    def __init__(self, reason: str, details: Mapping[str, object] | None = None) -> None:
        super().__init__(reason)
        self.details = dict(details or {})


def no_model() -> ModelRagas:
    """Raises: UnmeasurableError: a metric wants a language model and none was named."""
    raise UnmeasurableError("no model to ask; name one by --judge-model")


@dataclass(frozen=True)
class Resources:
    """What metrics lean on: a judge, a splitter of answers into claims, the accepted truth, where citations lead.

    `ragas` imports that library at its first call; `contracts` are the rules that events must keep; `answers` opens the
    language model of a run.
    """

    judge: Judge
    split: ClaimSplitter
    gold: Gold
    provenance: Provenance
    agents_of: Callable[[str], tuple[str, ...]]
    ragas: Callable[[], OfflineRagas]
    contracts: tuple[Rule, ...] = ()
    answers: Callable[[], ModelRagas] = no_model


@dataclass(frozen=True)
class Trial:
    """A case, what the target did with it, and the resources; the only argument of every metric."""

    case: Case
    observation: Observation
    resources: Resources

    @property
    def response(self) -> Mapping[str, Any]:
        return self.observation.response or NOTHING

    @property
    def answer(self) -> str:
        return self.observation.answer

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """The statements of the answer, in order."""
        return tuple(self.resources.split(self.answer))

    @property
    def question(self) -> str | None:
        """What the judge is told of the question: it helps to read a short answer, beside one claim of several it is
        mostly another claim's question, so then there is none.
        """
        return self.case.question if len(self.claims) == 1 else None

    def words(self, part: str) -> tuple[str, ...]:
        """A part of the response that is a list of words; empty when it was left out."""
        return tuple(self.response.get(part) or ())

    def records(self, part: str) -> tuple[Mapping[str, Any], ...]:
        """A part of the response that is a list of objects; empty when it was left out."""
        return tuple(self.response.get(part) or ())


Answer = Measured | float | bool | None
Measure = Callable[[Trial], Answer]


def always(case: Case) -> bool:
    """Every case asks for this."""
    return True


def in_talk(case: Case) -> bool:
    """Cases that want an answer, not a ranking of documents."""
    return case.kind == "turn"


@dataclass(frozen=True)
class Metric:
    """A row of the table.

    Attributes:
        name: as in gates and reports.
        measure: the function; None from it means that this case asks for nothing.
        needs: parts of the response without which nothing can be said; `gold` is the accepted truth.
        direction: which way is better.
        doc: one line for reports and `harness metrics`.
        applies: whether a case asks for it at all; known before the target is asked.
        floor: the value of a case whose target failed; None stands for the run's time limit where the unit is ms, and
            for no value (N/A) where it is a count, since a target that fails would look cheap.
        passes_at: a case passes at this value or better; None lets every measured value pass.
        unit: empty for a share between 0 and 1.
        extra: the extra of the distribution that brings its library, empty for none.
    """

    name: str
    measure: Measure
    needs: tuple[str, ...]
    direction: Direction
    doc: str
    applies: Callable[[Case], bool] = always
    floor: float | None = 0.0
    passes_at: float | None = 1.0
    unit: str = ""
    extra: str = ""

    def passes(self, value: float) -> bool:
        """Compare with `passes_at`, one part in a billion forgiven for rounding."""
        if self.passes_at is None:
            return True
        if self.direction == "higher":
            return value >= self.passes_at - 1e-9
        return value <= self.passes_at + 1e-9


def lower(
    name: str, measure: Measure, needs: tuple[str, ...], doc: str, applies: Callable[[Case], bool] = in_talk
) -> Metric:
    """A row for a share of which none is best: floor 1, passes at 0."""
    return Metric(name, measure, needs, "lower", doc, applies, floor=1.0, passes_at=0.0)


def telling(
    name: str, measure: Measure, needs: tuple[str, ...], doc: str, applies: Callable[[Case], bool] = in_talk
) -> Metric:
    """A row for a share that describes a case rather than judging it: higher is better, no value fails."""
    return Metric(name, measure, needs, "higher", doc, applies, passes_at=None)


def higher(
    name: str, measure: Measure, needs: tuple[str, ...], doc: str, applies: Callable[[Case], bool] = in_talk
) -> Metric:
    """A row for a share of which all is best: floor 0, passes at 1."""
    return Metric(name, measure, needs, "higher", doc, applies)
