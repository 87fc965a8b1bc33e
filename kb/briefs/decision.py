"""The story of a decision: what it says, what it replaced and what replaced it, what else was weighed, what it taught.

Everything is quoted from records, nothing is concluded: sections are found by their headings, links by ids in front
matter and text, from either end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.amendments import Amendments, sections
from kb.briefs.binding import ids_in
from kb.briefs.pointers import Pointer, Shelf
from kb.documents import UnknownCitation
from kb.lineage import Lineage

_SECTIONS = {
    "context": re.compile(r"context|problem|배경|맥락|문제", re.IGNORECASE),
    "decision": re.compile(r"^(?:decision(?!\s+drivers)|decision outcome|결정(?!\s*기준|\s*요인)|선택)", re.IGNORECASE),
    "alternatives": re.compile(r"options|alternatives|pros and cons|대안|선택지|검토한", re.IGNORECASE),
    "consequences": re.compile(r"consequences|결과|영향|trade-?offs", re.IGNORECASE),
}
_LINKS = ("related", "incidents", "caused_by", "from_incident")


@dataclass(frozen=True)
class Quoted:
    """A section as it stands in the record."""

    name: str
    heading: str
    path: str
    line_start: int
    line_end: int
    text: str


@dataclass(frozen=True)
class Story:
    """A decision with all that hangs on it. `in_force` holds what stands in its place, empty when it stands itself."""

    decision: Pointer
    in_force: tuple[Pointer, ...]
    replaced: tuple[Pointer, ...]
    amendments: tuple[Pointer, ...]
    incidents: tuple[Pointer, ...]
    cited_by: tuple[Pointer, ...]
    sections: tuple[Quoted, ...]


def story(shelf: Shelf, lineage: Lineage, amendments: Amendments, place: int) -> Story:
    """Tell the story of the decision at a place of an index."""
    own = set(ids_in(" ".join(passage.text for passage in shelf.passages(place))))
    linked = own | _linked(shelf, place)
    citing = _citing(shelf, place)
    incidents = [
        other
        for other, document in enumerate(shelf.documents)
        if document.kind == "incident" and (document.doc_id in linked or other in citing)
    ]
    return Story(
        decision=shelf.pointer(place, _standing(shelf, lineage, place)),
        in_force=tuple(
            shelf.pointer(last, "in force in its place") for last in lineage.in_force(place, lambda _: True)
        ),
        replaced=tuple(
            shelf.pointer(before, "was replaced by it")
            for name in lineage.predecessors(place)
            if (before := _resolved(shelf, lineage, name, place)) is not None
        ),
        amendments=tuple(
            shelf.pointer(by, f"amends {link.section!r}" if link.section else "amends it")
            for link in amendments.of(place)
            if (by := _resolved(shelf, lineage, link.id, place)) is not None
        ),
        incidents=tuple(shelf.pointer(other, "is named beside it") for other in incidents),
        cited_by=tuple(
            shelf.pointer(other, "cites it") for other in citing if shelf.documents[other].kind != "incident"
        ),
        sections=tuple(_sections(shelf, place)),
    )


def place_named(shelf: Shelf, lineage: Lineage, name: str) -> int:
    """The place of a decision by "adr:0007", "ADR-7", "7" or its path.

    Raises:
        UnknownCitation: no decision of the index goes by that name.
    """
    bare = name.strip().strip("[]")
    for candidate in _spellings(bare):
        if found := lineage.places(candidate):
            return found[0]
    for place, document in enumerate(shelf.documents):
        if document.kind == "adr" and (document.path == bare or bare in document.also_at):
            return place
    raise UnknownCitation(f"no decision is called {name[:200]!r}; search_knowledge with kind adr finds it by its words")


def _spellings(name: str) -> list[str]:
    number = re.fullmatch(r"(?:adr[-: ]?)?0*(\d{1,5})", name, re.IGNORECASE)
    return [name, *([f"adr:{int(number[1]):04d}", f"adr:{number[1]}"] if number else [])]


def _standing(shelf: Shelf, lineage: Lineage, place: int) -> str:
    if lineage.is_replaced(place):
        return f"not in force, replaced by {', '.join(lineage.successors(place))}"
    return {"accepted": "in force", "rejected": "rejected", "proposed": "only proposed"}.get(
        shelf.documents[place].status or "", "status not stated"
    )


def _sections(shelf: Shelf, place: int) -> list[Quoted]:
    found: list[Quoted] = []
    for passage in shelf.passages(place):
        line = passage.line_start
        for heading, text in sections(passage):
            first, last = line, line + text.rstrip("\n").count("\n")
            line += text.count("\n")
            if name := _section_name(heading):
                found.append(Quoted(name, heading, passage.path, first, last, text.strip()))
    return found


def _section_name(heading: str) -> str | None:
    return next(
        (name for part in heading.split(" > ") for name, pattern in _SECTIONS.items() if pattern.search(part)), None
    )


def _linked(shelf: Shelf, place: int) -> set[str]:
    meta = shelf.documents[place].meta
    return {str(item) for key in _LINKS for item in _listed(meta.get(key))}


def _citing(shelf: Shelf, place: int) -> list[int]:
    name = shelf.documents[place].doc_id
    if name is None:
        return []
    return [
        other
        for other, document in enumerate(shelf.documents)
        if other != place
        and (name in _linked(shelf, other) or _speaks_of(shelf, other, name))
        and document.kind != "rule"
    ]


def _speaks_of(shelf: Shelf, place: int, name: str) -> bool:
    return any(f"[{name}]" in passage.text for passage in shelf.passages(place))


def _resolved(shelf: Shelf, lineage: Lineage, name: str, place: int) -> int | None:
    found = lineage.resolve(name, shelf.documents[place].path)
    if found is not None:
        return found
    return next((other for other, document in enumerate(shelf.documents) if document.path == name), None)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value] if isinstance(value, str) else []
