"""Check skills: the specification, then what makes a valid skill useless: length, dead paths, dead commands, drift.

`valid` is the specification alone. Drift is a citation in a skill that no longer holds: its source was edited, moved,
removed or replaced; a compiled skill pins each line to its source, so exactly the skills that quote it are named.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kb.context import estimate_tokens
from kb.skillset.dead import dead
from kb.skillset.matter import Matter, ParseTexts, SkillUnreadable, read_matter, references
from kb.skillset.specification import errors, unknown, warnings
from kb.verify import Check

Mode = Literal["strict", "lenient"]
MOST_BODY_TOKENS = 5_000
MOST_BODY_LINES = 500
MOST_LISTING_CHARACTERS = 8_000
_MOST_MESSAGES = 50


@dataclass(frozen=True)
class Drift:
    """A citation of a skill that does not hold any more. `line` is of the SKILL.md."""

    line: int
    citation: str
    source: str
    reason: str


@dataclass(frozen=True)
class SkillReport:
    """What is wrong with one skill. It fails when it is not valid or has drifted."""

    path: str
    name: str
    description: str
    valid: bool
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    drift: tuple[Drift, ...] = ()

    @property
    def fails(self) -> bool:
        return not self.valid or bool(self.drift)


@dataclass(frozen=True)
class Surroundings:
    """What a skill's text leans on.

    Attributes:
        parse: reads front matter, scalars as texts.
        root: of the workspace; paths in commands are looked up there too. None where there is none.
        citations: checks the citations of a file; none where there is no workspace.
        targets: names after `make` that exist; None where there is no Makefile.
        commands: the subcommands by program that exist, e.g. {"kb": {"search", …}}.
    """

    parse: ParseTexts
    root: Path | None
    citations: Callable[[Path], Sequence[Check]]
    targets: frozenset[str] | None
    commands: dict[str, frozenset[str]]


def check_skill(folder: Path, shown: str, mode: Mode, around: Surroundings) -> SkillReport:
    """Check one skill.

    Args:
        folder: of the skill.
        shown: its path as the report shows it.
        mode: whether keys outside the specification are errors.
        around: what its text leans on.
    """
    try:
        matter = read_matter(folder, around.parse)
    except SkillUnreadable as error:
        return SkillReport(shown, folder.name, "", False, (str(error),), ())
    foreign = unknown(matter.fields)
    wrong = [*errors(Path(os.path.abspath(folder)).name, matter.fields), *(foreign if mode == "strict" else ())]
    doubtful = [*(foreign if mode == "lenient" else ()), *warnings(matter.fields, matter.yaml)]
    drift = tuple(_drift(matter, around))
    told = [*(one.message for one in doubtful), *_length(matter), *dead(matter, around)]
    return SkillReport(
        shown,
        matter.name,
        matter.description,
        not wrong,
        _first([one.message for one in wrong]),
        _first(told),
        tuple(drift),
    )


def _first(messages: Sequence[str]) -> tuple[str, ...]:
    """The messages that a reader will read; a hostile file has a hundred thousand."""
    more = len(messages) - _MOST_MESSAGES
    return (*messages[:_MOST_MESSAGES], *([f"and {more:,} more"] if more > 0 else []))


def listing_warning(reports: Sequence[SkillReport]) -> str | None:
    """Say when clients would drop skills: names and descriptions of all share one budget of characters.

    Each client reads a top folder of its own (`.claude`, `.agents`), so the largest of them counts.
    """
    totals: Counter[str] = Counter()
    for report in reports:
        totals[report.path.split("/")[0]] += len(report.name) + len(report.description)
    place, total = max(totals.items(), key=lambda item: item[1], default=("", 0))
    if total <= MOST_LISTING_CHARACTERS:
        return None
    return (
        f"names and descriptions of the skills in {place or '/'} have {total:,} characters, more than "
        f"{MOST_LISTING_CHARACTERS:,}: clients drop some; shorten descriptions"
    )


def _length(matter: Matter) -> Iterator[str]:
    if (tokens := estimate_tokens(matter.body)) > MOST_BODY_TOKENS:
        yield f"body has about {tokens:,} tokens, more than {MOST_BODY_TOKENS:,}; move parts to references/"
    if (lines := matter.body.count("\n")) > MOST_BODY_LINES:
        yield f"body has {lines:,} lines, more than {MOST_BODY_LINES}; move parts to references/"


def _drift(matter: Matter, around: Surroundings) -> Iterator[Drift]:
    """The citations of a skill that do not hold. One without a pin only says which record; it may be edited freely."""
    for file in (matter.file, *references(matter.folder)):
        inside = "" if file == matter.file else f"{file.relative_to(matter.folder).as_posix()}: "
        for check in around.citations(file):
            if reason := _why_drifted(check):
                source = check.mention.place.path if check.mention.place else check.mention.name
                yield Drift(check.mention.line, check.mention.written, source, f"{inside}{reason}")


def _why_drifted(check: Check) -> str:
    if check.superseded_by:
        return f"replaced by {', '.join(check.superseded_by)}"
    if check.verdict == "gone" or (check.verdict in ("edited", "moved") and check.mention.is_pinned):
        return f"{check.verdict}{f': {check.detail}' if check.detail else ''}"
    return ""
