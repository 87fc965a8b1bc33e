"""`kb diff-brief` and `kb remember` as commands: any bytes are read, two at once get numbers of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.app import index, open_workspace
from tests.kb.conftest import write
from tests.kb.test_briefs import FILES


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, {**FILES, "kb.toml": '[kb]\nembedder = "none"\n'})
    index(open_workspace(tmp_path, {}), {})
    return tmp_path


def command(root: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "kb", *words, "-w", str(root)]


def test_a_diff_and_notes_of_another_encoding_are_read(root: Path) -> None:
    korean = "재시도".encode("cp949")
    diff = b"--- a/app/stream.py\n+++ b/app/stream.py\n@@ -1 +1 @@\n-" + korean + b"\n+x\n"
    done = subprocess.run(command(root, "diff-brief", "--diff", "-"), input=diff, capture_output=True, check=True)
    assert b"[adr:0002]" in done.stdout
    remember = command(root, "remember", "incident", "Stopped", "--from", "-")
    done = subprocess.run(remember, input=korean + b" Error", capture_output=True, check=True)
    assert b" Error" in done.stdout


def test_two_commands_at_once_write_two_numbers(root: Path) -> None:
    titles = ("One", "Two", "Three")
    running = [subprocess.Popen(command(root, "remember", "decision", title, "--write")) for title in titles]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert sorted(file.name[:5] for file in (root / "adr").glob("*.md"))[-3:] == ["0005-", "0006-", "0007-"]
