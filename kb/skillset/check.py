"""Check skills: the specification, then what makes a valid skill useless: length, dead paths, dead commands, drift.

`valid` is the specification alone. Drift is a citation in a skill that no longer holds: its source was edited, moved,
removed or replaced; a compiled skill pins each line to its source, so exactly the skills that quote it are named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kb.context import estimate_tokens
from kb.markdown import blocks
from kb.skillset.matter import Matter, ParseTexts, SkillUnreadable, read_matter
from kb.skillset.specification import errors, unknown, warnings
from kb.verify import Check

Mode = Literal["strict", "lenient"]
MOST_BODY_TOKENS = 5_000
MOST_BODY_LINES = 500
MOST_LISTING_CHARACTERS = 8_000
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^()\s]+)\)")
_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|#|//|<)", re.IGNORECASE)
_SCRIPT = re.compile(r"(?<![\w/.$-])(?P<path>(?:scripts|references|assets)/[\w./-]*\w)")
_SHELL = re.compile(r"^\s*(?:`{3,}|~{3,})\s*(?:sh|bash|shell|console|zsh)\b")


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
    wrong = [*errors(folder.resolve().name, matter.fields), *(foreign if mode == "strict" else ())]
    doubtful = [*(foreign if mode == "lenient" else ()), *warnings(matter.fields)]
    drift = tuple(_drift(matter, around))
    told = [*(one.message for one in doubtful), *_length(matter), *_dead(matter, around)]
    return SkillReport(
        shown,
        matter.name,
        matter.description,
        not wrong,
        tuple(one.message for one in wrong),
        tuple(told),
        tuple(drift),
    )


def listing_warning(reports: Sequence[SkillReport]) -> str | None:
    """Say when clients would drop skills: names and descriptions of all share one budget of characters."""
    total = sum(len(report.name) + len(report.description) for report in reports)
    if total <= MOST_LISTING_CHARACTERS:
        return None
    return (
        f"names and descriptions of {len(reports)} skills have {total:,} characters, more than "
        f"{MOST_LISTING_CHARACTERS:,}: clients drop some; shorten descriptions"
    )


def _length(matter: Matter) -> Iterator[str]:
    if (tokens := estimate_tokens(matter.body)) > MOST_BODY_TOKENS:
        yield f"body has about {tokens:,} tokens, more than {MOST_BODY_TOKENS:,}; move parts to references/"
    if (lines := matter.body.count("\n")) > MOST_BODY_LINES:
        yield f"body has {lines:,} lines, more than {MOST_BODY_LINES}; move parts to references/"


def _dead(matter: Matter, around: Surroundings) -> Iterator[str]:
    """Links, bundled files and commands of the body that are not there."""
    lines = matter.body.split("\n")
    for block in blocks(lines):
        first = matter.body_line + block.line_start - 1
        if block.kind == "code" and _SHELL.match(block.text):
            yield from _dead_commands(block.text, first, matter, around)
        elif block.kind == "prose":
            yield from _dead_links(block.text, first, matter, around)


def _dead_links(text: str, first: int, matter: Matter, around: Surroundings) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), start=first):
        for link in _LINK.finditer(line):
            target = link["target"].partition("#")[0].partition("?")[0]
            if target and not _ELSEWHERE.match(target) and not _exists(target, matter, around):
                yield f"line {number}: link to {target} leads nowhere; mend the path or drop the link"


def _dead_commands(text: str, first: int, matter: Matter, around: Surroundings) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), start=first):
        for found in _SCRIPT.finditer(line):
            if not _exists(found["path"], matter, around):
                yield f"line {number}: {found['path']} is not there; mend the path"
        yield from (f"line {number}: {said}" for said in _dead_words(line, around))


def _dead_words(line: str, around: Surroundings) -> Iterator[str]:
    words = line.strip().removeprefix("$ ").split()
    for here, word in enumerate(words[:-1]):
        if here and words[here - 1] not in ("&&", ";", "|", "||"):
            continue
        following = words[here + 1]
        if (
            word == "make"
            and around.targets is not None
            and following.isidentifier()
            and following not in around.targets
        ):
            yield f"`make {following}` is no target of the Makefile; mend the command"
        known = around.commands.get(word)
        if known is not None and following[:1].isalpha() and following.islower() and following not in known:
            yield f"`{word} {following}` is no command; known are {', '.join(sorted(known))}"


def _exists(path: str, matter: Matter, around: Surroundings) -> bool:
    places = [matter.folder / path, *([around.root / path] if around.root else [])]
    return any(place.exists() for place in places)


def _drift(matter: Matter, around: Surroundings) -> Iterator[Drift]:
    """The citations of a skill that do not hold. One without a pin only says which record; it may be edited freely."""
    for file in (matter.file, *sorted((matter.folder / "references").glob("*.md"))):
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
