from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kb.app import index, knowledge, open_workspace
from kb.cli_generations import app
from kb.documents import IndexMissing, KbError
from kb.generations import Generations
from kb.store import digest

FILES = ("manifest.json", "documents.json", "passages.jsonl", "passage_ends.npy", "document_starts.npy", "terms.txt",
         "term_ends.npy", "posting_starts.npy", "posting_numbers.npy", "posting_counts.npy", "posting_lengths.npy",
         "checksums.json")  # fmt: skip


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-3])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) * 2 // 3] ^= 0x04
    file.write_bytes(content)


def removed(file: Path) -> None:
    file.unlink()


def published(home: Path, *texts: str) -> Generations:
    generations = Generations(home)
    left = list(texts)

    def written(folder: Path) -> None:
        (folder / "a").write_text(left.pop(0), encoding="utf-8")

    for _ in texts:
        with generations.writer():
            generations.publish(written)
    return generations


def edited(root: Path, environ: dict[str, str], text: str) -> Generations:
    (root / "docs/new.md").write_text(f"# New\n\n{text}\n", encoding="utf-8")
    index(open_workspace(root, environ), environ)
    return Generations(root / ".kb/default")


def current(generations: Generations) -> Path:
    folder = generations.current()
    assert folder is not None
    return folder


@pytest.mark.parametrize("harm", [cut, emptied, flipped, removed], ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_is_one_line_with_the_cure_and_the_next_build_mends_it(
    root: Path, environ: dict[str, str], file: str, harm: Callable[[Path], None]
) -> None:
    workspace = open_workspace(root, environ)
    index(workspace, environ)
    whole = digest(current(Generations(root / ".kb/default")))
    harm(current(Generations(root / ".kb/default")) / file)
    with pytest.raises(IndexMissing, match=r"^[^\n]* is damaged [^\n]*; run `kb index`$"):
        knowledge(workspace, environ)
    index(workspace, environ)
    assert digest(current(Generations(root / ".kb/default"))) == whole
    assert knowledge(workspace, environ).search("gateway").hits


def test_a_large_file_that_was_written_to_is_noticed_and_one_that_was_not_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kb import intact

    (tmp_path / "large").write_bytes(bytes(intact._SMALL_BYTES + 1))
    intact.seal(tmp_path)
    monkeypatch.setattr("kb.intact._hash", lambda file: pytest.fail(f"{file.name} was read"))
    intact.check(tmp_path)
    monkeypatch.undo()
    shutil.copy(tmp_path / "large", tmp_path / "copy")
    (tmp_path / "copy").rename(tmp_path / "large")
    intact.check(tmp_path)
    flipped(tmp_path / "large")
    with pytest.raises(ValueError, match="large was changed"):
        intact.check(tmp_path)


def test_a_missing_matrix_is_damage_and_not_an_index_without_vectors(root: Path, environ: dict[str, str]) -> None:
    (root / "kb.toml").write_text("[kb]\n", encoding="utf-8")
    folder = current(edited(root, environ, "zebra"))
    (folder / "vectors.npy").unlink()
    with pytest.raises(IndexMissing, match=r"no vectors.npy.*run `kb index`"):
        knowledge(open_workspace(root, environ), environ)


@pytest.mark.parametrize("pointer", [b"", b"\xff\xfe", b"../../etc", b"000009\n", "²²²²²²".encode(), b"000001.tmp"])
def test_a_pointer_to_nothing_is_no_index_and_the_next_build_mends_it(tmp_path: Path, pointer: bytes) -> None:
    generations = published(tmp_path, "a", "b")
    (tmp_path / "current").write_bytes(pointer)
    assert generations.current() is None
    assert generations.read(lambda folder: folder) is None
    assert published(tmp_path, "c").read(lambda folder: (folder / "a").read_text(encoding="utf-8")) == "c"


def test_a_reader_between_pointer_and_folder_sees_the_next_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generations = published(tmp_path, "a")
    pointed = Generations._pointed
    seen: list[str | None] = []

    def slow(self: Generations) -> str | None:
        seen.append(pointed(self))
        if len(seen) == 1:
            monkeypatch.undo()
            published(tmp_path, "b", "c", "d")
        return seen[-1] if len(seen) == 1 else pointed(self)

    monkeypatch.setattr(Generations, "_pointed", slow)
    assert generations.current() == tmp_path / "generations/000004"


def test_names_go_on_beyond_six_digits(tmp_path: Path) -> None:
    published(tmp_path, "a")
    (tmp_path / "generations/000001").rename(tmp_path / "generations/999999")
    (tmp_path / "current").write_text("999999\n", encoding="ascii")
    generations = published(tmp_path, "b", "c")
    assert generations.names() == ["1000000", "1000001"]
    assert current(generations).name == "1000001"


def test_a_name_is_never_given_twice(tmp_path: Path) -> None:
    generations = published(tmp_path, "a", "b")
    with generations.writer():
        generations.rollback()
        assert generations.prune(1) == ["000002"]
    assert current(published(tmp_path, "c")).name == "000003"


def test_what_was_current_outlives_what_was_never_published(tmp_path: Path) -> None:
    generations = published(tmp_path, "a")
    shutil.copytree(tmp_path / "generations/000001", tmp_path / "generations/000002")
    published(tmp_path, "c")
    assert generations.names() == ["000001", "000003"]


def test_a_build_that_cannot_be_written_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    generations = published(tmp_path, "a")

    def full(folder: Path) -> None:
        (folder / "a").write_text("half", encoding="utf-8")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with generations.writer(), pytest.raises(KbError, match=r"cannot be written \(No space left on device\)"):
        generations.publish(full)
    assert [path.name for path in (tmp_path / "generations").iterdir()] == ["000001"]


def test_a_file_where_the_index_should_be_is_one_line(root: Path, environ: dict[str, str]) -> None:
    (root / ".kb").write_text("", encoding="utf-8")
    with pytest.raises(KbError, match="the index cannot be written"):
        index(open_workspace(root, environ), environ)
    with pytest.raises(IndexMissing, match="run `kb index"):
        knowledge(open_workspace(root, environ), environ)


def test_all_is_on_disk_before_the_pointer_moves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    moved: list[tuple[str, list[str]]] = []
    fsync, replace, rename = os.fsync, os.replace, os.rename

    def note(handle: int) -> None:
        synced.append(os.path.relpath(os.readlink(f"/proc/self/fd/{handle}"), tmp_path))
        fsync(handle)

    def noting(move: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
        def noted(old: Path, new: Path) -> None:
            moved.append((Path(new).name, list(synced)))
            move(old, new)

        return noted

    monkeypatch.setattr("os.fsync", note)
    monkeypatch.setattr("os.replace", noting(replace))
    monkeypatch.setattr("os.rename", noting(rename))
    home = tmp_path / "workspace/.kb/default"

    def write(folder: Path) -> None:
        (folder / "inner").mkdir()
        (folder / "inner/a").touch()

    with Generations(home).writer():
        Generations(home).publish(write)
    before = dict(moved)
    aside = "workspace/.kb/default/generations/000001.tmp"
    assert {".", "workspace", "workspace/.kb", "workspace/.kb/default"} <= set(before[".gitignore"])
    assert {aside, f"{aside}/inner", f"{aside}/inner/a"} <= set(before["000001"])
    assert before["current"][-2:] == ["workspace/.kb/default/generations", "workspace/.kb/default/current.tmp"]
    assert synced[-1] == "workspace/.kb/default"


def test_a_reader_keeps_what_it_opened_through_pruning_and_rollback(root: Path, environ: dict[str, str]) -> None:
    edited(root, environ, "zebra one")
    opened = knowledge(open_workspace(root, environ), environ)
    generations = edited(root, environ, "zebra two")
    with generations.writer():
        generations.rollback()
        generations.prune(1)
    newest = edited(root, environ, "zebra three")
    with newest.writer():
        newest.prune(1)
    assert opened.search("zebra").hits[0].passage.text == "# New\n\nzebra one"
    assert knowledge(open_workspace(root, environ), environ).search("zebra").hits[0].passage.text.endswith("three")


def test_after_a_rollback_the_next_build_goes_by_the_files(root: Path, environ: dict[str, str]) -> None:
    edited(root, environ, "zebra one")
    generations = edited(root, environ, "zebra two")
    newest = digest(current(generations))
    with generations.writer():
        generations.rollback()
    workspace = open_workspace(root, environ)
    assert knowledge(workspace, environ).search("zebra").hits[0].passage.text.endswith("one")
    index(workspace, environ)
    assert digest(current(generations)) == newest


@pytest.fixture
def command(root: Path, environ: dict[str, str]) -> Callable[..., tuple[int, str]]:
    """`kb generations …` of the workspace, without the process around it."""

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, [*words, "--workspace", str(root)], env=environ)
        return done.exit_code, str(done.exception) if isinstance(done.exception, KbError) else done.stdout

    return run


def test_the_command_lists_goes_back_and_prunes(
    root: Path, environ: dict[str, str], command: Callable[..., tuple[int, str]]
) -> None:
    edited(root, environ, "one")
    edited(root, environ, "two")
    rows = json.loads(command("list", "--json", "--verify")[1])
    assert [(row["name"], row["current"], row["intact"]) for row in rows] == [
        ("000001", False, True),
        ("000002", True, True),
    ]
    assert command("rollback")[1].startswith("000001 is current")
    assert command("rollback", "2")[1].startswith("000002 is current")
    assert command("prune", "--keep", "1")[1] == "removed 000001; 000002 stay\n"
    assert command("list")[1].startswith("* 000002 ")


def test_the_command_says_what_cannot_be_done(
    root: Path, environ: dict[str, str], command: Callable[..., tuple[int, str]]
) -> None:
    assert "has no index yet; run `kb index`" in command("rollback")[1]
    assert not (root / ".kb").exists()
    edited(root, environ, "one")
    assert "no generation is older than 000001" in command("rollback")[1]
    assert "no generation '7'; known are 000001" in command("rollback", "7")[1]


def test_the_command_refuses_to_go_back_to_a_damaged_generation(
    root: Path, environ: dict[str, str], command: Callable[..., tuple[int, str]]
) -> None:
    edited(root, environ, "one")
    generations = edited(root, environ, "two")
    flipped(generations.folder("000001") / "passages.jsonl")
    assert "000001 is damaged (passages.jsonl was changed" in command("rollback")[1]
    assert current(generations).name == "000002"
    code, listed = command("list", "--verify")
    assert (code, "is damaged" in listed) == (1, True)
