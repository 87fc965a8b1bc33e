"""Measure speed at several sizes, beside other engines: `python -m benchmarks.speed`; `--sizes 100000` for a large one.

Each size is a workspace of decisions (benchmarks/corpora.py), indexed and searched as a user would: `kb index` and
`kb search` from the shell, then many questions in one process, with a filter by status and the freshness of each hit
checked. Beside the legs stand rank-bm25, bm25s, SQLite FTS5 and Chroma with the same terms and vectors, in the same
run, since figures of a busy machine compare only with each other.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.commands import Command, alone, kb
from benchmarks.console import say, shared_data
from benchmarks.corpora import PASSAGES_A_FILE, Texts, texts, write_workspace

if TYPE_CHECKING:
    from benchmarks.asking import Answers, Timing

SIZES = (1_000, 10_000)
QUESTIONS = 220
COLD_RUNS = 5


@dataclass(frozen=True)
class Measured:
    """Everything about one size; `cold_s` is the median of a few runs."""

    index: Command
    again: Command
    cold_s: float
    answers: Answers
    others: tuple[Timing, ...]

    @property
    def per_second(self) -> float:
        return self.answers.passages / self.index.seconds


def main(words: Sequence[str] | None = None) -> None:
    """Print a table a size, then one of how the figures grow."""
    options = _parser().parse_args(words)
    found = texts(shared_data(), QUESTIONS)
    home = Path(tempfile.mkdtemp(prefix="kb-speed-"))
    measured: list[Measured] = []
    try:
        for size in options.sizes:
            measured.append(_measure(home / str(size), size, found, options.rivals))
            _show(measured[-1], found.origin)
        _show_growth(measured)
    finally:
        if options.keep:
            say(f"kept in {home}\n")
        else:
            shutil.rmtree(home)


def _measure(root: Path, size: int, found: Texts, with_rivals: bool) -> Measured:
    # Imported here, so that the processes that run commands stay small.
    from benchmarks.asking import ask
    from benchmarks.rivals import compare

    write_workspace(root, found, max(1, round(size / PASSAGES_A_FILE)))
    where = ("--workspace", str(root))
    index = alone(kb, ("index", *where))
    with (root / "adr" / "00000.md").open("a", encoding="utf-8") as file:
        file.write("\n## Edited\n\nOne more paragraph.\n")
    again = alone(kb, ("index", *where))
    cold = [alone(kb, ("search", text, "--status", "accepted", *where)) for text in found.questions[:COLD_RUNS]]
    answers = alone(ask, root, found.questions)
    others = alone(compare, root, found.questions, with_rivals)
    return Measured(index, again, statistics.median(run.seconds for run in cold), answers, others)


def _show(measured: Measured, origin: str) -> None:
    index, answers = measured.index, measured.answers
    say(f"\n{answers.passages:,} passages, {origin}; {os.cpu_count()} cores with a load of {os.getloadavg()[0]:.1f}\n")
    say(f"  kb index         {index.seconds:8.1f} s   {index.peak_mb:,.0f} MB; {measured.per_second:,.0f} a second\n")
    say(f"  one file edited  {measured.again.seconds:8.1f} s   {measured.again.peak_mb:,.0f} MB\n")
    say(f"  kb search, cold  {measured.cold_s:8.2f} s   median of {COLD_RUNS}\n")
    say(f"  kb search, warm  {'':10}   {answers.peak_mb:,.0f} MB\n")
    say(f"  {'ms a question, accepted only':<30}{'p50':>8}{'p95':>8}{'p99':>8}  times the p50 of\n")
    p50 = {timing.name: timing.p50 for timing in (answers.timing, *measured.others)}
    for timing in (answers.timing, *measured.others):
        beside = f"{timing.p50 / p50[timing.beside]:8.1f}  {timing.beside}" if timing.beside else ""
        note = f"; {timing.note}" if timing.note else ""
        say(f"  {timing.name:<30}{timing.p50:8.2f}{timing.p95:8.2f}{timing.p99:8.2f}{beside}{note}\n")


def _show_growth(measured: Iterable[Measured]) -> None:
    heads = ("p50 ms", "p95 ms", "cold s", "index s", "passages/s", "edit s", "search MB", "index MB")
    say(f"\n{'passages':>10}" + "".join(f"{head:>12}" for head in heads) + "\n")
    for each in measured:
        timing = each.answers.timing
        say(f"{each.answers.passages:10,}{timing.p50:12.2f}{timing.p95:12.2f}{each.cold_s:12.2f}")
        say(f"{each.index.seconds:12.1f}{each.per_second:12,.0f}{each.again.seconds:12.1f}")
        say(f"{each.answers.peak_mb:12,.0f}{each.index.peak_mb:12,.0f}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="passages; default: %(default)s")
    parser.add_argument("--rivals", action=argparse.BooleanOptionalAction, default=True, help="other engines too")
    parser.add_argument("--keep", action="store_true", help="leave the workspaces there")
    return parser


if __name__ == "__main__":
    main()
