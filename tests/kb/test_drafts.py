"""`kb remember`: drafts with the next id, links to what is near, in the language of the title."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.app import draft, index, keep_draft, knowledge, open_workspace
from kb.briefs.drafts import Draft, Noted, slug
from kb.documents import KbError
from tests.kb.conftest import write
from tests.kb.test_briefs import FILES


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, FILES)
    index(open_workspace(tmp_path, {}), {})
    return tmp_path


def drafted(root: Path, noted: Noted) -> Draft:
    workspace = open_workspace(root, {})
    return draft(workspace, knowledge(workspace, {}), noted)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Push twice, at once", "push-twice-at-once"),
        ("재시도 정책", "jaesido-jeongchaek"),
        ("값을 없애다", "gapeul-eopaeda"),
        ("Redis를 나눈다", "redisreul-nanunda"),
        ("Café №5", "cafe-no5"),
        ("!!!", "untitled"),
    ],
)
def test_a_title_becomes_a_file_name(title: str, name: str) -> None:
    assert slug(title) == name


def test_a_decision_gets_the_next_number_and_links_what_binds_its_files(root: Path) -> None:
    made = drafted(root, Noted("decision", "Push twice", "2026-02-01", paths=("app/stream.py",)))
    assert made.path == "adr/0005-push-twice.md"
    assert "status: proposed" in made.text
    assert "- [adr:0002]" in made.text
    assert 'code_refs: ["app/stream.py"]' in made.text


def test_an_incident_links_the_one_that_is_alike(root: Path) -> None:
    made = drafted(root, Noted("incident", "Dry again", "2026-02-01", "ConnectionError: Too many connections"))
    assert made.path == "incidents/2026-02-dry-again.md"
    assert made.near[0] == "incident:2026-01-pool"
    assert "Too many connections" in made.text


def test_a_korean_title_gets_korean_sections(root: Path) -> None:
    assert "## 맥락과 문제" in drafted(root, Noted("decision", "둘로 나눈다", "2026-02-01")).text


@pytest.mark.parametrize("kind", ["decision", "incident"])
def test_a_draft_that_is_written_lints_clean_and_is_indexed(root: Path, kind: str) -> None:
    noted = Noted("decision" if kind == "decision" else "incident", 'A "quoted": title # x', "2026-02-01")
    workspace = open_workspace(root, {})
    made = drafted(root, noted)
    assert keep_draft(workspace, made) == []
    index(workspace, {})
    titles = {document.path: document.title for document in knowledge(workspace, {}).engine.index.documents}
    assert titles[made.path] == 'A "quoted": title # x'
    with pytest.raises(KbError, match="is there"):
        keep_draft(workspace, made)


def test_the_command_prints_unless_it_is_told_to_write(root: Path) -> None:
    command = [sys.executable, "-m", "kb", "remember", "decision", "Push twice", "-w", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("---\nid: ")
    assert not (root / "adr/0005-push-twice.md").exists()
    subprocess.run([*command, "--write"], check=True, capture_output=True)
    assert (root / "adr/0005-push-twice.md").read_text(encoding="utf-8") == done.stdout
