"""Knowledge -> skills: for each area what binds it, one statement a line, each line pinned to the lines it quotes.

Nothing is written anew: a line is a record's title and the first sentence of the section that decides. Text that gives
orders to agents, or hides characters or comments, is not compiled in; what was left out is told with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from kb.briefs.area import brief
from kb.briefs.binding import Binding
from kb.briefs.pointers import Pointer, Shelf
from kb.context import estimate_tokens
from kb.documents import Hit
from kb.lint_text import orders_in, without_hidden
from kb.markdown import blocks
from kb.read import COMPILED
from kb.sentences import sentences
from kb.skillset.check import MOST_BODY_TOKENS

_HEADINGS = {
    "decisions in force": "Decisions in force",
    "not to be done": "Not to be done",
    "proposed": "Proposed, binding nobody yet",
    "incidents": "Known incidents",
    "rules": "Rules",
    "skills": "Skills",
}
_DECIDES = {
    "adr": re.compile(r"^(?:decision outcome|decision(?! drivers)|결정(?! *(?:요인|기준)))", re.IGNORECASE),
    "incident": re.compile(r"lesson|learn|root cause|교훈|배운|원인|재발", re.IGNORECASE),
}
_COMMAND = re.compile(
    r"^(?:\$ )?(?P<command>"
    r"(?:make|pytest|npm|pnpm|yarn|cargo|go|uv|tox|nox|just|kb|eco2|harness|sh|bash|\./\S+|python3? -m)"
    r"(?: [\w./:=@{}\"'<>|*$-]+)*)"
)
_INLINE = re.compile(r"`([^`\n]+)`")
_LONGEST_GIST = 220
_MOST_COMMANDS = 12
_TEMPLATE = """\
---
name: knowledge-{name}
description: What binds {shown} - decisions in force, refused ways, known incidents, rules and commands, each line \
with its source. Use before you change or review files below {shown} or when asked why they are as they are. \
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
    """
    left_out: list[str] = []
    sections = [*_sections(area, binding, is_replaced, pin, left_out), _commands(area, binding, pin)]
    body, more = _within([section for section in sections if section.lines])
    files = {"SKILL.md": _skill(area, body, bool(more))}
    if more:
        files["references/more.md"] = f"<!-- {COMPILED} -->\n# More on {area.name}\n\n{more}"
    return CompiledSkill(f"knowledge-{area.name}", files, tuple(left_out))


def _sections(
    area: Area, binding: Binding, is_replaced: Callable[[int], bool], pin: Callable[[str], str], left_out: list[str]
) -> Iterator[_Section]:
    found: dict[str, dict[str, Pointer]] = {}
    for path in area.paths:
        for section in brief(path, binding, _nothing, is_replaced, most=200):
            kept = found.setdefault(section.name, {})
            for pointer in section.pointers:
                kept.setdefault(pointer.citation, pointer)
    for name, title in _HEADINGS.items():
        made = _Section(title)
        for pointer in found.get(name, {}).values():
            line = _line(pointer, binding.shelf, pin, left_out)
            made.lines += [line] if line else []
        yield made


def _line(pointer: Pointer, shelf: Shelf, pin: Callable[[str], str], left_out: list[str]) -> str:
    place = next(
        place
        for place, document in enumerate(shelf.documents)
        if document.path == pointer.path and shelf.name(place) == pointer.citation
    )
    text = "\n".join(passage.text for passage in shelf.passages(place))
    if reason := untrusted(text):
        left_out.append(f"{pointer.path}: {reason}")
        return ""
    said = gist(shelf, place)
    told = f"{pointer.title}: {said}" if said and said != pointer.title else pointer.title
    return (
        f"- {told} [{pointer.citation}@{pin(pointer.citation)}]"
        if ":" in pointer.citation
        else (
            f"- {told} [{pointer.path}:{pointer.line_start}-{pointer.line_end}"
            f"@{pin(f'{pointer.path}:{pointer.line_start}-{pointer.line_end}')}]"
        )
    )


def gist(shelf: Shelf, place: int) -> str:
    """The first sentence of the section that decides; of a rule what it says; empty where there is none."""
    document = shelf.documents[place]
    passages = shelf.passages(place)
    if document.kind == "rule":
        return _short(passages[0].text.split("\n")[0]) if passages else ""
    pattern = _DECIDES.get(document.kind)
    if pattern is None:
        return _short(str(document.meta.get("description", "")))
    for passage in passages:
        body = blocks(passage.text.split("\n"))
        for sentence in sentences(body):
            headings = (*passage.heading.split(" > "), *sentence.headings)
            if any(pattern.search(heading) for heading in headings) and len(sentence.text) > 10:
                return _short(sentence.text)
    return ""


def untrusted(text: str) -> str:
    """Why a text is not compiled into skills; empty when nothing speaks against it."""
    if order := next(orders_in(text), None):
        return f"gives orders to agents ({order[1]!r})"
    if without_hidden(text) != text:
        return "holds characters that nobody sees"
    return "holds a comment that readers do not see" if "<!--" in text else ""


def default_areas(binding: Binding) -> list[Area]:
    """The top folders that decisions and incidents name; one area of everything where they name none."""
    named: dict[str, int] = {}
    for document in binding.shelf.documents:
        references = document.meta.get("code_refs")
        if document.kind == "adr" and isinstance(references, list):
            for folder in {str(path).split("/")[0] for path in references if "/" in str(path)}:
                named[folder] = named.get(folder, 0) + 1
    chosen = [
        folder for folder, count in sorted(named.items()) if count >= 2 and re.fullmatch(r"[a-z][a-z0-9_-]*", folder)
    ]
    return [Area(folder.replace("_", "-"), (folder,)) for folder in chosen] or [Area("repository", ("",))]


def _commands(area: Area, binding: Binding, pin: Callable[[str], str]) -> _Section:
    """Commands that documents on the area show, each with its line."""
    made = _Section("Commands")
    seen: set[str] = set()
    places = [bound.place for path in area.paths for bound in binding.of([path])]
    for place in dict.fromkeys(places):
        document = binding.shelf.documents[place]
        if document.kind not in ("doc", "skill") or untrusted(_text(binding.shelf, place)):
            continue
        for command, line in _shown_commands(binding.shelf, place):
            where = f"{document.path}:{line}"
            if command not in seen and len(seen) < _MOST_COMMANDS:
                seen.add(command)
                made.lines.append(f"- `{command}` [{where}@{pin(where)}]")
    return made


def _shown_commands(shelf: Shelf, place: int) -> Iterator[tuple[str, int]]:
    for passage in shelf.passages(place):
        for number, line in enumerate(passage.text.split("\n"), start=passage.line_start):
            candidates = [line.strip(), *_INLINE.findall(line)] if "`" in line or line[:1].isalpha() else []
            for candidate in candidates:
                if (found := _COMMAND.fullmatch(candidate)) and " " in found["command"]:
                    yield found["command"], number


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
    shown = ", ".join(f"{path}/" for path in area.paths if path) or "this repository"
    more = "\nThere was no room for all: [references/more.md](references/more.md).\n" if has_more else ""
    return _TEMPLATE.format(name=area.name, shown=shown, mark=COMPILED, more=more, body=body)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_GIST else f"{text[: _LONGEST_GIST - 2].rstrip()} …"


def _text(shelf: Shelf, place: int) -> str:
    return "\n".join(passage.text for passage in shelf.passages(place))


def _nothing(_: str) -> Sequence[Hit]:
    return ()
