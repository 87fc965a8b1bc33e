"""Judges are held against labels; an oracle or a worked example says what the numbers must be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from harness.cases import ConfigError, DataError, Judgement
from harness.cli_judge import app
from harness.judging.calibration import calibration, kappa, side_by_side
from harness.judging.controls import controls, foreign
from harness.judging.offline import offline_judge
from harness.judging.sets import Labelled, labelled_rows
from harness.judging.sheet import sheets
from tests.harness.judged_pairs import SUPPORTED, UNSUPPORTED
from tests.harness.support import CAP, ExactJudge, write_rows

CLAIM = {"id": "own-1", "context": [CAP], "claim": CAP, "supported": True, "group": "g1", "split": "dev"}
ANSWER = {
    "observation": {"id": "o", "split": "test", "question": "뚜껑은?", "passages": [{"id": "rule:cap", "text": CAP}]},
    "claims": [{"text": "뚜껑은 떼요.", "span": [0, 7], "grounded": False, "true": False, "kind": "polarity"}],
}  # fmt: skip


def row(supported: bool, group: str = "g", kind: str | None = None) -> Labelled:
    return Labelled("own", group, None, (f"context of {group}",), "claim", supported, kind)


def said(verdict: str, kind: str | None = None) -> Judgement:
    return Judgement({"supported": 0.9, "unsupported": 0.1}.get(verdict, 0.5), verdict, kind)  # type: ignore[arg-type]


def test_kappa_of_a_worked_example() -> None:
    one = ["yes"] * 25 + ["no"] * 25
    other = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert kappa(one, other) == pytest.approx(0.4)


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=20))
def test_who_agrees_with_himself_agrees_fully(labels: list[str]) -> None:
    assert kappa(labels, labels) == pytest.approx(1.0)


def test_a_judge_that_says_the_same_of_all_agrees_by_chance_alone() -> None:
    found = calibration("flat", [row(True), row(False)] * 5, [said("supported")] * 10)
    assert (found.kappa[0], found.balanced_accuracy[0], found.auroc[0]) == (0.0, 0.5, 0.5)


def test_an_abstention_agrees_with_nobody() -> None:
    found = calibration("shy", [row(True, "a"), row(False, "b")], [said("abstain"), said("unsupported")])
    assert found.balanced_accuracy[0] == 0.5
    assert found.confusion["supported"] == {"supported": 0, "unsupported": 0, "abstain": 1}
    assert found.abstains == 0.5


def test_recall_is_counted_by_kind_and_so_is_whether_the_kind_is_named() -> None:
    rows = [row(True), row(False, kind="number"), row(False, kind="number"), row(False, kind="name")]
    judged = [said("supported"), said("unsupported", "number"), said("unsupported", "topic"), said("supported")]
    name, number = calibration("j", rows, judged).kinds
    assert (name.kind, name.recall, name.named, name.kappa) == ("name", 0.0, None, 0.0)
    assert (number.recall, number.named, number.kappa) == (1.0, 0.5, 1.0)


def test_the_reliability_table_holds_every_claim_once() -> None:
    found = calibration(
        "j", [row(True), row(False), row(True)], [said("supported"), said("unsupported")] * 1 + [said("supported")]
    )
    assert [(place.low, place.claims, place.supported) for place in found.reliability] == [(0.1, 1, 0.0), (0.9, 2, 1.0)]


def test_judges_stand_side_by_side() -> None:
    found = side_by_side({"exact": ExactJudge(), "offline": offline_judge()}, [row(True, "a"), row(False, "b")])
    (_, table), *_ = sheets(found)
    assert [line[0] for line in table] == ["judge", "exact", "offline"]


def test_no_claims_at_all_are_said_in_one_line() -> None:
    with pytest.raises(ConfigError, match="no labelled claim"):
        side_by_side({"exact": ExactJudge()}, [])


def test_rows_and_answers_are_read_alike_and_a_split_is_kept_apart(tmp_path: Path) -> None:
    write_rows(tmp_path / "both.jsonl", [CLAIM, ANSWER])
    assert [one.supported for one in labelled_rows(tmp_path / "both.jsonl")] == [True, False]
    assert [one.set for one in labelled_rows(tmp_path / "both.jsonl", "dev")] == ["own"]


def test_a_row_without_a_label_is_named(tmp_path: Path) -> None:
    write_rows(tmp_path / "bad.jsonl", [CLAIM, {"context": ["x"], "claim": "y"}])
    with pytest.raises(DataError, match=r"bad\.jsonl:2: no labelled claim"):
        list(labelled_rows(tmp_path / "bad.jsonl"))


def test_the_command_prints_tables_or_json(tmp_path: Path) -> None:
    write_rows(tmp_path / "both.jsonl", [CLAIM, ANSWER])
    shown = CliRunner().invoke(app, ["calibrate", str(tmp_path / "both.jsonl")])
    assert "agreement with the labels" in shown.output
    plain = CliRunner().invoke(app, ["calibrate", str(tmp_path / "both.jsonl"), "--json"])
    assert json.loads(plain.output)["claims"] == 2


def test_a_foreign_context_is_never_of_the_same_document() -> None:
    rows = [row(True, "a"), row(False, "a"), row(True, "b"), row(False, "c")]
    assert foreign(rows) == [("context of b",), ("context of b",), ("context of c",), ("context of a",)]
    assert foreign(rows[:2]) == [(), ()]


def test_without_its_context_the_judge_knows_nothing_and_beside_a_foreign_one_it_supports_next_to_nothing() -> None:
    pairs = [(context, claim, True) for context, claim in SUPPORTED]
    pairs += [(context, claim, False) for context, claim, _ in UNSUPPORTED]
    rows = [
        Labelled("pairs", str(context), None, (context,) if isinstance(context, str) else context, claim, supported)
        for context, claim, supported in pairs
    ]
    found = controls(offline_judge(), rows)
    assert (found["withheld"]["auroc"], found["withheld"]["abstain"]) == ([0.5, 0.5, 0.5], 1.0)
    shuffled = found["shuffled"]["supported"]
    assert isinstance(shuffled, float)
    assert shuffled <= 0.1
