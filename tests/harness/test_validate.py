from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness import checking, commands
from harness import validate as checks
from harness.app import Site
from harness.cases import Case, DataError
from harness.frozen import broken, read_seals, seal
from harness.gold import Gold, drift, gold_from
from harness.jsonl import read_rows
from harness.validation.likeness import alike, leaks
from harness.validation.telling import given_away
from tests.harness.support import CASES, TEST_CASES, a_case, full, write_config, write_rows


def _words(cases: list[Case]) -> list[str]:
    return checks.unknown_words(cases, ["waste"], ["scan"])


def _ids(cases: list[Case]) -> list[str]:
    return checks.unresolved(cases, lambda id_: False)


def _paths(cases: list[Case]) -> list[str]:
    return checks.lost_paths(cases, lambda path: False)


@pytest.mark.parametrize(
    ("check", "labels", "message"),
    [
        (_words, {"intents": ["wast"]}, "intent 'wast' is unknown"),
        (_words, {"agents": ["scam"]}, "agent 'scam' is unknown"),
        (_words, {"sub_queries": [{"text": "a", "intents": ["x"]}]}, "intent 'x' is unknown"),
        (checks.broken_expressions, {"required": [["(닫"]]}, "does not compile"),
        (checks.broken_expressions, {"forbidden": ["a*"]}, "matches the empty text"),
        (checks.contradictions, {"query": "q", "relevant": ["a.md"], "answerable": False}, "not answerable, yet"),
        (checks.contradictions, {"query": "q", "relevant": []}, "names no document"),
        (checks.contradictions, {"query": "q", "relevant": ["a.md"], "not_first": ["a.md"]}, "both relevant and"),
        (_ids, {"rules": ["gone"]}, "'rule:gone' does not exist"),
        (_paths, {"query": "q", "relevant": ["a.md"]}, "no file 'a.md'"),
    ],
)  # fmt: skip
def test_each_check_names_file_line_and_value(
    check: Callable[[list[Any]], list[str]], labels: dict[str, Any], message: str
) -> None:
    (finding,) = check([a_case(**labels)])
    assert finding.startswith("cases.jsonl:1: ")
    assert message in finding


def test_an_id_may_stand_once_over_all_suites() -> None:
    assert len(checks.duplicate_ids([a_case(), a_case(), a_case(id="d")])) == 1


@pytest.mark.parametrize(
    ("dev", "leaks_it"),
    [
        ("다 쓴 건전지는 어디에 버려요?", True),
        ("다쓴 건전지는, 어디에 버려요", True),
        ("다 쓴 형광등은 어디에 버려요?", False),
        ("건전지", False),
    ],
)
def test_a_test_question_that_dev_asks_too_is_a_leak(dev: str, leaks_it: bool) -> None:
    cases = [a_case(turns=[dev]), a_case(id="t", split="test", turns=["다 쓴 건전지는 어디에 버려요?"])]
    assert bool(leaks(cases, alike(cases))) == leaks_it


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("예: “다 쓴 건전지는 어디에 버리면 되나요?”", 1),
        ("# 예\n\n다 쓴 건전지는 어디에\n버리면 되나요", 3),
        ("하나\n둘\n다 쓴 건전지는 어디에 버리면 되나 궁금하면", 3),
        ("건전지", 0),
        ("다 쓴 형광등은 어디에 버리면 되나요?", 0),
    ],
    ids=["word for word", "over two lines", "nearly", "a word", "another thing"],
)
def test_a_test_question_in_a_skill_is_found_and_not_told(text: str, line: int) -> None:
    case = a_case(split="test", turns=["다 쓴 건전지는 어디에 버리면 되나요?"])
    found = given_away([("skills/a/SKILL.md", text)], [case])
    assert [finding.split(": ")[0] for finding in found] == ([f"skills/a/SKILL.md:{line}"] if line else [])
    assert not any("건전지" in finding for finding in found)


def _findings(workspace: Path) -> tuple[str, ...]:
    return checking.validated(Site(workspace, os.environ, workspace)).findings


def test_rows_that_break_their_schema_are_all_named(site: Site, workspace: Path) -> None:
    rows = [full(row, "dev") for row in CASES]
    write_rows(workspace / "datasets" / "golden-dev.jsonl", [{**rows[0], "split": "x"}, rows[1], {"id": 1}])
    found = [finding for finding in _findings(workspace) if "golden-dev" in finding]
    assert [finding.split(": ")[0] for finding in found] == [
        "datasets/golden-dev.jsonl:1",
        "datasets/golden-dev.jsonl:3",
    ]


def test_a_gate_on_an_unknown_metric_or_suite_is_named_with_its_line(site: Site, workspace: Path) -> None:
    text = "gates:\n  - {metric: f7, suite: golden, min: 1}\n  - {metric: mrr, suite: searches, min: 1}\n"
    (workspace / "datasets" / "gates.yaml").write_text(text, encoding="utf-8")
    found = _findings(workspace)
    assert any("gates.yaml:2: metric 'f7'" in finding for finding in found)
    assert any("gates.yaml:3: suite 'searches'" in finding for finding in found)


def test_unfrozen_and_changed_test_files_are_findings(site: Site, workspace: Path) -> None:
    assert any("is not frozen" in finding for finding in _findings(workspace))
    assert checking.freeze(site, "first", []) == ["datasets/golden-test.jsonl"]
    assert _findings(workspace) == ()
    write_rows(workspace / "datasets" / "golden-test.jsonl", [full(row, "test") for row in TEST_CASES[:1]])
    assert any("frozen (first) and changed since" in finding for finding in _findings(workspace))
    (workspace / "datasets" / "golden-test.jsonl").unlink()
    assert broken(read_seals(workspace / "datasets" / "FROZEN", "FROZEN"), workspace)[0].count("is gone") == 1


def test_a_new_seal_keeps_the_reasons_of_unchanged_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("1")
    seal(tmp_path / "FROZEN", tmp_path, ["a", "b"], "first", "FROZEN")
    (tmp_path / "b").write_text("2")
    assert seal(tmp_path / "FROZEN", tmp_path, ["a", "b"], "second", "FROZEN") == ["b"]
    assert {path: one.reason for path, one in read_seals(tmp_path / "FROZEN", "F").items()} == {
        "a": "first",
        "b": "second",
    }


def test_a_line_that_is_no_seal_is_a_data_error(tmp_path: Path) -> None:
    (tmp_path / "FROZEN").write_text("# mine\n\nabc  file\n")
    with pytest.raises(DataError, match="FROZEN:3"):
        read_seals(tmp_path / "FROZEN", "FROZEN")


def test_accepting_the_truth_writes_every_sentence_of_every_rule(site: Site, workspace: Path) -> None:
    path, changes = commands.accept_gold(site, "first")
    rows = {row["id"]: row["text"] for _, row in read_rows(workspace / path)}
    assert (path, changes) == ("datasets/gold/rules.jsonl", "4 rules; first snapshot")
    assert "페트병의 수도권 시세는 1kg에 1,400원이에요." in str(rows["rule:price-pet"])
    assert len(rows) == 4


def test_a_changed_rule_is_a_warning_until_it_is_accepted(site: Site, workspace: Path) -> None:
    commands.accept_gold(site, "first")
    rules = workspace / "rules" / "waste.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("350원", "360원"), encoding="utf-8")
    again = Site(workspace, os.environ, workspace)
    assert "changed: rule:price-pet" in checking.validated(again).warnings[0]
    assert "rule:price-pet changed since 'dev-price' was labelled" in "".join(checking.validated(again).findings)
    assert "changed: rule:price-pet" in commands.accept_gold(again, "new survey")[1]
    mended = checking.validated(Site(workspace, os.environ, workspace))
    assert not any("price-pet" in line for line in (*mended.findings, *mended.warnings))


def test_drift_tells_changed_new_and_gone_rules_and_leaves_the_world_alone() -> None:
    then = gold_from([{"id": "a", "text": ["1"]}, {"id": "b", "text": "2"}, {"id": "world:x", "text": ["3"]}])
    found = drift(then, {"rule:a": ("9",), "rule:c": ("3",)})
    assert (found.changed, found.added, found.removed, found.count) == (("rule:a",), ("rule:c",), ("rule:b",), 3)
    assert str(found) == "changed: rule:a; not accepted yet: rule:c; gone: rule:b"


def test_the_nearest_sentences_share_most_letter_pairs() -> None:
    gold = Gold({"rule:a": ("형광등은 수거함에 넣어요.",), "rule:b": ("페트병 뚜껑을 닫아요.", "Close the cap.")})
    assert gold.nearest("페트병은 뚜껑을 닫아서 버려요", 1) == [("rule:b", "페트병 뚜껑을 닫아요.")]
    assert gold.nearest("", 3) == []


def test_an_unknown_config_key_is_named(site: Site, workspace: Path) -> None:
    write_config(workspace, "answer")
    config = workspace / "kb.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("timeout_s", "timeout"), encoding="utf-8")
    with pytest.raises(Exception, match="'timeout' is unknown"):
        _findings(workspace)
