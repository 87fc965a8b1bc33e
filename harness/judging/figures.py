"""How well the judge of a run agrees with people, as figures that gates can hold: suite `judge`, by split and kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from harness.cases import Direction, Figure, Judgement
from harness.judging.labelled import Agreement, LabelledClaim, agreement, blindness, judge_all
from harness.ports import Judge

SUITE = "judge"
DIRECTIONS: Mapping[str, Direction] = MappingProxyType(
    {
        "judge_balanced_accuracy": "higher",
        "judge_recall": "higher",
        "judge_false_alarm_rate": "lower",
        "judge_false_pass_rate": "lower",
        "judge_abstain_rate": "lower",
        "judge_calibration_error": "lower",
        "judge_blind_rate": "lower",
    }
)


def judge_figures(judge: Judge, labelled: Sequence[LabelledClaim]) -> list[Figure]:
    """Judge labelled claims and compare; nothing for no claims, and for a judge that raises figures without a value."""
    if not labelled:
        return []
    try:
        judged = judge_all(judge, labelled)
        blind = blindness(judge, labelled)
    except Exception:  # noqa: BLE001 - foreign code: a dead judge is unmeasured, never the end of a run
        return [
            Figure(SUITE, metric, None, 0, split=split, unmeasured=len(labelled))
            for metric in DIRECTIONS
            for split in ("", "dev", "test")
        ]
    agreed = [
        _figure(found, split)
        for split in ("", "dev", "test")
        if (of_split := _of_split(judged, split))
        for found in agreement(of_split)
    ]
    return [*agreed, _figure(blind, "")]


def _of_split(judged: Sequence[tuple[LabelledClaim, Judgement]], split: str) -> list[tuple[LabelledClaim, Judgement]]:
    return [(claim, found) for claim, found in judged if split in ("", claim.split)]


def _figure(found: Agreement, split: str) -> Figure:
    return Figure(SUITE, found.name, found.value, found.n, split, found.slice, low=found.low, high=found.high)
