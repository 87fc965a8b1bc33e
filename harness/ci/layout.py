"""Tables and folded parts of a Markdown report. Cells and lines that come in are escaped already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from harness.ci.words import escaped_html

MOST_ROWS = 60
"""Rows of any one table; the rest are counted."""


def table(
    head: Sequence[str], rows: Sequence[Mapping[str, Any]], cells: Callable[[Mapping[str, Any]], Iterable[str]]
) -> list[str]:
    """A Markdown table of at most `MOST_ROWS` rows; cells are escaped already."""
    lines = [_line(head), "|" + "---|" * len(head), *(_line(list(cells(row))) for row in rows[:MOST_ROWS]), ""]
    return [*lines, f"… and {len(rows) - MOST_ROWS} more", ""] if len(rows) > MOST_ROWS else lines


def folded(title: str, lines: Sequence[str]) -> list[str]:
    """Lines that open at a click; nothing for none."""
    if not lines:
        return []
    return [f"<details><summary>{escaped_html(title, 200)}</summary>", "", *lines, "</details>", ""]


def listed(ids: Sequence[str], most: int = 12) -> str:
    """The first ids, and how many more there are."""
    return ", ".join(ids[:most]) + (f" and {len(ids) - most} more" if len(ids) > most else "")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
