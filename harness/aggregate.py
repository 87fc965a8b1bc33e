"""Fold scores into figures: means over PASS and FAIL by split, intent and tag, the count of UNMEASURED beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from harness.cases import Case, Figure, Score
from harness.intervals import interval

SPLITS = ("", "dev", "test")


def figures(scores: Iterable[Score], cases: Mapping[str, Case]) -> list[Figure]:
    """Aggregate the scores of one suite.

    Args:
        scores: of one suite, any metrics.
        cases: by id; a score's slices are those of its case.

    Returns:
        One figure a metric, split and slice that has a score, metrics in the order of the scores. Tags are told over
        all cases only.
    """
    groups: dict[tuple[str, str, str], list[Score]] = {}
    for score in scores:
        for split, slice_ in _places(score, cases.get(score.id)):
            groups.setdefault((score.metric, split, slice_), []).append(score)
    return [_figure(metric, split, slice_, group) for (metric, split, slice_), group in groups.items()]


def _places(score: Score, case: Case | None) -> Iterable[tuple[str, str]]:
    intents = case.intents if case else ()
    tags = case.tags if case else ()
    for split in ("", score.split):
        yield split, ""
        for intent in dict.fromkeys(intents):
            yield split, f"intent:{intent}"
    for tag in dict.fromkeys(tags):
        yield "", f"tag:{tag}"


def _figure(metric: str, split: str, slice_: str, scores: Sequence[Score]) -> Figure:
    values = [score.value for score in scores if score.value is not None]
    bounds = interval(values)
    verdicts = [score.verdict for score in scores]
    return Figure(
        suite=scores[0].suite,
        metric=metric,
        value=sum(values) / len(values) if values else None,
        n=len(values),
        split=split,
        slice=slice_,
        passed=verdicts.count("PASS"),
        failed=verdicts.count("FAIL"),
        unmeasured=verdicts.count("UNMEASURED"),
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
    )
