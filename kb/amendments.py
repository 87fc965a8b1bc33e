"""Which sections of a decision a later one changes: links between records, from either end. Ranks nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.documents import Amendment, Document, Passage
from kb.lineage import Lineage

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_SPACING = re.compile(r"[\W_]+")


class Amendments:
    """The amendments among a set of documents, which are known by their place in it."""

    def __init__(self, documents: Sequence[Document], lineage: Lineage) -> None:
        self._documents = documents
        self._lineage = lineage
        self._by: dict[int, dict[int, str | None]] = {}
        for place, document in enumerate(documents):
            for amendment in document.amended_by:
                self._note(place, lineage.resolve(amendment.id, document.path), amendment.section)
            for amendment in document.amends:
                self._note(lineage.resolve(amendment.id, document.path), place, amendment.section)

    def is_amended(self, place: int) -> bool:
        """True where an indexed record changes a section of the document."""
        return place in self._by

    def of(self, place: int) -> tuple[Amendment, ...]:
        """What changes a document, by id and section; a record that is not indexed stands as it was written."""
        found = {(self._name(by), section) for by, section in self._by.get(place, {}).items()}
        known = {name for name, _ in found}
        found |= {(link.id, link.section) for link in self._documents[place].amended_by if link.id not in known}
        return tuple(Amendment(name, section) for name, section in sorted(found, key=str))

    def of_section(self, place: int, heading: str) -> tuple[int, ...]:
        """The documents in force that change the section in which a heading path (" > ") lies; none for most."""
        steps = {_bare(step) for step in heading.split(" > ")}
        amenders = [by for by, section in self._by.get(place, {}).items() if section and _bare(section) in steps]
        return tuple(last for by in amenders for last in self._lineage.in_force(by, lambda _: True) or (by,))

    def _note(self, old: int | None, new: int | None, section: str | None) -> None:
        if old is None or new is None or old == new or not self._lineage.may_replace(new):
            return
        held = self._by.setdefault(old, {})
        held[new] = section or held.get(new)

    def _name(self, place: int) -> str:
        return self._documents[place].doc_id or self._documents[place].path


def sections(passage: Passage) -> list[tuple[str, str]]:
    """The sections that a passage is made of: heading path and text of each, in order."""
    starts = [(match.start(), match.group(1)) for match in _HEADING.finditer(passage.text)]
    edges = [0, *(start for start, _ in starts), len(passage.text)]
    names = [passage.heading, *(" > ".join(filter(None, (passage.heading, name))) for _, name in starts)]
    parts = [(name, passage.text[start:end]) for name, start, end in zip(names, edges[:-1], edges[1:], strict=True)]
    return [part for part in parts if part[1].strip()]


def _bare(heading: str) -> str:
    return _SPACING.sub("", heading).casefold()
