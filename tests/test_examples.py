"""What the README shows is run: the foreign bot, the demonstration, and every command that it names."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest


def run(repository: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], cwd=repository, capture_output=True, text=True, check=False)


def test_the_foreign_bot_is_scored_without_touching_our_code(repository: Path, tmp_path: Path) -> None:
    target = ("--cases", "examples/foreign_bot.jsonl", "--target", "examples/foreign_bot.py:answer")
    assert run(repository, "harness", "run", *target, "--out", str(tmp_path)).returncode == 0
    scores = [json.loads(line) for line in (tmp_path / "scores.jsonl").read_text(encoding="utf-8").splitlines()]
    failed = {score["id"] for score in scores if score["metric"] == "forbidden_claims" and score["verdict"] == "FAIL"}
    assert failed == {"bot-3"}


def test_the_foreign_bot_has_about_twenty_lines(repository: Path) -> None:
    assert len((repository / "examples" / "foreign_bot.py").read_text(encoding="utf-8").splitlines()) <= 20


def test_every_answer_of_the_demonstration_turns_red(repository: Path) -> None:
    assert "4 of 4 answers that passed are wrong" in run(repository, "harness", "demo").stdout


@pytest.mark.parametrize(
    "page", ["README.md", "README.ko.md", "CONTRIBUTING.md", "docs/development.md", "examples/README.md"]
)
def test_every_command_that_a_page_names_exists(repository: Path, page: str) -> None:
    text = (repository / page).read_text(encoding="utf-8")
    named = set(
        re.findall(r"(?:^|[`(]|&& )(kb|eco2|harness) ([a-z]+(?: (?:accept|train|fetch|score))?)", text, re.MULTILINE)
    )
    unknown = [
        f"{room} {verb}" for room, verb in sorted(named) if run(repository, room, *verb.split(), "--help").returncode
    ]
    assert unknown == []
