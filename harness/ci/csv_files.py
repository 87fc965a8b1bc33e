"""Figures and scores as CSV for spreadsheets, written row by row. Of the test split scores are counted, not listed."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.cases import Figure, Score

FIGURES, SCORES = "figures.csv", "scores.csv"
FIGURE_COLUMNS = ("suite", "metric", "split", "slice", "value", "low", "high", "n", "passed", "failed", "unmeasured")
SCORE_COLUMNS = ("suite", "id", "split", "repeat", "metric", "verdict", "value", "scores", "reason")
_FORMULA = tuple("=+-@|%\t\r\n\0＝＋－＠")
"""The wide ones too: a spreadsheet in an East Asian locale reads them as the others."""
_PASSED_OVER = " \u00a0\u3000\u200b\ufeff"
"""Blanks that a spreadsheet may trim before it looks."""
Cell = str | float | int | None


@dataclass
class _Sum:
    """Scores of one metric and verdict of a test split."""

    scores: int = 0
    measured: int = 0
    total: float = 0.0

    def add(self, value: float | None) -> None:
        self.scores += 1
        if value is not None:
            self.measured += 1
            self.total += value

    @property
    def mean(self) -> float | None:
        return self.total / self.measured if self.measured else None


def write_figures(path: Path, figures: Iterable[Figure]) -> None:
    """Write every figure, a row each."""
    _write(path, FIGURE_COLUMNS, ([getattr(figure, name) for name in FIGURE_COLUMNS] for figure in figures))


def write_scores(path: Path, scores: Iterable[Score]) -> None:
    """Write a row a score of the dev split, in order; then, of the test split, a row a metric and verdict: how many
    scores, and their mean. These have no id and no reason.
    """
    _write(path, SCORE_COLUMNS, _score_rows(scores))


def cell(value: Cell) -> Cell:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.

    Source:
        OWASP: CSV Injection.
    """
    return f"'{value}" if isinstance(value, str) and value.lstrip(_PASSED_OVER).startswith(_FORMULA) else value


def _score_rows(scores: Iterable[Score]) -> Iterator[Sequence[Cell]]:
    sealed: dict[tuple[str, str, str], _Sum] = defaultdict(_Sum)
    for score in scores:
        if score.split == "dev":
            yield [
                score.suite,
                score.id,
                "dev",
                score.repeat,
                score.metric,
                score.verdict,
                score.value,
                1,
                score.reason,
            ]
        else:
            sealed[score.suite, score.metric, score.verdict].add(score.value)
    for (suite, metric, verdict), found in sealed.items():
        yield [suite, "", "test", "", metric, verdict, found.mean, found.scores, ""]


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Replace the file in one step. The mark at its start tells spreadsheets that it is UTF-8."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        writer.writerows([cell(value) for value in row] for row in rows)
    part.replace(path)
