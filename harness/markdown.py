"""The report for a pull request: the verdict first, then what moved, below the size that a comment may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.ci import sections
from harness.ci.beside import Beside
from harness.ci.layout import MOST_ROWS
from harness.ci.verdict import verdicts
from harness.ci.words import SIGNS, code, escaped, headline, number, standing

__all__ = ["LONGEST", "escaped", "headline", "length", "markdown", "number", "standing"]

LONGEST = 65_000
"""GitHub refuses comments above 65,536 characters; the rest is for who posts it to sign and link."""
_TAIL = 20_000
"""What comes after the failed cases may take so much; they take what is left."""
_MORE = "in `report.html`"


def markdown(summary: Mapping[str, Any], beside: Beside | None = None) -> str:
    """Draw the report.

    Args:
        summary: a `summary.json`; `differences` to the baseline are told where it has them.
        beside: what other commands found out about the run.

    Returns:
        At most `LONGEST` characters as GitHub counts them. What has no room is counted and said so.
    """
    found = beside or Beside()
    head = _text(_head(summary, found))
    tail = _fitting([
        sections.flakes(summary.get("flakes", ())),
        sections.blame(found.blame),
        sections.mutations(found.mutations),
        sections.latency(summary["figures"]),
        sections.notes(summary),
    ])  # fmt: skip
    cases = [sections.failure(row) for row in summary["failures"]]
    return _cut(head + _cases(cases, LONGEST - length(head) - length(tail)) + tail)


def length(text: str) -> int:
    """Characters in UTF-16, of which an emoji has two: the strictest way to count."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _head(summary: Mapping[str, Any], found: Beside) -> list[str]:
    lines = [f"## {SIGNS[standing(summary)]} {headline(summary)}", "", _about(summary), ""]
    told = verdicts(summary, found.blame)
    lines += [*told[:MOST_ROWS], ""] if told else []
    lines += sections.gates(summary["gates"]) + sections.missing(summary["missing"])
    return lines + sections.differences(summary.get("differences", ()))


def _about(summary: Mapping[str, Any]) -> str:
    run = summary["run"]
    suites = [f"{escaped(one['name'])} ({one['cases']} cases, {code(one['target'])})" for one in run["suites"]]
    name = f" · run {code(run['run_id'][:12])}" if run.get("run_id") else ""
    return f"{', '.join(suites)} · profile {escaped(run['profile'])} · {escaped(run['started_at'])}{name}"


def _cases(cases: Sequence[str], room: int) -> str:
    if not cases:
        return ""
    text = f"### Failed dev cases ({len(cases)})\n\n"
    left = room - length(text) - 50
    for index, case in enumerate(cases):
        left -= length(case)
        if left < 0:
            return f"{text}… and {len(cases) - index} more {_MORE}\n\n"
        text += case
    return text


def _fitting(parts: Sequence[Sequence[str]]) -> str:
    """The sections that fit `_TAIL`, in order; a note for those that do not."""
    text, left_out = "", 0
    for part in map(_text, filter(None, parts)):
        if length(text) + length(part) > _TAIL:
            left_out += 1
        else:
            text += part
    return f"{text}… {left_out} more sections {_MORE}\n" if left_out else text


def _cut(text: str) -> str:
    """Whole lines up to the limit, for a run with more gates than a comment holds; what is folded there is closed."""
    if length(text) <= LONGEST:
        return text
    note = f"\n\n</details>\n\n… cut; the rest is {_MORE}\n"
    kept = text[: LONGEST - len(note)]
    while length(kept) + len(note) > LONGEST:
        kept = kept[: LONGEST - len(note) - length(kept)]
    kept = kept[: kept.rfind("\n")]
    return kept + (note if kept.count("<details>") > kept.count("</details>") else note.replace("\n</details>\n", ""))


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
