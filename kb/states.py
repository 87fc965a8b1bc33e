"""A workspace at one moment: the lines of its files and where each id stands. Now on disk, or as of a commit.

Lines keep everything but their ends (CRLF, CR and LF are equal): a byte order mark is the first character of line 1, a
byte that is not UTF-8 stays one character, so that nothing that changes a line goes unseen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from kb import files
from kb.cite import Place
from kb.documents import Document
from kb.lineage import Lineage
from kb.read import Source
from kb.workspace import NEVER, Options, Workspace, wanted

Lines = tuple[str, ...]
Parse = Callable[[Iterable[Source]], Sequence[Document]]
_WORLD = "datasets/world/"
# A file beyond it is not read; one beyond `files.LARGEST_BYTES` only where it is cited.
LARGEST_BYTES = 64_000_000


class State(Protocol):
    """What verification asks of a moment."""

    def lines(self, path: str) -> Lines | None:
        """All lines of a file, without line ends; None where there is no such file inside the workspace."""

    def places(self, name: str) -> list[Place]:
        """Where an id stands, by path: the lines of a rule or of a fact, the file of a decision or of an incident."""


def lines_of(content: bytes) -> Lines:
    """Bytes -> lines as they are compared and hashed."""
    text = content.decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n")
    return tuple(text.removesuffix("\n").split("\n"))


def cut(lines: Sequence[str], place: Place) -> Place | None:
    """The lines that a place means in a file, cut to what the file has as `kb show` does; None where it has none."""
    last = len(lines) if place.last is None else min(place.last, len(lines))
    return Place(place.path, place.first, last) if 1 <= place.first <= last else None


def taken(lines: Sequence[str], place: Place) -> Lines:
    """The lines of a place that `cut` gave."""
    return tuple(lines[place.first - 1 : place.last])


@dataclass
class Ids:
    """The ids in files, each content parsed once however many moments hold it."""

    parse: Parse
    options: Options
    _known: dict[tuple[str, str], list[tuple[str, Place]]] = field(default_factory=dict)

    def of(self, blobs: Mapping[str, str], read: Callable[[str], bytes | None]) -> dict[str, list[Place]]:
        """All ids of a moment.

        Args:
            blobs: of every file, by path.
            read: gives the content of a file.
        """
        keys = [(path, blobs[path]) for path in wanted(blobs, self.options)]
        self.learn(self.parse(_sources([key for key in keys if key not in self._known], read)), keys)
        found: dict[str, list[Place]] = {}
        for key in keys:
            for name, place in self._known[key]:
                found.setdefault(name, []).append(place)
        return found

    def learn(self, documents: Iterable[Document], keys: Iterable[tuple[str, str]]) -> None:
        """Remember the ids of parsed files; `keys` are (path, blob) of all that were looked at."""
        fresh = {key: self._known.setdefault(key, []) for key in keys if key not in self._known}
        for document in documents:
            own = fresh.get((document.path, document.blob))
            if own is not None and document.doc_id:
                own.append((document.doc_id, _whole(document)))


class Worktree:
    """The workspace as it stands on disk. A file that lies outside, by `..` or by a link, is never read."""

    def __init__(self, workspace: Workspace, ids: Ids) -> None:
        self.workspace = workspace
        self._ids = ids
        self._lines: dict[str, Lines | None] = {}

    def lines(self, path: str) -> Lines | None:
        if path not in self._lines:
            content = self.content(path)
            self._lines[path] = None if content is None else lines_of(content)
        return self._lines[path]

    def content(self, path: str) -> bytes | None:
        file = self.file(path)
        try:
            return file.read_bytes() if file and file.stat().st_size <= LARGEST_BYTES else None
        except OSError:
            return None

    def file(self, path: str) -> Path | None:
        """The file behind a path; None where it is none, or is not inside."""
        folders = [self.workspace.root, *(folder for _, folder in self.workspace.mounts)]
        try:
            file = self.workspace.locate(path).resolve()
            is_inside = any(file.is_relative_to(folder.resolve()) for folder in folders)
            return file if is_inside and file.is_file() else None
        except (OSError, ValueError, RuntimeError):
            return None

    def is_too_large(self, path: str) -> bool:
        """True for a file that is there and not read."""
        file = self.file(path)
        return file is not None and file.stat().st_size > LARGEST_BYTES

    def places(self, name: str) -> list[Place]:
        if name.startswith("world:"):
            return world_places(name, self.paths, self.lines)
        return self._places.get(name, [])

    @cached_property
    def paths(self) -> list[str]:
        """Every file that the moved lines may be in, sorted."""
        mounts = self.workspace.mounts or ((".", self.workspace.root),)
        every = (
            f"{prefix}/{path}".removeprefix("./") for prefix, folder in mounts for path in files.list_paths(folder)
        )
        return sorted(path for path in every if NEVER.isdisjoint(path.split("/")) and self._is_small(path))

    def _is_small(self, path: str) -> bool:
        try:
            return self.workspace.locate(path).stat().st_size <= files.LARGEST_BYTES
        except OSError:
            return False

    def successors(self, name: str) -> tuple[str, ...]:
        """The decisions in force that replace a decision, given by id or by path."""
        found = [*self._lineage.places(name), *self._decisions.get(name, ())]
        return self._lineage.successors(found[0]) if found else ()

    @cached_property
    def _decisions(self) -> dict[str, tuple[int]]:
        return {document.path: (place,) for place, document in enumerate(self._documents) if document.kind == "adr"}

    @cached_property
    def _blobs(self) -> dict[str, str]:
        contents = ((path, self.content(path)) for path in wanted(self.paths, self.workspace.options))
        return {path: files.blob(content) for path, content in contents if content is not None}

    @cached_property
    def _documents(self) -> Sequence[Document]:
        return self._ids.parse(_sources(list(self._blobs.items()), self.content))

    @cached_property
    def _places(self) -> dict[str, list[Place]]:
        self._ids.learn(self._documents, self._blobs.items())
        return self._ids.of(self._blobs, self.content)

    @cached_property
    def _lineage(self) -> Lineage:
        return Lineage(self._documents)


def world_places(name: str, paths: Iterable[str], lines: Callable[[str], Lines | None]) -> list[Place]:
    """The lines of a fact of the frozen world, which are JSON with its id."""
    fact = name.removeprefix("world:")
    here = [path for path in paths if path.startswith(_WORLD) and path.endswith(".jsonl") and path.count("/") == 2]
    return [
        Place(path, number, number)
        for path in here
        for number, line in enumerate(lines(path) or (), start=1)
        if fact in line and _id_of(line) == fact
    ]


def _id_of(line: str) -> object:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row.get("id") if isinstance(row, dict) else None


def _whole(document: Document) -> Place:
    if document.kind != "rule":
        return Place(document.path)
    return Place(document.path, document.passages[0].line_start, document.passages[0].line_end)


def _sources(keys: Iterable[tuple[str, str]], read: Callable[[str], bytes | None]) -> list[Source]:
    """Those files that are text, as the readers of documents want them."""
    found: list[Source] = []
    for path, blob in keys:
        content = read(path)
        if content is None or b"\0" in content:
            continue
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        found.append(Source(path, text.replace("\r\n", "\n").replace("\r", "\n"), blob))
    return found
