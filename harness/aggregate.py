"""Fold scores into figures: means over the cases by split, intent and tag, the count of UNMEASURED beside.

A case that was asked several times counts by its mean. What is held of a case is a number a metric and its places.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.cases import Case, Figure, Score, Verdict
from harness.intervals import interval
from harness.reading import CaseResult

Slice = tuple[str, str]
"""(split, slice) of a figure, "" for all."""
_WORST: tuple[Verdict, ...] = ("FAIL", "PASS", "UNMEASURED", "N/A")
_PASSED, _FAILED, _UNMEASURED = 1, 2, 4
_NAN = math.nan


def case_score(scores: Sequence[Score]) -> Score:
    """One metric of one case from those of its repeats: their mean; failed when one failed, without number when none
    has one.
    """
    values = [score.value for score in scores if score.value is not None]
    verdicts = {score.verdict for score in scores}
    return replace(
        scores[0],
        value=sum(values) / len(values) if values else None,
        verdict=next(verdict for verdict in _WORST if verdict in verdicts),
        reason="",
        details={},
        repeat=0,
    )


def figures(results: Iterable[CaseResult]) -> list[Figure]:
    """Aggregate the results of one suite.

    Returns:
        One figure a metric, split and slice that has a score: metrics in the order of the scores, slices in the order
        of the cases. Tags are told over all cases only.
    """
    columns: dict[str, _Column] = {}
    slices: dict[Slice, array[int]] = {}
    suite = ""
    for number, result in enumerate(results):
        suite = result.case.suite
        for place in _places(result.case):
            slices.setdefault(place, array("L")).append(number)
        for metric, scores in result.by_metric().items():
            columns.setdefault(metric, _Column()).put(number, scores)
    return [
        figure
        for metric, column in columns.items()
        for place, members in slices.items()
        if (figure := column.figure(Figure(suite, metric, None, 0, *place), members)) is not None
    ]


@dataclass(frozen=True)
class _Column:
    """One metric by case number: the mean (NaN for none) and flags that say what was among the verdicts."""

    values: array[float] = field(default_factory=lambda: array("d"))
    flags: bytearray = field(default_factory=bytearray)
    of_slices: dict[tuple[int, str], float] = field(default_factory=dict)
    """What a metric found for one intent of a case alone (`by_intent` of its details), by number and slice."""

    def put(self, number: int, scores: Sequence[Score]) -> None:
        """Add a case; those before it that were left out have nothing."""
        self.values.extend([_NAN] * (number - len(self.values)))
        self.flags.extend(bytes([0]) * (number - len(self.flags)))
        found = case_score(scores)
        self.values.append(_NAN if found.value is None else found.value)
        self.flags.append(_flags(found, scores))
        for slice_, values in _of_slices(scores).items():
            self.of_slices[number, slice_] = sum(values) / len(values)

    def figure(self, empty: Figure, members: Sequence[int]) -> Figure | None:
        """The figure over some cases; None where none of them has a score."""
        own = [number for number in members if number < len(self.flags) and self.flags[number]]
        if not own:
            return None
        found = (self.of_slices.get((number, empty.slice), self.values[number]) for number in own)
        values = array("d", (value for value in found if not math.isnan(value)))
        bounds = interval(values)
        return replace(
            empty,
            value=sum(values) / len(values) if values else None,
            n=len(values),
            passed=self._count(own, _PASSED),
            failed=self._count(own, _FAILED),
            unmeasured=self._count(own, _UNMEASURED),
            low=bounds[0] if bounds else None,
            high=bounds[1] if bounds else None,
        )

    def _count(self, numbers: Iterable[int], flag: int) -> int:
        return sum(1 for number in numbers if self.flags[number] & flag)


def _of_slices(scores: Iterable[Score]) -> dict[str, list[float]]:
    """The values by slice that the repeats of a case tell in their details."""
    found: dict[str, list[float]] = {}
    for score in scores:
        told = score.details.get("by_intent")
        for intent, value in told.items() if isinstance(told, Mapping) else ():
            if isinstance(value, int | float):
                found.setdefault(f"intent:{intent}", []).append(float(value))
    return found


def _flags(found: Score, scores: Iterable[Score]) -> int:
    """Bits for the case's verdict; UNMEASURED stays beside a number that other repeats gave. 8 alone is N/A."""
    measured = {"PASS": _PASSED, "FAIL": _FAILED}.get(found.verdict, 8)
    return measured | (_UNMEASURED if any(score.verdict == "UNMEASURED" for score in scores) else 0)


def _places(case: Case) -> Iterator[Slice]:
    for split in ("", case.split):
        yield split, ""
        for intent in dict.fromkeys(case.intents):
            yield split, f"intent:{intent}"
    for tag in dict.fromkeys(case.tags):
        yield "", f"tag:{tag}"
