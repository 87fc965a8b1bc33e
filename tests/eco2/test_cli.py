"""`eco2 ask` and `eco2 chat` from outside: output, order, errors of one line, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def _eco2(
    *arguments: str, repository: Path, world: str = "recorded", typed: str = ""
) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "KB_WORKSPACE": str(repository), "ECO2_WORLD": world, "PYTHONPATH": str(repository)}
    command = [sys.executable, "-m", "eco2", *arguments]
    return subprocess.run(command, capture_output=True, text=True, input=typed, env=environ, check=False, timeout=120)


def test_a_question_is_answered(repository: Path) -> None:
    done = _eco2("ask", "캔 어떻게 버려?", repository=repository)
    assert done.returncode == 0
    assert "[rule:dispose-metal]" in done.stdout


def test_json_is_one_line(repository: Path) -> None:
    done = _eco2("ask", "날씨 어때?", "--json", "--location", "37.498,127.028", repository=repository)
    assert json.loads(done.stdout)["intents"] == ["weather"]
    assert done.stdout.count("\n") == 1


def test_a_file_is_answered_in_order_and_a_bad_row_does_not_stop_it(repository: Path, tmp_path: Path) -> None:
    rows = [
        '{"id": "a", "turns": ["캔?"]}',
        "{",
        '{"id": "b", "turns": []}',
        "[]",
        '{"id": "c", "turns": ["캔?", "시세는?"]}',
    ]
    path = tmp_path / "queries.jsonl"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = _eco2("ask", "--queries", str(path), repository=repository)
    answered = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in answered] == ["a", None, "b", None, "c"]
    assert ["error" in row for row in answered] == [False, True, True, True, False]
    assert done.returncode == 0


def test_a_conversation_goes_line_by_line(repository: Path) -> None:
    done = _eco2("chat", repository=repository, typed="페트병 어떻게 버려?\n그럼 뚜껑은?\n\n")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1].endswith("[rule:dispose-pet-bottle-cap]")


@pytest.mark.parametrize(
    ("arguments", "world"),
    [
        (["ask"], "recorded"),
        (["ask", "캔?", "--queries", "x.jsonl"], "recorded"),
        (["ask", "--queries", "nowhere.jsonl"], "recorded"),
        (["ask", "캔?", "--workspace", "nowhere"], "recorded"),
        (["ask", "캔?"], "real"),
        (["frobnicate"], "recorded"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_3(repository: Path, arguments: list[str], world: str) -> None:
    done = _eco2(*arguments, repository=repository, world=world)
    assert done.returncode == 3
    assert done.stderr.startswith("eco2: ")
    assert done.stderr.count("\n") == 1


def test_the_command_line_starts_without_the_graph(repository: Path) -> None:
    heavy = ("langgraph", "numpy", "yaml", "rapidfuzz")
    code = f"import sys, eco2.cli; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=repository)
    assert done.stdout.strip() == "[]"
