"""What the wiring owes to freshness: no text that its manifest does not name, nothing taken from a damaged index."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kb import places
from kb.app import index, knowledge, open_workspace
from kb.generations import Generations
from kb.store import digest
from kb.workspace import Workspace


def current(root: Path) -> Path:
    folder = Generations(root / ".kb/default").current()
    assert folder is not None
    return folder


def test_a_file_that_changed_while_it_was_read_does_not_pass_for_fresh_when_it_is_back(
    root: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, guide = open_workspace(root, environ), root / "docs/guide.md"
    before = guide.read_text(encoding="utf-8")
    hashed = places.blobs

    def then_edited(workspace: Workspace) -> dict[str, str]:
        found = hashed(workspace)
        monkeypatch.undo()
        guide.write_text("# Guide\n\nzebra\n", encoding="utf-8")
        return found

    monkeypatch.setattr("kb.app_index.blobs", then_edited)
    index(workspace, environ)
    guide.write_text(before, encoding="utf-8")
    index(workspace, environ)
    assert knowledge(workspace, environ).search("zebra").hits == ()


def test_a_wrong_byte_is_not_handed_on_even_where_nothing_shows_that_it_was_written(
    root: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.intact._SMALL_BYTES", 0)
    workspace = open_workspace(root, environ)
    index(workspace, environ)
    before, file = digest(current(root)), current(root) / "passages.jsonl"
    times, content = file.stat(), bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    index(workspace, environ)
    assert digest(current(root)) == before


def test_a_process_notices_an_index_that_was_removed_and_made_again(root: Path, environ: dict[str, str]) -> None:
    workspace = open_workspace(root, environ)
    index(workspace, environ)
    assert knowledge(workspace, environ).search("zebra").hits == ()
    shutil.rmtree(root / ".kb")
    (root / "docs/new.md").write_text("# New\n\nzebra\n", encoding="utf-8")
    index(workspace, environ)
    assert knowledge(workspace, environ).search("zebra").hits
