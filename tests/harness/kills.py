"""Kill `harness run` at random moments and continue it, in a workspace whose target notes what it is asked.

Called as a module it is the launcher: it has loaded what the command loads and forks for each call, so that a hundred
kills take minutes, not an hour. The command that is killed is a process of its own all the same.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CASES = 30
REPOSITORY = Path(__file__).resolve().parents[2]
_BOT = """
import time
def answer(request):
    with open("asked.log", "a") as log:
        log.write(f"{request['id']} {request.get('repeat', 0)}\\n")
    time.sleep(0.004)
    return {"answer": f"답 {request['id']}" * 50, "timings_ms": {"total": 4.0}}
def even(trial):
    time.sleep(0.001)
    return int(trial.case.id[-1]) % 2 == 0
"""
_CONFIG = """
[harness]
metrics = ["bot.py:even"]
concurrency = 2
[[harness.suites]]
name = "many"
cases = ["cases.jsonl"]
target = "bot.py:answer"
"""
_GATES = "gates:\n  - {metric: even, suite: many, min: 0.1}\n"
_LOADED = (
    "harness.commands", "harness.report", "harness.adapters.html", "harness.adapters.yaml_gates",
    "harness.adapters.json_schema", "harness.adapters.kb_provenance", "harness.rule_sentences", "harness.loading",
    "pandas.core.methods.to_dict",
)  # fmt: skip
Launch = tuple[float, int]
"""Seconds that a command ran and its status; a negative one is the signal that ended it."""


@dataclass
class Told:
    """What came of a number of kills."""

    kills: int = 0
    histories: int = 0
    asked_again: list[str] = field(default_factory=list)
    other_ends: list[str] = field(default_factory=list)


def killed_often(folder: Path, kills: int, seed: int) -> Told:
    """Kill and continue until so many kills were met; each history that comes to its end is compared.

    A history begins with an empty folder and ends with the first run that was quicker than its killer.
    """
    told, dice = Told(), random.Random(seed)
    with _launcher() as launch:
        whole = _workspace(folder / "whole")
        longest_s, _ = launch(whole, None)
        reference = _end(whole)
        while told.kills < kills:
            history = _workspace(folder / f"history{told.histories}")
            told.histories += 1
            while _survives(launch, history, dice.uniform(0, 1.1 * longest_s), told):
                pass
            if (end := _end(history)) != reference:
                told.other_ends.append(_difference(reference, end))
    return told


def _survives(launch: Any, folder: Path, after_s: float, told: Told) -> bool:
    """Continue a history for some time; whether it was killed. No case that had an observation may be asked."""
    finished = _finished(folder)
    (folder / "asked.log").write_text("")
    _, status = launch(folder, after_s)
    told.asked_again += sorted(set((folder / "asked.log").read_text().splitlines()) & finished)
    told.kills += status == -signal.SIGKILL
    if status not in (0, -signal.SIGKILL):
        told.other_ends.append(f"exit code {status}")
    return bool(status == -signal.SIGKILL)


def _finished(folder: Path) -> set[str]:
    """What has a whole row, newline included."""
    rows: list[str] = []
    for path in (folder / "reports" / "runs").glob("*/observations.jsonl"):
        text = path.read_text(encoding="utf-8", errors="replace")
        rows += text[: text.rfind("\n") + 1].splitlines()
    return {f"{row['id']} {row['repeat']}" for row in map(json.loads, rows)}


def _end(folder: Path) -> Any:
    summary = json.loads((folder / "reports" / "latest" / "summary.json").read_text(encoding="utf-8"))
    del summary["run"]["started_at"]
    return summary


def _difference(one: Any, other: Any) -> str:
    return "; ".join(
        f"{key}: {one[key]!r:.200} is {other.get(key)!r:.200}" for key in one if one[key] != other.get(key)
    )


def _workspace(folder: Path) -> Path:
    (folder / "datasets").mkdir(parents=True)
    (folder / "bot.py").write_text(_BOT, encoding="utf-8")
    (folder / "kb.toml").write_text(_CONFIG, encoding="utf-8")
    (folder / "datasets" / "gates.yaml").write_text(_GATES, encoding="utf-8")
    rows = [{"id": f"case-{number}", "split": "dev", "turns": ["?"], "answerable": True} for number in range(CASES)]
    (folder / "cases.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


@contextmanager
def _launcher() -> Iterator[Any]:
    environ = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.harness.kills"]
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines, answers = process.stdin, process.stdout

        def launch(folder: Path, after_s: float | None) -> Launch:
            lines.write(json.dumps([str(folder), after_s]) + "\n")
            lines.flush()
            seconds, status = json.loads(answers.readline())
            return float(seconds), int(status)

        yield launch
        lines.close()


def _serve() -> None:
    for name in _LOADED:
        importlib.import_module(name)
    from harness.app import Site
    from tests.harness.support import ExactJudge

    _help()
    Site.judge = ExactJudge()  # type: ignore[assignment]
    for line in sys.stdin:
        folder, after_s = json.loads(line)
        seconds, status = _forked(["run", "--resume", "--workspace", folder], folder, after_s)
        sys.stdout.write(json.dumps([seconds, status]) + "\n")
        sys.stdout.flush()


def _help() -> None:
    """Let the parser of the command line be made."""
    from harness import cli

    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), suppress(SystemExit):
        cli.main(["run", "--help"])


def _forked(words: Sequence[str], folder: str, after_s: float | None) -> Launch:
    started, child = time.perf_counter(), os.fork()
    if child == 0:
        _run(words, folder)
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return time.perf_counter() - started, os.waitstatus_to_exitcode(status)
        if after_s is not None and time.perf_counter() - started > after_s:
            os.kill(child, signal.SIGKILL)
            after_s = None
        time.sleep(0.001)


def _run(words: Sequence[str], folder: str) -> None:
    """Be the command; never returns."""
    from harness import cli

    os.chdir(folder)
    with open("said.log", "a") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        try:
            cli.main(words)
        except SystemExit as left:
            sys.stdout.flush()
            os._exit(int(left.code or 0))
        os._exit(70)


if __name__ == "__main__":
    _serve()
