from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from harness.cases import HarnessError
from harness.config import Profile
from harness.jsonl import pretty, write_text
from harness.profiles import Place, command, execute, install_line, missing, run_profile, table

FIGURES = [
    {"suite": "golden", "metric": "intent_f1", "split": "", "slice": "", "value": 0.9},
    {"suite": "golden", "metric": "intent_f1", "split": "dev", "slice": "", "value": 0.1},
    {"suite": "golden", "metric": "latency_p50_ms", "split": "", "slice": "node:total", "value": 12.0},
    {"suite": "onboarding", "metric": "latency_p50_ms", "split": "", "slice": "node:total", "value": 3.0},
    {"suite": "onboarding", "metric": "recall_at_5", "split": "", "slice": "", "value": None},
]


class Commands:
    """Remembers what was to be executed; the last word of `fails` makes a command fail."""

    def __init__(self, out: Path, fails: str = "") -> None:
        self.seen: list[tuple[Sequence[str], Mapping[str, str]]] = []
        self._out, self._fails = out, fails

    def __call__(self, words: Sequence[str], environ: Mapping[str, str]) -> None:
        self.seen.append((words, environ))
        if self._fails and self._fails in words:
            raise HarnessError("`kb index` ended with 3: no space left")
        write_text(self._out / "summary.json", pretty({"figures": FIGURES}))


def _row(profile: Profile, tmp_path: Path, fails: str = "") -> tuple[Any, Commands]:
    commands = Commands(tmp_path, fails)
    seconds = count()
    place = Place(tmp_path, tmp_path, {"A": "1", "B": "2"})
    row = run_profile(profile, place, commands, lambda: float(next(seconds)))
    return row, commands


def test_a_profile_prepares_and_runs_in_processes_of_its_own_environment(tmp_path: Path) -> None:
    row, commands = _row(Profile("card", {"B": "3"}, "kb index --x"), tmp_path)
    assert [words[1:4] for words, _ in commands.seen] == [["-m", "kb", "index"], ["-m", "harness", "run"]]
    assert commands.seen[0][1] == {"A": "1", "B": "3"}
    assert (row.index_s, row.quality, row.times) == (1.0, {"intent_f1": 0.9}, {"turn_ms": 12.0, "search_ms": 3.0})


def test_what_is_not_installed_is_not_applicable_with_the_line_that_installs_it(tmp_path: Path) -> None:
    row, commands = _row(Profile("card", requires=("json", "no_such_module_x")), tmp_path)
    assert (row.standing, commands.seen) == ("N/A", [])
    assert "no_such_module_x; pip install eco2-agent-kb" in row.reason
    assert missing(Profile("p", requires=("json",))) == []
    assert install_line(["ragas", "torch"]) == "pip install 'eco2-agent-kb[dense,eval]'"


def test_a_profile_that_fails_says_its_last_words_and_the_table_stands(tmp_path: Path) -> None:
    failed, _ = _row(Profile("card"), tmp_path, fails="index")
    ran, _ = _row(Profile("default"), tmp_path)
    head, one, two = table([ran, failed])
    assert head == ["profile", "intent_f1", "index_s", "turn_p50_ms", "search_p50_ms"]
    assert one == ["default", "0.900", "1.0", "12.0", "3.0"]
    assert two == ["card", "failed: `kb index` ended with 3: no space left"]


def test_a_run_that_is_there_is_not_run_again(tmp_path: Path) -> None:
    commands = Commands(tmp_path)
    row = run_profile(Profile("default"), Place(tmp_path, tmp_path, {}, is_run=True), commands, lambda: 0.0)
    assert [words[2:4] for words, _ in commands.seen] == [["kb", "index"]]
    assert row.quality == {"intent_f1": 0.9}


def test_our_commands_are_called_by_this_interpreter_and_others_as_they_are() -> None:
    assert command("kb index") == [sys.executable, "-m", "kb", "index"]
    assert command("make 'my index'") == ["make", "my index"]


def test_a_command_that_fails_raises_with_its_last_line() -> None:
    with pytest.raises(HarnessError, match="ended with 4: bad"):
        execute([sys.executable, "-c", "import sys; print('bad', file=sys.stderr); sys.exit(4)"], {})
    with pytest.raises(HarnessError, match="no-such-program"):
        execute(["no-such-program"], {})
