"""Hashes that are remembered, and never longer than they hold."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from kb import files
from kb.hashes import Hashes

LATER_NS = 3_600 * 10**9


@pytest.fixture
def asked() -> list[Path]:
    return []


@pytest.fixture
def hashes(asked: list[Path]) -> Hashes:
    def counted(file: Path, inside: Path) -> str | None:
        asked.append(file)
        return files.blob_of(file, inside)

    # As if the files had been written an hour ago.
    return Hashes(counted, lambda: time.time_ns() + LATER_NS)


def test_a_file_that_nothing_touched_is_read_once(tmp_path: Path, hashes: Hashes, asked: list[Path]) -> None:
    file = tmp_path / "a.md"
    file.write_text("one")
    assert {hashes.blob_of(file, tmp_path) for _ in range(3)} == {files.blob(b"one")}
    assert len(asked) == 1


@pytest.mark.parametrize("keep_times", [False, True])
def test_an_edit_of_the_same_length_shows_even_where_its_time_is_put_back(
    tmp_path: Path, hashes: Hashes, keep_times: bool
) -> None:
    file = tmp_path / "a.md"
    file.write_text("one")
    hashes.blob_of(file, tmp_path)
    times = file.stat()
    time.sleep(0.02)
    file.write_text("two")
    if keep_times:
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert hashes.blob_of(file, tmp_path) == files.blob(b"two")


def test_a_file_that_was_just_written_is_read_again(tmp_path: Path, asked: list[Path]) -> None:
    def counted(file: Path, inside: Path) -> str | None:
        asked.append(file)
        return files.blob_of(file, inside)

    fresh, file = Hashes(counted), tmp_path / "a.md"
    file.write_text("one")
    assert [fresh.blob_of(file, tmp_path), fresh.blob_of(file, tmp_path)] == [files.blob(b"one")] * 2
    assert len(asked) == 2


def test_another_file_in_its_place_is_another_file(tmp_path: Path, hashes: Hashes) -> None:
    file, other = tmp_path / "a.md", tmp_path / "b.md"
    file.write_text("one")
    other.write_text("two")
    hashes.blob_of(file, tmp_path)
    shutil.move(other, file)
    assert hashes.blob_of(file, tmp_path) == files.blob(b"two")
    file.unlink()
    assert hashes.blob_of(file, tmp_path) is None


def test_a_link_that_leads_out_gives_no_hash(tmp_path: Path, hashes: Hashes) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out.md"
    inside.mkdir()
    outside.write_text("secret")
    (inside / "a.md").symlink_to(outside)
    assert [hashes.blob_of(inside / "a.md", inside) for _ in range(2)] == [None, None]
