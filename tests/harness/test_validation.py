"""Each kind of defect is planted in a small workspace, and found; the workspace without one is clean."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import checking, commands
from harness.app import Site
from harness.case_files import normalised_question
from harness.cases import Case, DataError
from harness.cli import main
from harness.validation.coverage import counts, table, uncovered
from harness.validation.information import read_outcomes, settled
from harness.validation.labels import conflicts, impossible
from harness.validation.likeness import NEAR, alike, repeats
from harness.validation.truth import answered, stale, unheld
from tests.harness.support import CASES, TEXTS, a_case, full, write_rows

DEV = Path("datasets/golden-dev.jsonl")
Plant = Callable[[Path], None]


def _case(**change: Any) -> Plant:
    """Change the first dev case."""
    return lambda root: write_rows(root / DEV, [full({**CASES[0], **change}, "dev"), *_others()])


def _another(**row: Any) -> Plant:
    """Add a dev case."""
    return lambda root: write_rows(root / DEV, [full(CASES[0], "dev"), *_others(), full({"id": "new", **row}, "dev")])


def _others() -> list[dict[str, Any]]:
    return [full(row, "dev") for row in CASES[1:]]


def _file(path: str, text: str) -> Plant:
    def plant(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")

    return plant


def _changed_rule(root: Path) -> None:
    rules = root / "rules" / "waste.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("라벨을 떼고", "라벨을 떼고 씻고"), encoding="utf-8")


def _changed_test(root: Path) -> None:
    path = root / "datasets" / "golden-test.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("test-who", "test-whom"), encoding="utf-8")


DEFECTS: dict[str, tuple[Plant, str]] = {
    "schema": (_case(split="x"), r"golden-dev.jsonl:1: split: 'x'"),
    "no json": (
        _file(str(DEV), "{"),
        r"golden-dev.jsonl:1: not a JSON",
    ),
    "id twice": (_another(id="dev-bottle", turns=["병은?"]), r"golden-dev.jsonl:6: id 'dev-bottle' stands at"),
    "unknown intent": (_case(intents=["wast"]), r":1: intent 'wast' is unknown"),
    "unknown agent": (_case(agents=["clasify"]), r":1: agent 'clasify' is unknown"),
    "expression": (_case(forbidden=["(뚜껑"]), r":1: expression .* does not compile"),
    "lost rule": (_case(rules=["gone"]), r":1: 'rule:gone' does not exist"),
    "lost picture": (_case(turns=[{"text": "이건?", "image": "no.png"}]), r":1: no file 'no.png'"),
    "draft": (_case(answerable=None, tags=["draft"]), r":1: is a draft that nobody reviewed"),
    "draft's tag": (_case(tags=["draft"]), r":1: still carries the tag 'draft'"),
    "leak to dev": (
        _another(turns=["킬로당  시세 좀!"], intents=["recyclable_price"]),
        r"golden-test.jsonl:1: asks what dev",
    ),
    "leak to a skill": (
        _file("skills/a/SKILL.md", "하나\n요즘 아이들에게 페티 소개해 줘라고 하면"),
        r"skills/a/SKILL.md:2: holds the question of test case 'test-long'",
    ),
    "leak to a prompt": (
        _file("prompts/a.txt", "요즘 아이들에게 페티 소개해 줘"),
        r"prompts/a.txt:1: holds the question",
    ),
    "leak to training": (
        _file("datasets/intents/train.jsonl", '{"text": "요즘 아이들에게 페티 소개해 줘요"}'),
        r"intents/train.jsonl:1: holds the question",
    ),
    "other labels": (
        _another(turns=["페트병  어떻게 버려"], intents=["character"]),
        r":6: asks what 'dev-bottle' .*intents",
    ),
    "other answerability": (
        _another(turns=["페트병 어떻게 버려?"], intents=["waste"], answerable=False),
        r"\(answerable,",
    ),
    "required is forbidden": (
        _case(forbidden=["라벨을"]),
        r":1: required '라벨을 떼' is what forbidden '라벨을' matches",
    ),
    "truth is forbidden": (
        _case(required=[["라벨을.떼"]], forbidden=["^페트병은 라벨"]),
        r":1: required .* is forbidden",
    ),
    "a mark is required": (_case(required=[["라벨을 떼", "\\[rule:"]]), r":1: required .* asks for a citation mark"),
    "nothing holds it": (_case(required=[["염색"]]), r":1: required '염색' stands in no accepted sentence"),
    "another rule holds it": (_case(required=[["뚜껑을 닫"]]), r"rule:dispose-pet-bottle-cap has it"),
    "cited line changed": (_changed_rule, r":1: rule:dispose-pet-bottle changed since 'dev-bottle' was labelled"),
    "test changed": (_changed_test, r"golden-test.jsonl: frozen \(first\) and changed since"),
    "gate on no metric": (
        _file("datasets/gates.yaml", "gates:\n  - {metric: f7, suite: golden, min: 1}\n"),
        r"gates.yaml:2: metric 'f7' is unknown",
    ),
}
LONG = {
    "id": "test-long",
    "turns": ["요즘 아이들에게 페티 소개해 줘"],
    "intents": ["character"],
    "rules": ["character-petty"],
}


@pytest.fixture
def clean(site: Site, workspace: Path) -> Path:
    """A workspace in which all is well: truth accepted, test split sealed."""
    path = workspace / "datasets" / "golden-test.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + json.dumps(full(LONG, "test"), ensure_ascii=False) + "\n")
    commands.accept_gold(site, "first")
    checking.freeze(Site(workspace, os.environ, workspace), "first", [])
    return workspace


def findings(root: Path) -> tuple[str, ...]:
    return checking.validated(Site(root, os.environ, root)).findings


def test_a_clean_workspace_has_no_findings(clean: Path) -> None:
    assert findings(clean) == ()


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found(clean: Path, name: str) -> None:
    plant, message = DEFECTS[name]
    plant(clean)
    try:
        found = findings(clean)
    except DataError as error:
        found = (str(error),)
    assert any(re.search(message, finding) for finding in found), found


def test_findings_are_exit_code_3_and_warnings_are_not(
    clean: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(clean)
    codes = []
    for plant in (
        lambda root: None,
        _another(turns=["페트병 어떻게 버려요?"], intents=["waste"]),
        _case(intents=["wast"]),
    ):
        plant(clean)
        with pytest.raises(SystemExit) as left:
            main(["validate", "--coverage"])
        codes.append(left.value.code)
    printed = capsys.readouterr()
    assert codes == [0, 0, 3]
    assert "asks nearly what 'dev-bottle'" in printed.err
    assert "2 character         0  3" in printed.out


def test_a_label_of_a_test_case_is_not_told() -> None:
    case = a_case(split="test", rules=["cap"], required=[["염색"]], forbidden=["염"])
    told = [*unheld([case], TEXTS), *impossible([case], TEXTS)]
    assert len(told) == 2
    assert not any("염" in line for line in told)


def test_another_picture_or_place_is_another_question() -> None:
    cases = [
        a_case(id=str(index), turns=[{"text": "이거 어떻게 버려요?", **extra}], intents=[intent])
        for index, (extra, intent) in enumerate(
            [({"image": "a.png"}, "waste"), ({"image": "b.png"}, "character"), ({"location": "마포구"}, "location")]
        )
    ]
    assert conflicts(cases) == []
    assert repeats(alike(cases)) == []


def test_a_decline_that_a_rule_answers_is_told() -> None:
    declined = a_case(answerable=False, rules=["cap"], required=[["뚜껑을 닫"]])
    honest = a_case(answerable=False, rules=["none"], required=[["없어요"]])
    assert len(answered([declined, honest], {**TEXTS, "rule:none": ("그 구의 표는 제게 없어요.",)}, [])) == 1
    twin = a_case(id="d", rules=["cap"])
    assert "rule:cap answers it" in answered([], TEXTS, [(honest, twin)])[0]


def test_only_rules_that_changed_make_labels_stale() -> None:
    case = a_case(rules=["cap", "label", "new"])
    current = {**TEXTS, "rule:cap": ("새 문장.",), "rule:new": ("새 규칙.",)}
    assert ["rule:cap" in line for line in stale([case], TEXTS, current)] == [True]


def test_each_pair_of_a_case_is_counted_and_general_is_none() -> None:
    cases = [a_case(intents=["b", "a", "general"]), a_case(intents=["a"]), a_case(intents=["general"])]
    assert counts(cases) == {("a",): 2, ("b",): 1, ("a", "b"): 1}
    assert uncovered(cases, ["a", "b", "c", "general"]) == [
        "no case has these intents: c",
        "no case has these pairs of intents: a+c, b+c",
    ]
    assert table(cases, ["a", "b"]) == [["intent", "1", "2"], ["1 a", "2"], ["2 b", "1", "1"]]
    assert uncovered([a_case()], ["a", "b"]) == []


@pytest.mark.parametrize(
    ("runs", "told"),
    [(4, ""), (5, "1 of 2 cases passed all in the last 5 runs and tell nothing new: old"), (6, "1 of 2 cases")],
)
def test_a_case_that_always_passes_tells_nothing(tmp_path: Path, runs: int, told: str) -> None:
    for number in range(runs):
        verdicts = [("old", "PASS"), ("old", "N/A"), ("young", "PASS"), ("young", "FAIL" if number == 3 else "PASS")]
        rows = [{"suite": "g", "id": id_, "verdict": verdict} for id_, verdict in verdicts]
        write_rows(tmp_path / str(number) / "scores.jsonl", rows)
        (tmp_path / str(number) / "run.json").write_text(json.dumps({"started_at": f"2026-01-0{number + 1}"}))
    (tmp_path / "empty").mkdir()
    assert "".join(settled(read_outcomes(tmp_path), [("g", "old"), ("g", "young")])).startswith(told)


@given(st.lists(st.text("가나다라 ?", min_size=1, max_size=12), min_size=2, max_size=12))
def test_the_quick_join_finds_what_comparing_all_pairs_finds(questions: list[str]) -> None:
    cases = [a_case(id=str(index), turns=[question]) for index, question in enumerate(questions)]
    slow = [
        (one.id, other.id) for at, one in enumerate(cases) for other in cases[at + 1 :] if _jaccard(one, other) >= NEAR
    ]
    assert [(one.id, other.id) for one, other in alike(cases)] == slow


def _jaccard(one: Case, other: Case) -> float:
    a, b = (
        {text[at : at + 3] for at in range(max(1, len(text) - 2))} for text in map(normalised_question, (one, other))
    )
    return len(a & b) / len(a | b)
