"""Labelled claims tell how good a judge is; the measures agree with hand-made examples."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from harness.cases import DataError, Judgement
from harness.judging.labelled import LabelledClaim, agreement, read_observations
from harness.judging.measures import auroc, balanced_accuracy, calibration_error

ROW = {
    "observation": {
        "id": "o", "split": "dev", "question": "뚜껑은?", "intents": ["waste"], "answer": "뚜껑은 닫아요.",
        "passages": [{"id": "rule:cap", "text": "뚜껑은 닫아요."}],
    },
    "claims": [{"text": "뚜껑은 닫아요.", "span": [0, 8], "grounded": True, "true": True, "kind": None}],
}  # fmt: skip


def claim(grounded: bool, kind: str | None = None) -> LabelledClaim:
    return LabelledClaim("o", "dev", "", ("context",), "text", grounded, grounded, kind)


def said(verdict: str) -> Judgement:
    return Judgement(0.5, verdict)  # type: ignore[arg-type]


def test_a_labelled_claim_keeps_what_was_injected(tmp_path: Path) -> None:
    file = tmp_path / "dev.jsonl"
    file.write_text(json.dumps(ROW), encoding="utf-8")
    (found,) = read_observations([file])
    assert (found.context, found.text, found.grounded) == (("뚜껑은 닫아요.",), "뚜껑은 닫아요.", True)


def test_a_row_without_claims_is_named(tmp_path: Path) -> None:
    file = tmp_path / "dev.jsonl"
    file.write_text('{"observation": {"id": "o"}}', encoding="utf-8")
    with pytest.raises(DataError, match=r"dev\.jsonl:1"):
        read_observations([file])


def test_an_abstention_is_neither_caught_nor_passed() -> None:
    rows = [
        (claim(True), said("supported")), (claim(True), said("unsupported")),
        (claim(False, "number"), said("unsupported")), (claim(False, "number"), said("abstain")),
    ]  # fmt: skip
    found = {(figure.name, figure.slice): figure.value for figure in agreement(rows)}
    assert found["judge_recall", ""] == found["judge_recall", "kind:number"] == 0.5
    assert found["judge_false_pass_rate", ""] == 0.0
    assert found["judge_false_alarm_rate", ""] == 0.5
    assert found["judge_abstain_rate", ""] == 0.25
    assert found["judge_balanced_accuracy", ""] == 0.5


TRUTH = np.array([True, True, False, False])


def test_measures_of_a_perfect_judge() -> None:
    perfect = np.array([1.0, 1.0, 0.0, 0.0])
    assert (auroc(TRUTH, perfect), balanced_accuracy(TRUTH, perfect), calibration_error(TRUTH, perfect)) == (1, 1, 0)


def test_measures_of_a_judge_that_knows_nothing() -> None:
    blind = np.full(4, 0.5)
    assert auroc(TRUTH, blind) == 0.5
    assert calibration_error(TRUTH, blind) == pytest.approx(0)


def test_one_swapped_pair_of_four_costs_a_quarter() -> None:
    assert auroc(TRUTH, np.array([0.9, 0.3, 0.4, 0.1])) == 0.75
