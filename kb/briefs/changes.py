"""A change as others hand it over: the paths of a unified diff, with the lines that came and went.

Reads what `git diff` writes, with or without prefixes and context; a list of paths is a change without lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_FILE = re.compile(r"^(?:---|\+\+\+) (?:\"(?P<quoted>[^\"]+)\"|(?P<path>[^\t\n]+))")
_HUNK = re.compile(r"^@@ -(?P<old>\d+)(?:,(?P<gone>\d+))? \+(?P<new>\d+)(?:,(?P<come>\d+))? @@")
_RENAMED = re.compile(r"^rename (?:from|to) (?P<path>.+)$")
_NOWHERE = "/dev/null"


@dataclass(frozen=True)
class Change:
    """One file of a change. Lines are (number, text): of the new file those added, of the old one those removed."""

    path: str
    added: tuple[tuple[int, str], ...] = ()
    removed: tuple[tuple[int, str], ...] = ()
    is_deleted: bool = False
    is_new: bool = False


@dataclass
class _File:
    path: str = ""
    old: str = ""
    added: list[tuple[int, str]] = field(default_factory=list)
    removed: list[tuple[int, str]] = field(default_factory=list)

    def change(self) -> Change:
        gone = self.path in ("", _NOWHERE)
        return Change(
            self.old if gone else self.path, tuple(self.added), tuple(self.removed), gone, self.old == _NOWHERE
        )


def is_diff(text: str) -> bool:
    """True for the text of a unified diff, False for a list of paths."""
    return re.search(r"^(?:diff --git |--- \S|@@ -)", text, re.MULTILINE) is not None


def changes_in(diff: str) -> list[Change]:
    """The files of a unified diff in its order; one that was only renamed stands with its new and its old path."""
    files: list[_File] = []
    left_old = left_new = old = new = 0
    renamed: list[Change] = []
    for line in diff.splitlines():
        if left_old > 0 or left_new > 0:
            sign, text = line[:1], line[1:]
            if sign == "+":
                files[-1].added.append((new, text))
            elif sign == "-":
                files[-1].removed.append((old, text))
            old, left_old = (old + 1, left_old - 1) if sign != "+" and sign != "\\" else (old, left_old)
            new, left_new = (new + 1, left_new - 1) if sign != "-" and sign != "\\" else (new, left_new)
        elif hunk := _HUNK.match(line):
            old, new = int(hunk["old"]), int(hunk["new"])
            left_old, left_new = int(hunk["gone"] or 1), int(hunk["come"] or 1)
            if not files:
                files.append(_File())
        elif name := _FILE.match(line):
            _named(files, line, name["quoted"] or name["path"])
        elif moved := _RENAMED.match(line):
            renamed.append(Change(moved["path"].strip('"')))
    found = [file.change() for file in files]
    known = {change.path for change in found}
    return [*(change for change in found if change.path), *(change for change in renamed if change.path not in known)]


def changes_of(paths: Iterable[str]) -> list[Change]:
    """Paths as changes without lines; `./` and trailing slashes come off."""
    return [Change(path.strip().removeprefix("./").rstrip("/")) for path in paths if path.strip()]


def _named(files: list[_File], line: str, path: str) -> None:
    bare = path if path == _NOWHERE else re.sub(r"^[abciw]/", "", path.strip())
    if line.startswith("---"):
        files.append(_File(old=bare))
    elif files:
        files[-1].path = bare
