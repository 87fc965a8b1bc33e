"""What a skill's text names and is not there: links, bundled files, files of the workspace, commands. It misleads."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kb.markdown import blocks
from kb.skillset.matter import Matter, references

if TYPE_CHECKING:
    from kb.skillset.check import Surroundings

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^()\s]+)\)")
_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|#|//|<)", re.IGNORECASE)
_SCRIPT = re.compile(r"(?<![\w/.$-])(?P<path>(?:scripts|references|assets)/[\w./-]*\w)")
_FILE = re.compile(
    r"(?<![\w/.$*<>{}-])(?!(?:scripts|references|assets)/)((?:[\w.-]+/)+[\w.-]+\.(?:py|sh|md|ya?ml|toml))(?![\w/*<{])"
)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_TARGET = re.compile(r"[A-Za-z][\w.-]*")
_SHELL = re.compile(r"^\s*(?:`{3,}|~{3,})\s*(?:sh|bash|shell|console|zsh)\b")


def dead(matter: Matter, around: Surroundings) -> Iterator[str]:
    """Links, bundled files and commands that are not there, of the body and of the references."""
    yield from _dead_in(matter.body, matter.body_line, matter.folder, matter, around)
    for file in references(matter.folder):
        shown = file.relative_to(matter.folder).as_posix()
        for said in _dead_in(file.read_text(encoding="utf-8", errors="replace"), 1, file.parent, matter, around):
            yield f"{shown}: {said}"


def _dead_in(text: str, first: int, beside: Path, matter: Matter, around: Surroundings) -> Iterator[str]:
    for block in blocks(text.split("\n")):
        start = first + block.line_start - 1
        if block.kind == "code" and _SHELL.match(block.text):
            yield from _dead_commands(block.text, start, matter, around)
        elif block.kind == "prose":
            yield from _dead_links(block.text, start, [beside, matter.folder], around)
            for number, line in enumerate(block.text.split("\n"), start=start):
                for said in (said for code in _INLINE.findall(line) for said in _dead_words(code, around)):
                    yield f"line {number}: {said}"


def _dead_links(text: str, first: int, beside: Sequence[Path], around: Surroundings) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), start=first):
        for link in _LINK.finditer(line):
            target = unquote(link["target"].partition("#")[0].partition("?")[0])
            if target and not _ELSEWHERE.match(target) and not _exists(target, beside, around):
                yield f"line {number}: link to {target} leads nowhere; mend the path or drop the link"


def _dead_commands(text: str, first: int, matter: Matter, around: Surroundings) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), start=first):
        for found in _SCRIPT.finditer(line):
            if not _exists(found["path"], [matter.folder], around):
                yield f"line {number}: {found['path']} is not there; mend the path"
        for path in _FILE.findall(line) if around.root else ():
            # What a command writes does not exist yet; a script or a record in a folder that is there should.
            if os.path.isdir(around.root / path.split("/")[0]) and not _exists(path, [], around):
                yield f"line {number}: {path} is not there; mend the path"
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
            and _TARGET.fullmatch(following)
            and following not in around.targets
        ):
            yield f"`make {following}` is no target of the Makefile; mend the command"
        known = around.commands.get(word)
        if known is not None and following[:1].isalpha() and following.islower() and following not in known:
            yield f"`{word} {following}` is no command; known are {', '.join(sorted(known))}"


def _exists(path: str, beside: Sequence[Path], around: Surroundings) -> bool:
    places = [*(folder / path for folder in beside), *([around.root / path] if around.root else [])]
    return any(os.path.exists(place) for place in places)
