"""A pointer: one document, or lines of it, that somebody should read, and why. All briefs are made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.chunk import is_thin
from kb.documents import Document, Kind, Passage
from kb.index import Index

NOT_BINDING = frozenset({"proposed", "draft"})
REFUSED = frozenset({"rejected", "withdrawn"})
GONE = frozenset({"superseded", "deprecated"})
TELLING = {
    "adr": re.compile(r"^(?:decision(?! drivers)|결정(?! *(?:요인|기준)))", re.IGNORECASE),
    "incident": re.compile(r"lesson|learn|root cause|교훈|배운|원인|재발", re.IGNORECASE),
}


@dataclass(frozen=True)
class Pointer:
    """Where to read. `citation` is an id in full or a path; lines are 1-based and inclusive; `why` is one phrase."""

    citation: str
    path: str
    line_start: int
    line_end: int
    kind: Kind
    title: str
    status: str | None
    date: str | None
    why: str
    text: str = ""


class Shelf:
    """The documents of an index with their passages, by place."""

    def __init__(self, index: Index) -> None:
        self.documents: Sequence[Document] = index.documents
        self._index = index

    def passages(self, place: int) -> Sequence[Passage]:
        """The passages of one document, in the order of the file."""
        starts = self._index.starts
        return self._index.passages[int(starts[place]) : int(starts[place + 1])]

    def name(self, place: int) -> str:
        """How a document is cited."""
        document = self.documents[place]
        return document.doc_id or document.path

    def section(self, place: int, pattern: re.Pattern[str]) -> Passage | None:
        """The first passage below a heading that matches, None where there is none."""
        return next((passage for passage in self.passages(place) if pattern.search(passage.heading)), None)

    def quoted(self, pointer: Pointer) -> str:
        """The passage that a pointer names; of a whole document the one that decides, teaches or comes first."""
        place = self.place(pointer.citation)
        passages = self.passages(place) if place is not None else ()
        lines = (pointer.line_start, pointer.line_end)
        if named := [passage for passage in passages if (passage.line_start, passage.line_end) == lines]:
            return named[0].text
        pattern = TELLING.get(pointer.kind)
        telling = self.section(place, pattern) if place is not None and pattern else None
        told = telling or next((passage for passage in passages if not is_thin(passage)), None)
        return told.text if told else ""

    def place(self, name: str) -> int | None:
        """The place of a document by `name`, None for one that is not here."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return {self.name(place): place for place in range(len(self.documents))}

    def pointer(self, place: int, why: str, passage: Passage | None = None, *, text: str = "") -> Pointer:
        """Point to a document, or to one passage of it."""
        document = self.documents[place]
        every = self.passages(place)
        first, last = (passage, passage) if passage else (every[0], every[-1]) if every else (None, None)
        return Pointer(
            citation=self.name(place),
            path=document.path,
            line_start=first.line_start if first else 1,
            line_end=last.line_end if last else 1,
            kind=document.kind,
            title=document.title,
            status=document.status,
            date=document.date,
            why=why,
            text=text,
        )
