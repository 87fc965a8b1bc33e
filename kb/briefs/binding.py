"""Which documents bind a file: those that name it, that name its folder, or that speak of its part of the system.

A decision names code in its front matter (`code_refs`, `applies_to`, `paths`, `globs`) or in its text. What is
superseded binds nobody: its successor does. A rejected decision is told too, since it says what not to do again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import PurePosixPath

from kb.amendments import Amendments
from kb.briefs.pointers import GONE, NOT_BINDING, REFUSED, Pointer, Shelf
from kb.documents import Document, Passage
from kb.index import Index
from kb.lineage import Lineage
from kb.search import Engine

_KEYS = ("code_refs", "applies_to", "paths", "globs")
_PATH_IN_TEXT = re.compile(r"(?<![\w/.-])((?:[\w.-]+/)+[\w.-]*\w|[\w-]+\.(?:py|toml|ya?ml|sh|sql|jsonl?|md))(?![\w/])")
_RULE_ID = re.compile(r"\b(?:rule|adr|incident):[\w./-]*\w")
NAMED, FOLDER, IN_TEXT, PART = 1.0, 0.8, 0.6, 0.3
_KINDS_THAT_BIND = ("adr", "incident", "rule", "skill", "doc")
_ORDER = {kind: rank for rank, kind in enumerate(_KINDS_THAT_BIND)}


@dataclass(frozen=True)
class Bound:
    """A document and how strongly it is tied to a path: 1 named, .8 its folder is, .6 in the text, .3 the same part."""

    place: int
    strength: float
    path: str
    why: str
    passage: Passage | None = None


class Binding:
    """What an index says about paths. Made once a generation; asking costs a few lookups a path."""

    def __init__(self, index: Index, lineage: Lineage, amendments: Amendments) -> None:
        self.shelf = Shelf(index)
        self._lineage = lineage
        self._amendments = amendments

    @classmethod
    def of_engine(cls, engine: Engine) -> Binding:
        """What an opened index says."""
        return cls(engine.index, engine.lineage, engine.amendments)

    def of(self, paths: Iterable[str]) -> list[Bound]:
        """The documents that bind any of some paths, strongest first, decisions before incidents before the rest.

        Args:
            paths: POSIX paths relative to the workspace; folders bind as their files do.
        """
        strongest: dict[int, Bound] = {}
        for path in dict.fromkeys(paths):
            for bound in self._of_path(path):
                held = strongest.get(bound.place)
                if held is None or bound.strength > held.strength:
                    strongest[bound.place] = bound
        kinds = self.shelf.documents
        return sorted(
            strongest.values(), key=lambda bound: (-bound.strength, _ORDER[kinds[bound.place].kind], bound.place)
        )

    def pointers(self, paths: Iterable[str], least: float = PART) -> list[Pointer]:
        """As `of`, as pointers; what is weaker than `least` is left out."""
        return [self.pointer(bound) for bound in self.of(paths) if bound.strength >= least]

    def pointer(self, bound: Bound) -> Pointer:
        amended = [link.id for link in self._amendments.of(bound.place)]
        told = f"; amended by {', '.join(amended)}" if amended else ""
        why = f"{bound.why}{told}{_standing(self.shelf.documents[bound.place])}"
        return self.shelf.pointer(bound.place, why, bound.passage)

    def _of_path(self, path: str) -> Iterator[Bound]:
        for place, strength, why, passage in self._found(path):
            document = self.shelf.documents[place]
            if document.status in GONE or self._lineage.is_replaced(place):
                for later in self._lineage.in_force(place, lambda _: True):
                    yield Bound(later, strength, path, f"replaces {self.shelf.name(place)}, which {why}")
            else:
                yield Bound(place, strength, path, why, passage)

    def _found(self, path: str) -> Iterator[tuple[int, float, str, Passage | None]]:
        for reference, place in self._references:
            if strength := _match(path, reference):
                yield place, strength, f"names {reference}", None
        for named in self._mentioned(path):
            for place, passage in self._mentions[named]:
                if self.shelf.documents[place].path != named:
                    yield place, IN_TEXT, f"speaks of {named}", passage
        for place in self._files.get(path, ()):
            yield place, NAMED, "is the file itself", None
        for part in _parts(path):
            for place in self._components.get(part, ()):
                yield place, PART, f"is about {part}", None

    def _mentioned(self, path: str) -> list[str]:
        """The path itself where a text speaks of it, else the files of that folder of which one does."""
        return [path] if path in self._mentions else [name for name in self._mentions if name.startswith(f"{path}/")]

    @cached_property
    def _references(self) -> list[tuple[str, int]]:
        found = []
        for place, document in enumerate(self.shelf.documents):
            for key in _KEYS:
                found += [(reference, place) for reference in _texts(document.meta.get(key))]
        return found

    @cached_property
    def _mentions(self) -> dict[str, list[tuple[int, Passage]]]:
        """By path, the documents whose text speaks of it, each with the first such passage."""
        found: dict[str, dict[int, Passage]] = {}
        for place in range(len(self.shelf.documents)):
            for passage in self.shelf.passages(place):
                for path in set(_PATH_IN_TEXT.findall(passage.text)):
                    found.setdefault(path.removeprefix("./"), {}).setdefault(place, passage)
        return {path: list(by_place.items()) for path, by_place in found.items()}

    @cached_property
    def _files(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, document in enumerate(self.shelf.documents):
            if document.kind != "doc":
                found.setdefault(document.path, []).append(place)
        return found

    @cached_property
    def _components(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, document in enumerate(self.shelf.documents):
            if document.kind in ("adr", "incident"):
                for part in _texts(document.meta.get("components")):
                    found.setdefault(part.casefold(), []).append(place)
        return found


def ids_in(text: str) -> list[str]:
    """The ids of decisions, incidents and rules that a text names, each once, in order."""
    return list(dict.fromkeys(_RULE_ID.findall(text)))


def _match(path: str, reference: str) -> float:
    """How a reference meets a path; 0 for not at all. A reference to a folder ends in a slash or has no suffix."""
    bare = reference.split(":")[0].removeprefix("./").rstrip("/")
    if not bare:
        return 0.0
    if path == bare or fnmatchcase(path, bare):
        return NAMED
    return FOLDER if path.startswith(f"{bare}/") or bare.startswith(f"{path}/") else 0.0


def _parts(path: str) -> list[str]:
    """The names by which a path's part of the system may go: its folders and its stem."""
    pure = PurePosixPath(path)
    return [part.casefold() for part in (*pure.parent.parts, pure.stem) if part not in (".", "/")]


def _texts(value: object) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def _standing(document: Document) -> str:
    if document.status in REFUSED:
        return "; it was rejected, so do not do it without a new decision"
    return "; only proposed, binds nobody yet" if document.status in NOT_BINDING else ""
