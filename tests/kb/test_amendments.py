"""A decision that changes a section of another: found where that section is asked about, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import app
from kb.amendments import sections
from kb.documents import Passage
from kb.knowledge import Knowledge

OLD = """---
id: "0001"
status: accepted
date: 2026-01-01
{links}---
# Evaluate after the answer

## Timing
The judge runs after the answer has left, so nobody waits for it.

## When the judge fails
A failed judge gives grade B with sixty-five points.
"""
NEW = """---
id: "0002"
status: {status}
date: 2026-02-01
{links}---
# Verdicts have three values

## Decision
When the judge fails, no points and no grade are given; the verdict is unmeasured.
"""
AMENDS = 'amends:\n  - {id: "0001", section: "When the judge fails"}\n'
AMENDED = 'amended_by:\n  - {id: "0002", section: "When the judge fails"}\n'
BOTH = "which points and grade are given when the judge fails?"


def opened(root: Path, environ: dict[str, str], old: str, new: str, status: str = "accepted") -> Knowledge:
    (root / "adr").mkdir(exist_ok=True)
    (root / "kb.toml").write_text('[kb]\nsources = ["adr"]\n', encoding="utf-8")
    (root / "adr" / "0001-evaluate.md").write_text(OLD.format(links=old), encoding="utf-8")
    (root / "adr" / "0002-verdicts.md").write_text(NEW.format(links=new, status=status), encoding="utf-8")
    workspace = app.open_workspace(root, environ)
    app.index(workspace, environ)
    return app.knowledge(workspace, environ)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    root = tmp_path / "bare"
    root.mkdir()
    return root


@pytest.mark.parametrize(("old", "new"), [("", AMENDS), (AMENDED, ""), (AMENDED, AMENDS)], ids=["new", "old", "both"])
def test_the_amender_stands_before_the_section_it_changes_whichever_end_says_so(
    bare: Path, environ: dict[str, str], old: str, new: str
) -> None:
    hits = opened(bare, environ, old, new).search(BOTH).hits
    assert [hit.passage.doc_id for hit in hits] == ["adr:0002", "adr:0001"]
    assert [(link.id, link.section) for link in hits[1].amended_by] == [("adr:0002", "When the judge fails")]


def test_the_rest_of_an_amended_decision_is_found_as_before(bare: Path, environ: dict[str, str]) -> None:
    hits = opened(bare, environ, AMENDED, AMENDS).search("does anybody wait for the judge? timing").hits
    assert hits[0].passage.doc_id == "adr:0001"


def test_an_amender_that_has_nothing_to_say_to_the_question_takes_no_place(bare: Path, environ: dict[str, str]) -> None:
    hits = opened(bare, environ, AMENDED, AMENDS).search("grade B with sixty-five points").hits
    assert hits[0].passage.doc_id == "adr:0001"
    assert hits[0].amended_by


def test_who_asks_for_the_decision_by_name_gets_it(bare: Path, environ: dict[str, str]) -> None:
    hits = opened(bare, environ, AMENDED, AMENDS).search("adr:0001 failed judge grade B points").hits
    assert hits[0].passage.doc_id == "adr:0001"


def test_before_its_day_an_amendment_changes_nothing(bare: Path, environ: dict[str, str]) -> None:
    knowledge = opened(bare, environ, AMENDED, AMENDS)
    hits = knowledge.search(BOTH, as_of="2026-01-15").hits
    assert [hit.passage.doc_id for hit in hits] == ["adr:0001"]


def test_a_proposed_decision_changes_nothing_yet(bare: Path, environ: dict[str, str]) -> None:
    hits = opened(bare, environ, "", AMENDS, status="proposed").search(BOTH).hits
    assert {hit.passage.doc_id: hit.amended_by for hit in hits} == {"adr:0001": (), "adr:0002": ()}


def test_a_passage_falls_into_its_sections_without_losing_a_character() -> None:
    text = "Before.\n## One\nFirst.\n### Two #\nSecond.\n"
    passage = Passage("x", "x.md", 1, 5, "adr", "T", "Top", text)
    found = sections(passage)
    assert [name for name, _ in found] == ["Top", "Top > One", "Top > Two"]
    assert "".join(part for _, part in found) == text
