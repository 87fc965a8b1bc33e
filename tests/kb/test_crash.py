"""`kill -9` at every write of a build: a reader finds the old index or the new, whole, and the next build heals."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kb.app import index, knowledge, open_workspace
from kb.documents import IndexMissing
from kb.generations import KEPT, Generations
from kb.store import digest, load
from tests.kb.crash_points import Builds

NEW = "docs/new.md"


def home(root: Path) -> Path:
    return root / ".kb" / "default"


def published(root: Path) -> str | None:
    """The digest of what a reader opens, every byte checked."""

    def whole(folder: Path) -> str:
        load(folder, whole=True)
        return digest(folder)

    return Generations(home(root)).read(whole)


def edited(root: Path) -> None:
    (root / "docs/guide.md").write_text("# Guide\n\nThe zebra deploys the gateway.\n", encoding="utf-8")
    (root / NEW).write_text("# New\n\nzebra\n", encoding="utf-8")
    (root / "adr/0002-kafka.md").unlink()


def clean_digest(root: Path, environ: dict[str, str], scratch: Path) -> str:
    copy = scratch / "clean"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".kb"))
    index(open_workspace(copy, environ), environ)
    found = published(copy)
    assert found is not None
    return found


def leftovers(root: Path) -> list[str]:
    names = Generations(home(root)).names()
    return [path.name for path in home(root).rglob("*.tmp")] + names[KEPT:]


@pytest.mark.parametrize("is_first", [True, False], ids=["nothing-was-there", "over-older-generations"])
def test_a_build_killed_at_any_write_leaves_the_old_or_the_new_and_is_healed(
    root: Path, environ: dict[str, str], tmp_path: Path, is_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.generations._sync", lambda path: None)
    for folder in ("kb", "skills", "incidents", "datasets", "tests"):
        shutil.rmtree(root / folder)  # what is written does not depend on how much is read
    template = tmp_path / "template"
    if not is_first:
        for number in range(KEPT):
            (root / "docs/old.md").write_text(f"# Old {number}\n", encoding="utf-8")
            index(open_workspace(root, environ), environ)
    before = published(root)
    edited(root)
    root.rename(template)
    after = clean_digest(template, environ, tmp_path)
    seen, point, was_killed = set(), 0, True
    with Builds() as builds:
        while was_killed:
            point += 1
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(template, root)
            was_killed = builds.killed_at(point, root, environ)
            found = published(root)
            assert found in {before, after}, f"torn after write {point}"
            _can_be_gone_back_to(Generations(home(root)))
            _reads_or_names_the_command(root, environ, found)
            index(open_workspace(root, environ), environ)
            assert (published(root), leftovers(root)) == (after, []), f"not healed after write {point}"
            assert (home(root) / ".gitignore").read_text(encoding="ascii") == "*\n"
            seen.add(found)
    assert seen == {before, after}
    assert point > 40


def _can_be_gone_back_to(generations: Generations) -> None:
    """Whatever carries a generation's name is whole, be it published, not yet, or about to be removed."""
    for name in generations.names():
        load(generations.folder(name), whole=True)


def _reads_or_names_the_command(root: Path, environ: dict[str, str], found: str | None) -> None:
    workspace = open_workspace(root, environ)
    if found is None:
        with pytest.raises(IndexMissing, match="run `kb index"):
            knowledge(workspace, environ)
    else:
        assert knowledge(workspace, environ).search("gateway").hits[0].passage.path == "docs/guide.md"


def test_a_build_killed_while_chroma_is_written_is_healed(root: Path, environ: dict[str, str], tmp_path: Path) -> None:
    (root / "kb.toml").write_text('[kb]\nvectors = "chroma"\n', encoding="utf-8")
    workspace = open_workspace(root, environ)
    index(workspace, environ)
    before = published(root)
    edited(root)
    with Builds() as builds:
        for point in range(1, 5):
            assert builds.killed_at(-point, root, environ)
            assert published(root) == before
    assert knowledge(workspace, environ).search("gateway").hits[0].vector is not None
    index(workspace, environ)
    assert (published(root), leftovers(root)) == (clean_digest(root, environ, tmp_path), [])
    assert "zebra" in knowledge(workspace, environ).search("zebra").hits[0].passage.text
