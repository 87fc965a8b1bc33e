"""Values and foreign text in the words of a report. Text that others wrote cannot format, link, ping, refer or turn."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from harness.gate import COMPLETE

SIGNS = {"holds": "✅", "fails": "❌", "unmeasured": "❔", "N/A": "–"}
_VERDICTS = {0: "Gates hold", 1: "A gate fails", 2: "Could not be measured"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~&$])")
_LIVE = re.compile(r"(?<=@)|(?<=#)(?=\d)|(?<=\bGH)(?=-\d)|(?<=:)(?=//)|(?<=\bwww)(?=\.)", re.IGNORECASE)
"""Where GitHub makes a mention, a reference or a link: it looks at the rendered text, so a backslash is no help."""
_NOTHING = "\u200b"
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, among them those that turn the direction of what follows: they would reorder a report's words."""


def number(value: float | None, metric: str = "") -> str:
    """A value as reports show it: milliseconds with one decimal, shares with three, – for none."""
    if value is None:
        return "–"
    return f"{value:.1f}" if metric.endswith("_ms") else f"{value:.3f}"


def escaped(text: str, longest: int = 0) -> str:
    """Text that Markdown takes literally, on one line; cut to `longest` characters before, where that is not 0."""
    return _SPECIAL.sub(r"\\\1", _inert(text, longest))


def escaped_html(text: str, longest: int = 0) -> str:
    """The same for a line that begins with a tag: Markdown is not read there, backslashes would show."""
    return html.escape(_inert(text, longest))


def code(text: str) -> str:
    """A code span that may stand in a table."""
    return f"`{_inert(text).replace('`', 'ˋ').replace('|', chr(92) + '|')}`" if text.strip() else ""


def place_of(evidence: Mapping[str, Any] | None) -> str:
    """`path:line` of a sentence, else its id; empty for none."""
    if not evidence:
        return ""
    return f"{evidence['path']}:{evidence['line_start']}" if evidence.get("path") else str(evidence.get("id") or "")


def where(row: Mapping[str, Any]) -> str:
    """Suite, split and slice of a gate or a figure, in words."""
    return " ".join(filter(None, (row["suite"], row["split"], row["slice"])))


def standing(summary: Mapping[str, Any]) -> str:
    """How the run as a whole stands; without gates there is nothing to hold."""
    if summary["exit_code"] == 0 and not _is_gated(summary):
        return "N/A"
    return {0: "holds", 1: "fails", 2: "unmeasured"}[summary["exit_code"]]


def headline(summary: Mapping[str, Any]) -> str:
    """The verdict in words."""
    return "Measured, held against no gate" if standing(summary) == "N/A" else _VERDICTS[summary["exit_code"]]


def _inert(text: str, longest: int = 0) -> str:
    line = _UNSEEN.sub("\ufffd", " ".join(text.split()))
    if longest and len(line) > longest:
        line = line[: longest - 1] + "…"
    return _LIVE.sub(_NOTHING, line)


def _is_gated(summary: Mapping[str, Any]) -> bool:
    return any(row["metric"] != COMPLETE for row in summary["gates"])
