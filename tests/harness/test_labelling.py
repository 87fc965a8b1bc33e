"""What people are asked, what they decide, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from harness.cases import ConfigError, DataError, Judgement
from harness.cli import app
from harness.judging.remote.model import JudgeFailed
from harness.judging.sets import labelled_rows
from harness.labelling.as_data import intake, labels_in
from harness.labelling.at_prompt import label, shown
from harness.labelling.decisions import Decision, decision_row, earlier, keep, latest, read_decisions
from harness.labelling.disputes import Dispute, Item, disputes, doubts
from harness.labelling.items import of_file
from harness.labelling.session import take_in
from tests.harness.support import BOTS, CAP, write_rows, write_workspace

WHEN = "2026-01-20T09:00:00+00:00"
ITEM = Item("뚜껑은?", ("라벨을 떼요.", CAP), "뚜껑을 닫아요.", "run:golden/dev-cap", "golden/dev-cap")
YES, NO = Judgement(0.9, "supported", None, 1, CAP), Judgement(0.1, "unsupported", "polarity", 0, "라벨을 떼요.")
SHY, UNSURE = Judgement(0.5, "abstain"), Judgement(0.55, "supported")


class Says:
    def __init__(self, found: Judgement) -> None:
        self._found = found

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        return self._found


class Fails:
    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        raise JudgeFailed("late")


def dispute(item: Item = ITEM) -> Dispute:
    return Dispute(item, {"a": YES, "b": NO, "c": None}, ("the judges disagree",))


def decision(supported: bool | None = True, who: str = "kim", kind: str | None = None, item: Item = ITEM) -> Decision:
    return Decision(item, supported, kind, who, WHEN)


@pytest.mark.parametrize(
    ("verdicts", "why"),
    [
        ({"a": YES, "b": YES}, []),
        ({"a": YES, "b": NO}, ["the judges disagree"]),
        ({"a": YES, "b": SHY}, ["b abstains"]),
        ({"a": UNSURE}, ["a is unsure"]),
        ({"a": YES, "b": None}, ["b failed"]),
    ],
    ids=["agreement", "disagreement", "abstention", "near the threshold", "failure"],
)
def test_a_claim_is_worth_a_look_when_judges_leave_a_doubt(
    verdicts: dict[str, Judgement | None], why: list[str]
) -> None:
    assert doubts(verdicts, 0.1) == why


def test_each_content_is_asked_of_once_and_a_judge_that_fails_is_a_doubt() -> None:
    found = list(disputes({"a": Says(YES), "b": Fails()}, [ITEM, ITEM], 0.1))
    assert [one.why for one in found] == [("b failed",)]


def test_a_claim_is_shown_with_question_context_best_evidence_and_every_verdict() -> None:
    lines = shown(dispute(), 1, 3)
    assert lines[0] == "[1/3] run:golden/dev-cap: the judges disagree"
    assert lines[1] == "question: 뚜껑은?"
    assert [line[:1] for line in lines[2:4]] == ["→", " "]
    assert lines[4] == "claim: 뚜껑을 닫아요."
    assert lines[5:] == ["  a: supported 0.90", "  b: unsupported 0.10 polarity", "  c: failed"]


def typed(*keys: str) -> Callable[[str], str]:
    left: Iterator[str] = iter(keys)

    def read(_: str) -> str:
        for key in left:
            return key
        raise EOFError

    return read


@pytest.mark.parametrize(
    ("keys", "decided"),
    [
        (["s"], [(True, None)]),
        (["U "], [(False, None)]),
        (["k", "1"], [(False, "number")]),
        (["k", "polarity"], [(False, "polarity")]),
        (["k", "0", "x", "s"], [(True, None)]),
        (["n"], [(None, None)]),
        (["q"], []),
        ([], []),
        (["s", "u"], [(True, None), (False, None)]),
    ],
    ids=["supported", "unsupported", "kind by number", "kind by name", "nonsense", "skip", "quit", "end", "two"],
)
def test_a_key_decides(keys: list[str], decided: list[tuple[bool | None, str | None]]) -> None:
    asked = [dispute(), dispute(Item(None, (CAP,), "병.", "f:1", "f"))]
    found = list(label(asked, typed(*keys), lambda _: None, "kim", lambda: WHEN))
    assert [(one.supported, one.kind) for one in found] == decided


TEXT = st.text(max_size=30)


@given(st.builds(Item, st.none() | TEXT, st.tuples(TEXT, TEXT), TEXT, TEXT, TEXT), st.booleans() | st.none())
def test_a_decision_survives_its_file(item: Item, supported: bool | None) -> None:
    one = Decision(item, supported, None, "kim", WHEN)
    row = json.loads(json.dumps(decision_row(one)))
    assert (row["key"], row["supported"], tuple(row["context"])) == (item.key, supported, item.context)


def test_decisions_are_appended_and_half_a_row_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "decisions.jsonl"
    keep(path, decision(True))
    keep(path, decision(False))
    with path.open("a", encoding="utf-8") as stream:
        stream.write('{"schema": "decision/1", "key"')
    assert [one.supported for one in earlier(path)] == [True, False]
    assert [one.supported for one in latest(earlier(path))] == [False]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"supported": "yes"}, "supported must be true, false or null, got 'yes'"),
        ({"kind": "vibes"}, "kind must be null or one of"),
        ({"claim": "뚜껑을 떼요."}, "is not that of the content"),
        ({"context": CAP}, "no decision"),
        ({"who": None, "claim": 7}, "no decision"),
    ],
    ids=["label", "kind", "other claim", "no list", "no text"],
)
def test_a_row_that_is_no_decision_is_named(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    write_rows(tmp_path / "d.jsonl", [decision_row(decision()), {**decision_row(decision()), **change}])
    with pytest.raises(DataError, match=rf"d\.jsonl:2: .*{says}"):
        read_decisions(tmp_path / "d.jsonl")


def test_decisions_become_rows_that_judges_are_held_against(tmp_path: Path) -> None:
    decisions, target = tmp_path / "d.jsonl", tmp_path / "labels" / "dev.jsonl"
    write_rows(decisions, [decision_row(decision(False, kind="polarity")), decision_row(decision(False, "lee"))])
    assert len(take_in(decisions, target).rows) == 1
    (row,) = labelled_rows(target, "dev")
    assert (row.supported, row.kind, row.claim, row.context) == (False, "polarity", ITEM.claim, ITEM.context)
    written = json.loads(target.read_text(encoding="utf-8"))
    assert (written["labelled_by"], written["split"], written["group"]) == (["kim", "lee"], "dev", "golden/dev-cap")


def test_the_same_decisions_twice_add_nothing(tmp_path: Path) -> None:
    decisions, target = tmp_path / "d.jsonl", tmp_path / "dev.jsonl"
    write_rows(decisions, [decision_row(decision())])
    take_in(decisions, target)
    before = target.read_bytes()
    assert (take_in(decisions, target).known, target.read_bytes()) == (1, before)


def test_people_who_contradict_each_other_add_nothing_and_are_told(tmp_path: Path) -> None:
    found = intake([decision(True, "kim"), decision(False, "lee")], [])
    assert found.rows == ()
    assert found.conflicts[0].endswith("kim says supported, lee says unsupported")


def test_a_label_that_is_there_is_not_turned_around(tmp_path: Path) -> None:
    target = tmp_path / "dev.jsonl"
    write_rows(tmp_path / "d.jsonl", [decision_row(decision(True))])
    take_in(tmp_path / "d.jsonl", target)
    found = intake([decision(False, "lee")], labels_in(target))
    assert found.conflicts[0].endswith("lee says unsupported, the data say supported")


def test_labels_that_lie_elsewhere_count_too(tmp_path: Path) -> None:
    known, decisions = tmp_path / "known.jsonl", tmp_path / "d.jsonl"
    other = Item(None, (CAP,), "병을 깨뜨려요.", "f:1", "f")
    rows = [{"context": list(one.context), "question": one.question, "claim": one.claim} for one in (ITEM, other)]
    write_rows(known, [{**row, "supported": True, "split": "dev"} for row in rows])
    write_rows(decisions, [decision_row(decision(True)), decision_row(decision(False, item=other))])
    found = take_in(decisions, tmp_path / "dev.jsonl", [known, tmp_path / "none.jsonl"])
    assert (found.known, len(found.conflicts), found.rows) == (1, 1, ())
    assert not (tmp_path / "dev.jsonl").exists()


def test_a_last_word_counts_and_a_skipped_claim_is_no_label() -> None:
    assert intake([decision(True), decision(False)], []).rows[0]["supported"] is False
    found = intake([decision(True), decision(None)], [])
    assert (found.rows, found.undecided) == ((), 1)


@pytest.mark.parametrize(
    ("name", "row"),
    [("test.jsonl", None), ("golden-test.jsonl", None), ("labels.jsonl", {"split": "test"}),
     ("dev.jsonl", {"observation": {"split": "dev"}})],
    ids=["named test", "ends in test", "holds test", "frozen answers"],
)  # fmt: skip
def test_labels_never_go_into_test_data(name: str, row: dict[str, Any] | None, tmp_path: Path) -> None:
    write_rows(tmp_path / name, [row] if row else [])
    with pytest.raises(ConfigError, match=r"labels (go into development data|are rows of claims)"):
        labels_in(tmp_path / name)


def test_claims_of_a_file_are_read_in_either_shape_and_those_of_a_test_split_are_left_out(tmp_path: Path) -> None:
    answer = {"id": "o", "split": "dev", "question": "뚜껑은?", "passages": [{"text": CAP}]}
    rows: list[dict[str, Any]] = [
        {"context": [CAP], "claim": "a"},
        {"context": [CAP], "claim": "b", "split": "test"},
        {"observation": answer, "claims": [{"text": "c"}]},
        {"observation": {**answer, "split": "test"}, "claims": [{"text": "d"}]},
    ]
    write_rows(tmp_path / "rows.jsonl", rows)
    assert [one.claim for one in of_file(tmp_path / "rows.jsonl")] == ["a", "c"]
    write_rows(tmp_path / "bad.jsonl", [{"claim": "a"}])
    with pytest.raises(DataError, match=r"bad\.jsonl:1: no claim to label"):
        list(of_file(tmp_path / "bad.jsonl"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace as the current folder with a file of claims, of which an exact judge refuses one."""
    monkeypatch.delenv("KB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    write_workspace(tmp_path)
    rows = [{"context": [CAP], "claim": CAP}, {"context": [CAP], "claim": "뚜껑을 닫아요."}]
    write_rows(tmp_path / "rows.jsonl", rows)
    return tmp_path


EXACT = f"{Path(__file__).with_name('support.py').as_posix()}:ExactJudge"
JUDGES = ["--judge", "offline", "--judge", EXACT, "--near", "0"]


def call(*words: str, typed: str = "") -> Any:
    return CliRunner().invoke(app, list(words), input=typed)


def test_a_session_goes_on_where_it_was_left_and_its_decisions_become_data(here: Path) -> None:
    words = ["label", "--file", "rows.jsonl", "--who", "kim", *JUDGES]
    first = call(*words, typed="s\n")
    assert "2 claims, 1 to decide" in first.stderr
    assert "0 to decide" in call(*words).stderr
    assert "1 to decide" in call(*[word if word != "kim" else "lee" for word in words], typed="q\n").stderr
    done = call("label", "import", ".harness/decisions.jsonl")
    assert done.stdout.startswith("1 new, 0 known already, 0 undecided, 0 contradictions")
    assert json.loads((here / "datasets" / "labels" / "dev.jsonl").read_text(encoding="utf-8"))["supported"] is True


def test_contradicting_decisions_end_in_3(here: Path) -> None:
    for who, key in (("kim", "s\n"), ("lee", "u\n")):
        call("label", "--file", "rows.jsonl", "--who", who, *JUDGES, typed=key)
    done = call("label", "import", ".harness/decisions.jsonl")
    assert "contradiction on '뚜껑을 닫아요.'" in done.stdout
    assert done.exit_code == 3


def test_of_a_run_only_dev_answers_are_shown(here: Path) -> None:
    assert call("run", "--target", f"{BOTS.as_posix()}:answer").exit_code == 0
    done = call("label", "--who", "kim", "--near", "0.5", "--html", "form.html")
    assert done.exit_code == 0
    sources = (here / "form.html").read_text(encoding="utf-8")
    assert "run:golden/dev-" in sources
    assert "run:golden/test-" not in sources
