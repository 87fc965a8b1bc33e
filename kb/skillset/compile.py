"""Knowledge -> skills: for each area what binds it, one statement a line, each line pinned to the lines it quotes.

Nothing is written anew: a line is a record's title and the first sentence of the section that decides. What may not be
told to an agent (`kb.skillset.trust`) is not compiled in; what was left out is told with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from kb.briefs.area import brief
from kb.briefs.binding import Binding
from kb.briefs.pointers import Pointer, Shelf
from kb.context import estimate_tokens
from kb.documents import Hit, KbError
from kb.mentions import mentions
from kb.read import COMPILED
from kb.skillset.check import MOST_BODY_TOKENS
from kb.skillset.shown_commands import commands_of
from kb.skillset.statements import flat, gist, lines_of, short
from kb.skillset.trust import unsafe_line, untrusted

_HEADINGS = {
    "decisions in force": "Decisions in force",
    "not to be done": "Not to be done",
    "proposed": "Proposed, binding nobody yet",
    "incidents": "Known incidents",
    "rules": "Rules",
    "skills": "Skills",
}
_LONGEST_NAME = 64 - len("knowledge-")
_MOST_SHOWN = 6
_TEMPLATE = """\
---
name: knowledge-{name}
description: What binds {shown} - decisions in force, refused ways, known incidents, rules and commands, each line \
with its source. Use before you change or review files of {shown} or when asked why they are as they are. \
트리거 - {name} 고칠 때, 왜 이렇게 되어 있나, 관련 결정, 관련 장애.
metadata:
  {mark}
---
# What binds {shown}

Compiled from the knowledge base; do not edit. A line that is doubted is read at its source: `kb show ID`. \
`kb skills check` says which lines their sources have left behind.
{more}
{body}"""
_ROOM_TOKENS = MOST_BODY_TOKENS - 400
"""Of the body; the rest is for its head and what an estimate misses."""


@dataclass(frozen=True)
class Area:
    """A part of the repository that gets a skill: a name in kebab case and the paths that it covers."""

    name: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class CompiledSkill:
    """The files of a skill by path inside its folder; `left_out` says which documents, and why."""

    name: str
    files: dict[str, str]
    left_out: tuple[str, ...] = ()


@dataclass
class _Section:
    title: str
    lines: list[str] = field(default_factory=list)


def compiled(
    area: Area, binding: Binding, is_replaced: Callable[[int], bool], pin: Callable[[str], str]
) -> CompiledSkill:
    """Compile the skill of an area.

    Args:
        area: what it covers.
        binding: of the index.
        is_replaced: says of a place whether something later stands for it.
        pin: the beginning of the hash of what a citation names, as `kb cite pin` writes it.

    Raises:
        KbError: its name is too long for a skill.
    """
    if len(area.name) > _LONGEST_NAME:
        raise KbError(f"the area {area.name!r} has a name of more than {_LONGEST_NAME} characters; shorten it")
    left_out: list[str] = []
    commands = _Section("Commands", commands_of(area.paths, binding, pin))
    sections = [*_sections(area, binding, is_replaced, pin, left_out), commands]
    body, more = _within([section for section in sections if section.lines])
    files = {"SKILL.md": _skill(area, body, bool(more))}
    if more:
        files["references/more.md"] = f"<!-- {COMPILED} -->\n# More on {area.name}\n\n{more}"
    return CompiledSkill(f"knowledge-{area.name}", files, tuple(left_out))


def _sections(
    area: Area, binding: Binding, is_replaced: Callable[[int], bool], pin: Callable[[str], str], left_out: list[str]
) -> Iterator[_Section]:
    found: dict[str, dict[tuple[str, str], Pointer]] = {}
    for path in area.paths:
        for section in brief(path, binding, _nothing, is_replaced, most=200):
            kept = found.setdefault(section.name, {})
            for pointer in section.pointers:
                kept.setdefault((pointer.citation, pointer.path), pointer)
    for name, title in _HEADINGS.items():
        made = _Section(title)
        for pointer in found.get(name, {}).values():
            line = _line(pointer, binding.shelf, pin, left_out)
            made.lines += [line] if line else []
        yield made


def _line(pointer: Pointer, shelf: Shelf, pin: Callable[[str], str], left_out: list[str]) -> str:
    places = [place for place in range(len(shelf.documents)) if shelf.name(place) == pointer.citation]
    place = next(place for place in places if shelf.documents[place].path == pointer.path)
    said, title = flat(gist(shelf, place)), flat(pointer.title)
    told = short(title) if not said or said == title else f"{short(title)}: {said}"
    # Repositories with several folders of decisions have several of a number: there the lines are cited.
    is_plain = ":" in pointer.citation and len(places) == 1
    cited = pointer.citation if is_plain else lines_of(pointer, shelf, place)
    if reason := untrusted(f"{pointer.title}\n{_text(shelf, place)}") or unsafe_line(told) or _unspellable(cited):
        left_out.append(f"{pointer.path}: {reason}")
        return ""
    return f"- {told} [{cited}@{pin(cited)}]"


def _unspellable(cited: str) -> str:
    return "" if mentions(f"[{cited}]") else "its path cannot be written in a citation; rename it"


def default_areas(binding: Binding) -> list[Area]:
    """The top folders that decisions and incidents name; one area of everything where they name none."""
    named: dict[str, int] = {}
    for document in binding.shelf.documents:
        references = document.meta.get("code_refs")
        if document.kind == "adr" and isinstance(references, list):
            paths = [str(path).removeprefix("./") for path in references]
            for folder in {path.split("/")[0] for path in paths if "/" in path}:
                named[folder] = named.get(folder, 0) + 1
    by_name: dict[str, list[str]] = {}
    for folder, count in sorted(named.items()):
        if count >= 2 and re.fullmatch(r"[a-z][a-z0-9_-]*", folder):
            by_name.setdefault(re.sub("[_-]+", "-", folder).strip("-"), []).append(folder)
    return [Area(name, tuple(folders)) for name, folders in by_name.items()] or [Area("repository", ("",))]


def _within(sections: Sequence[_Section]) -> tuple[str, str]:
    """The body within its budget, each section getting its share, and what there was no room for."""
    share = _ROOM_TOKENS // max(len(sections), 1)
    spare = sum(max(0, share - _cost(section.lines)) for section in sections)
    body: list[str] = []
    more: list[str] = []
    for section in sections:
        room = share + (spare if _cost(section.lines) > share else 0)
        kept = _fitting(section.lines, room)
        spare -= max(0, _cost(section.lines[:kept]) - share)
        body += [f"## {section.title}", *section.lines[:kept], ""]
        if section.lines[kept:]:
            more += [f"## {section.title}", *section.lines[kept:], ""]
    return "\n".join(body), "\n".join(more)


def _cost(lines: Sequence[str]) -> int:
    return sum(estimate_tokens(line) + 1 for line in lines)


def _fitting(lines: Sequence[str], room: int) -> int:
    for count, line in enumerate(lines):
        room -= estimate_tokens(line) + 1
        if room < 0:
            return count
    return len(lines)


def _skill(area: Area, body: str, has_more: bool) -> str:
    shown = _shown(area)
    more = "\nThere was no room for all: [references/more.md](references/more.md).\n" if has_more else ""
    return _TEMPLATE.format(name=area.name, shown=shown, mark=COMPILED, more=more, body=body)


def _shown(area: Area) -> str:
    """Its paths as far as front matter can hold them as they are."""
    paths = [path for path in area.paths if re.fullmatch(r"[\w./-]{1,60}", path)]
    more = f" and {len(paths) - _MOST_SHOWN} more" if len(paths) > _MOST_SHOWN else ""
    return ", ".join(paths[:_MOST_SHOWN]) + more if paths else area.name if any(area.paths) else "this repository"


def _text(shelf: Shelf, place: int) -> str:
    return "\n".join(passage.text for passage in shelf.passages(place))


def _nothing(_: str) -> Sequence[Hit]:
    return ()
