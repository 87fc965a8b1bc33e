"""A change as others hand it over: the paths of a unified diff, with the lines that came and went.

Reads what `git diff` writes, with or without prefixes and context; a list of paths is a change without lines.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from kb.briefs.diff_names import NOWHERE, of_both, spoken, without_prefixes
from kb.documents import KbError

_FILE = re.compile(r"^(?P<side>---|\+\+\+) (?P<name>.+)")
_GIT = re.compile(r"^diff --git (?P<names>.+)")
_HUNK = re.compile(r"^@@ -(?P<old>\d{1,9})(?:,(?P<gone>\d{1,9}))? \+(?P<new>\d{1,9})(?:,(?P<come>\d{1,9}))? @@")
_MOVED = re.compile(r"^(?P<how>rename|copy) (?P<side>from|to) (?P<name>.+)$")
_MODE = re.compile(r"^(?P<how>new|deleted) file mode ")
_TOLD = 200


class PathOutside(KbError):
    """A path that leads out of the workspace."""


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
    """A file as far as it was read. `old` and `new` as written, with their prefixes."""

    old: str = ""
    new: str = ""
    added: list[tuple[int, str]] = field(default_factory=list)
    removed: list[tuple[int, str]] = field(default_factory=list)
    has_names: bool = False
    is_bare: bool = False
    is_moved: bool = False
    is_gone: bool = False
    is_new: bool = False

    def change(self) -> Change:
        old, new = (self.old, self.new) if self.is_bare else without_prefixes(self.old, self.new)
        gone = self.is_gone or new in ("", NOWHERE)
        is_new = self.is_new or old == NOWHERE
        path = old if new in ("", NOWHERE) else new
        return Change(path, tuple(self.added), tuple(self.removed), gone, is_new)


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
    left: list[str] = field(default_factory=list)
    hunk: _Hunk = field(default_factory=_Hunk)

    def read(self, line: str) -> None:
        if self.hunk.is_open:
            self.hunk.take(line, self.files[-1])
        elif found := _HUNK.match(line):
            self.files = self.files or [_File()]
            self.hunk = _Hunk(int(found["old"]), int(found["new"]), int(found["gone"] or 1), int(found["come"] or 1))
        elif found := _GIT.match(line):
            self._begin(found["names"])
        elif found := _FILE.match(line):
            self._name(found["side"], spoken(found["name"]))
        elif found := _MOVED.match(line):
            self._move(found["how"], found["side"], spoken(found["name"]))
        elif self.files and (found := _MODE.match(line)):
            self.files[-1].is_new, self.files[-1].is_gone = found["how"] == "new", found["how"] == "deleted"

    def _begin(self, header: str) -> None:
        """A file of `git diff`; binary ones, empty ones and those whose mode alone changed have no other line."""
        old, new = of_both(header) or ("", "")
        # Names that begin alike have no prefixes, be the folder called `a`.
        self.files.append(_File(old, new, is_bare=bool(old) and old[:2] == new[:2]))

    def _name(self, side: str, name: str) -> None:
        if side == "---" and (not self.files or self.files[-1].has_names):
            self.files.append(_File())
        if not self.files:
            return
        file = self.files[-1]
        file.has_names = True
        if side == "---":
            file.old = name
        else:
            file.new = name

    def _move(self, how: str, side: str, name: str) -> None:
        if (how, side) != ("copy", "from"):
            self.left.append(name)
        if self.files:
            self.files[-1].is_moved = True


def is_diff(text: str) -> bool:
    """True for the text of a unified diff, False for a list of paths."""
    return re.search(r"^(?:diff --git |--- \S|@@ -)", text, re.MULTILINE) is not None


def changes_in(diff: str) -> list[Change]:
    """The files of a unified diff in its order; one that was only renamed stands with its new and its old path."""
    reader = _Reader()
    # Not by `splitlines`: a form feed or U+2028 ends no line of a diff.
    for line in diff.split("\n"):
        reader.read(line.removesuffix("\r"))
    whole = [file.change() for file in reader.files if file.has_names or not file.is_moved]
    found = [change for change in whole if change.path]
    known = {change.path for change in found}
    return [*found, *(Change(path) for path in dict.fromkeys(reader.left) if path not in known)]


def changes_of(paths: Iterable[str], root: PurePosixPath | None = None) -> list[Change]:
    """Paths as changes without lines, as `inside` spells them."""
    return [Change(inside(path.strip(), root)) for path in paths if path.strip()]


def inside(path: str, root: PurePosixPath | None = None) -> str:
    """A path as the workspace knows it: relative to its root if that is given, without `./` and trailing slashes.

    Raises:
        PathOutside: it leads out of the root.
    """
    plain = PurePosixPath(posixpath.normpath(path))
    if root is None:
        return str(plain)
    if plain.is_absolute() and plain.is_relative_to(root):
        plain = plain.relative_to(root)
    if plain.is_absolute() or ".." in plain.parts:
        raise PathOutside(f"{path[:_TOLD]!r} leads out of the workspace; give a path relative to its root")
    return str(plain)
