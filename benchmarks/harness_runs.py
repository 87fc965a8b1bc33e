"""What a run of the harness costs beside target and scoring: time a case and memory, at 1,000 and 10,000 cases.

The target answers at once with a response of two kilobytes, one metric asks nothing of it, and each case is labelled,
so that all reports are drawn. Every command is a process of its own: `python -m benchmarks.harness_runs`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.commands import alone
from benchmarks.console import say

SIZES = (1_000, 10_000)
MODES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("run", ("run",)),
    ("run, nothing left to ask", ("run", "--resume")),
    ("score", ("score",)),
    ("gate", ("gate",)),
    ("run, 8 at a time", ("run", "--concurrency", "8")),
)


@dataclass(frozen=True)
class Took:
    """What a command took: by the clock, of a processor, and at most of memory."""

    seconds: float
    cpu_s: float
    peak_mb: float


_BOT = """
FILL = "x" * 2000
def answer(request):
    timings = {"total": len(request["turns"][0]) / 7}
    return {"answer": "페트병은 라벨을 떼고 내놓으세요.", "timings_ms": timings, "trace": FILL}
def free(trial):
    return int(trial.case.id[-3:]) / 1000
"""
_CONFIG = """
[harness]
metrics = ["bot.py:free"]
[[harness.suites]]
name = "many"
cases = ["cases.jsonl"]
target = "bot.py:answer"
"""
_GATES = "gates:\n  - {metric: free, suite: many, min: 0.4}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes = sorted(parser.parse_args().sizes)
    took = {size: _measured(size) for size in sizes}
    heads = [f"{size:,} cases: s | CPU s | peak MB" for size in sizes]
    say(f"| command | {' | '.join(heads)} | ms a further case | CPU ms |\n")
    say("|---|" + "---|" * (3 * len(sizes) + 2) + "\n")
    for name, _ in MODES:
        rows = [took[size][name] for size in sizes]
        cells = " | ".join(f"{row.seconds:.1f} | {row.cpu_s:.1f} | {row.peak_mb:.0f}" for row in rows)
        clock, cpu = _a_case([row.seconds for row in rows], sizes), _a_case([row.cpu_s for row in rows], sizes)
        say(f"| {name} | {cells} | {clock:.2f} | {cpu:.2f} |\n")


def _a_case(seconds: Sequence[float], sizes: Sequence[int]) -> float:
    """Milliseconds that one more case takes; starting the command is in both runs and falls out."""
    if len(sizes) == 1:
        return seconds[0] / sizes[0] * 1000
    return (seconds[-1] - seconds[0]) / (sizes[-1] - sizes[0]) * 1000


def _measured(size: int) -> dict[str, Took]:
    with TemporaryDirectory() as folder:
        write_workspace(Path(folder), size)
        return {name: alone(_harness, words, folder) for name, words in MODES}


def write_workspace(folder: Path, size: int) -> None:
    """A workspace whose only suite has so many dev cases."""
    (folder / "bot.py").write_text(_BOT, encoding="utf-8")
    (folder / "kb.toml").write_text(_CONFIG, encoding="utf-8")
    (folder / "datasets").mkdir()
    (folder / "datasets" / "gates.yaml").write_text(_GATES, encoding="utf-8")
    with (folder / "cases.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(size):
            row = {"id": f"case-{number:06}", "split": "dev", "turns": [f"페트병 {number}개는 어떻게 버려?"]}
            labels = {"answerable": True, "intents": ["waste"], "tags": ["benchmark"], "source": "benchmark"}
            stream.write(json.dumps({**row, **labels}, ensure_ascii=False) + "\n")


def _harness(words: Sequence[str], folder: str) -> Took:
    """Run `harness`; to be called `alone`, since a process starts with the peak of the one before it."""
    command = [sys.executable, "-m", "harness", *words, "--workspace", folder]
    started = time.perf_counter()
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    process = subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told = process.stderr.read().decode() if process.stderr else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, stderr=told)
    return Took(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
