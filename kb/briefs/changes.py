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


@dataclass
class _Hunk:
    """Where reading stands in a hunk: the next line of both files, and how many of each are left."""

    old: int = 0
    new: int = 0
    left_old: int = 0
    left_new: int = 0

    @property
    def is_open(self) -> bool:
        return self.left_old > 0 or self.left_new > 0

    def take(self, line: str, file: _File) -> None:
        sign, text = line[:1], line[1:]
        if sign == "\\":
            return
        if sign == "+":
            file.added.append((self.new, text))
        elif sign == "-":
            file.removed.append((self.old, text))
        self.old, self.left_old = (self.old, self.left_old) if sign == "+" else (self.old + 1, self.left_old - 1)
        self.new, self.left_new = (self.new, self.left_new) if sign == "-" else (self.new + 1, self.left_new - 1)


@dataclass
class _Reader:
    """A diff as far as it was read."""

    files: list[_File] = field(default_factory=list)
    renamed: list[Change] = field(default_factory=list)
    hunk: _Hunk = field(default_factory=_Hunk)

    def read(self, line: str) -> None:
        if self.hunk.is_open:
            self.hunk.take(line, self.files[-1])
        elif found := _HUNK.match(line):
            self.files = self.files or [_File()]
            self.hunk = _Hunk(int(found["old"]), int(found["new"]), int(found["gone"] or 1), int(found["come"] or 1))
        elif name := _FILE.match(line):
            self._name(line, name["quoted"] or name["path"])
        elif moved := _RENAMED.match(line):
            self.renamed.append(Change(moved["path"].strip('"')))

    def _name(self, line: str, path: str) -> None:
        bare = path if path == _NOWHERE else re.sub(r"^[abciw]/", "", path.strip())
        if line.startswith("---"):
            self.files.append(_File(old=bare))
        elif self.files:
            self.files[-1].path = bare


def is_diff(text: str) -> bool:
    """True for the text of a unified diff, False for a list of paths."""
    return re.search(r"^(?:diff --git |--- \S|@@ -)", text, re.MULTILINE) is not None


def changes_in(diff: str) -> list[Change]:
    """The files of a unified diff in its order; one that was only renamed stands with its new and its old path."""
    reader = _Reader()
    for line in diff.splitlines():
        reader.read(line)
    found = [file.change() for file in reader.files]
    known = {change.path for change in found}
    return [
        *(change for change in found if change.path),
        *(change for change in reader.renamed if change.path not in known),
    ]


def changes_of(paths: Iterable[str]) -> list[Change]:
    """Paths as changes without lines; `./` and trailing slashes come off."""
    return [Change(path.strip().removeprefix("./").rstrip("/")) for path in paths if path.strip()]
