"""Labelled claims of frozen answers: how many hallucinations a judge catches and how often it cries wolf.

A bot that quotes rules can hardly invent, so a judge is gated on `datasets/observations`, whose claims people labelled.
A claim is a hallucination for the judge when nothing that was injected supports it (`grounded` is false).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.cases import DataError, Judgement
from harness.intervals import wilson
from harness.jsonl import read_rows
from harness.judging.measures import calibration_error
from harness.ports import Judge

_Z = 1.96


@dataclass(frozen=True)
class LabelledClaim:
    """A claim of a frozen answer with its labels; `true` is of the world, `grounded` of what was injected."""

    observation: str
    split: str
    question: str
    context: tuple[str, ...]
    text: str
    grounded: bool
    true: bool
    kind: str | None


@dataclass(frozen=True)
class Agreement:
    """One figure of a judge against labels. `low` and `high` bound it with 95 % confidence; None below two claims."""

    name: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    slice: str = ""


def read_observations(paths: Iterable[Path]) -> list[LabelledClaim]:
    """Read every labelled claim, in file order.

    Raises:
        DataError: a row is not an observation with labelled claims; names file and line.
    """
    return [claim for path in paths for number, row in read_rows(path) for claim in _claims(row, f"{path}:{number}")]


def judge_all(judge: Judge, claims: Iterable[LabelledClaim]) -> list[tuple[LabelledClaim, Judgement]]:
    """Ask a judge for each claim, against what was injected for its answer."""
    return [(claim, judge.judge(claim.question, claim.context, claim.text)) for claim in claims]


def agreement(judged: Sequence[tuple[LabelledClaim, Judgement]]) -> list[Agreement]:
    """Compare judgements with labels.

    Returns:
        `judge_balanced_accuracy`, `judge_recall` (hallucinations called unsupported; `kind:…` slices too),
        `judge_false_alarm_rate` (grounded claims called unsupported), `judge_false_pass_rate` (ungrounded ones called
        supported) and `judge_abstain_rate`. Abstentions are neither caught nor passed: they count against balanced
        accuracy and recall, not as alarms or passes. `judge_calibration_error` compares probabilities with labels. An
        empty slice has the value None.
    """
    ungrounded = [(claim, found) for claim, found in judged if not claim.grounded]
    grounded = [(claim, found) for claim, found in judged if claim.grounded]
    kinds = sorted({claim.kind for claim, _ in ungrounded if claim.kind})
    return [
        _balanced(grounded, ungrounded),
        _share("judge_recall", ungrounded, "unsupported"),
        *(_share("judge_recall", _of_kind(ungrounded, kind), "unsupported", f"kind:{kind}") for kind in kinds),
        _share("judge_false_alarm_rate", grounded, "unsupported"),
        _share("judge_false_pass_rate", ungrounded, "supported"),
        _share("judge_abstain_rate", judged, "abstain"),
        _calibration(judged),
    ]


def blindness(judge: Judge, claims: Sequence[LabelledClaim]) -> Agreement:
    """Share of claims on which a judge takes a side without any context, where it can know nothing."""
    asked = [(claim, judge.judge(claim.question, (), claim.text)) for claim in claims]
    shy = _share("judge_blind_rate", asked, "abstain")
    if shy.value is None or shy.low is None or shy.high is None:
        return shy
    return Agreement(shy.name, 1 - shy.value, shy.n, 1 - shy.high, 1 - shy.low)


def _claims(row: Mapping[str, Any], where: str) -> list[LabelledClaim]:
    try:
        seen = row["observation"]
        context = tuple(str(passage["text"]) for passage in seen["passages"])
        return [
            LabelledClaim(
                observation=str(seen["id"]),
                split=str(seen["split"]),
                question=str(seen["question"]),
                context=context,
                text=str(claim["text"]),
                grounded=bool(claim["grounded"]),
                true=bool(claim["true"]),
                kind=claim.get("kind"),
            )
            for claim in row["claims"]
        ]
    except (KeyError, TypeError) as error:
        raise DataError(f"{where}: no labelled observation ({error!r}); see the schema `observation`") from error


def _calibration(judged: Sequence[tuple[LabelledClaim, Judgement]]) -> Agreement:
    """How far probabilities are from shares, true and false claims weighed alike; both must be there."""
    truth = np.array([claim.grounded for claim, _ in judged], dtype=bool)
    if truth.all() or not truth.any():
        return Agreement("judge_calibration_error", None, len(judged))
    probable = np.array([found.p_supported for _, found in judged])
    return Agreement("judge_calibration_error", calibration_error(truth, probable), len(judged))


def _of_kind(judged: Sequence[tuple[LabelledClaim, Judgement]], kind: str) -> list[tuple[LabelledClaim, Judgement]]:
    return [(claim, found) for claim, found in judged if claim.kind == kind]


def _share(name: str, judged: Sequence[tuple[LabelledClaim, Judgement]], verdict: str, slice_: str = "") -> Agreement:
    """Share of judgements with a verdict."""
    if not judged:
        return Agreement(name, None, 0, slice=slice_)
    met = sum(found.verdict == verdict for _, found in judged)
    low, high = wilson(met, len(judged))
    return Agreement(name, met / len(judged), len(judged), low, high, slice_)


def _balanced(
    grounded: Sequence[tuple[LabelledClaim, Judgement]], ungrounded: Sequence[tuple[LabelledClaim, Judgement]]
) -> Agreement:
    """Mean of the shares of grounded and of ungrounded claims judged rightly; both kinds must be there."""
    right = [float(found.verdict == "supported") for _, found in grounded]
    caught = [float(found.verdict == "unsupported") for _, found in ungrounded]
    if not right or not caught:
        return Agreement("judge_balanced_accuracy", None, len(right) + len(caught))
    shares = (sum(right) / len(right), sum(caught) / len(caught))
    spread = math.sqrt(sum(p * (1 - p) / n for p, n in zip(shares, (len(right), len(caught)), strict=True))) / 2
    value = sum(shares) / 2
    low, high = max(0.0, value - _Z * spread), min(1.0, value + _Z * spread)
    return Agreement("judge_balanced_accuracy", value, len(right) + len(caught), low, high)
