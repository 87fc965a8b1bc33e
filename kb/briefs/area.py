"""One page for somebody who enters an area: decisions in force, what was refused, incidents, rules, skills, documents.

An area is a path, a part of the system or a subject; nothing for the whole. What is tied to it comes first, what a
search finds after that, the most cited before the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kb.briefs.binding import PART, Binding, Bound, ids_in
from kb.briefs.pointers import GONE, NOT_BINDING, REFUSED, Pointer, Shelf
from kb.documents import Document, Hit

SECTIONS = ("decisions in force", "not to be done", "proposed", "incidents", "rules", "skills", "documents")
MOST_OF_A_SECTION = 8


@dataclass(frozen=True)
class Section:
    """Some pointers under one heading of `SECTIONS`; `left_out` counts those for which there was no room."""

    name: str
    pointers: tuple[Pointer, ...]
    left_out: int = 0


def brief(
    area: str,
    binding: Binding,
    find: Callable[[str], Sequence[Hit]],
    is_replaced: Callable[[int], bool],
    most: int = MOST_OF_A_SECTION,
) -> list[Section]:
    """Gather what there is to know of an area; sections without anything are left out.

    Args:
        area: a path, a part or a subject; empty for all.
        binding: of the index.
        find: searches a subject, best first; asked only for an area.
        is_replaced: says of a place whether something later stands for it.
        most: pointers of one section.
    """
    shelf = binding.shelf
    ranked = _of_area(area, binding, find) if area else _most_cited(shelf, binding)
    by_section: dict[str, list[Pointer]] = {}
    for bound in ranked:
        name = _section_of(shelf.documents[bound.place], is_replaced(bound.place))
        if name:
            by_section.setdefault(name, []).append(binding.pointer(bound))
    return [
        Section(name, tuple(found[:most]), max(0, len(found) - most))
        for name in SECTIONS
        if (found := by_section.get(name))
    ]


def in_turn(sections: Sequence[Section]) -> list[tuple[str, Pointer]]:
    """The pointers of all sections, each with the name of its own: the first of each, the second of each, …"""
    ranked = [
        (rank, place, section.name, pointer)
        for place, section in enumerate(sections)
        for rank, pointer in enumerate(section.pointers)
    ]
    return [(name, pointer) for _, _, name, pointer in sorted(ranked, key=lambda one: one[:2])]


def citation_counts(shelf: Shelf) -> Counter[str]:
    """How many documents name each id."""
    counts: Counter[str] = Counter()
    for place in range(len(shelf.documents)):
        own = shelf.documents[place].doc_id
        named = {id_ for passage in shelf.passages(place) for id_ in ids_in(passage.text)}
        counts.update(named - {own})
    return counts


def _of_area(area: str, binding: Binding, find: Callable[[str], Sequence[Hit]]) -> list[Bound]:
    bound = binding.of([area.strip().removeprefix("./").rstrip("/")])
    known = {one.place for one in bound}
    places = {id(document): place for place, document in enumerate(binding.shelf.documents)}
    by_path = {(document.path, document.doc_id): places[id(document)] for document in binding.shelf.documents}
    # The words of a path are poor questions; they are asked only where no record names it.
    hits = () if bound and "/" in area else find(area)
    found = [
        Bound(place, PART / 2, area, f"is found by {area!r}", hit.passage)
        for hit in hits
        if (place := by_path.get((hit.passage.path, hit.passage.doc_id))) is not None and place not in known
    ]
    return [*bound, *found]


def _most_cited(shelf: Shelf, binding: Binding) -> list[Bound]:
    counts = citation_counts(shelf)
    ranked: Iterable[int] = sorted(
        range(len(shelf.documents)), key=lambda place: (-counts[shelf.documents[place].doc_id or ""], place)
    )
    return [Bound(place, PART, "", _cited(counts[shelf.documents[place].doc_id or ""])) for place in ranked]


def _cited(count: int) -> str:
    return f"cited by {count}" if count else "is there"


def _section_of(document: Document, is_replaced: bool) -> str | None:
    if document.kind == "adr":
        if is_replaced or document.status in GONE:
            return None
        if document.status in REFUSED:
            return "not to be done"
        return "proposed" if document.status in NOT_BINDING else "decisions in force"
    return {"incident": "incidents", "rule": "rules", "skill": "skills", "doc": "documents"}[document.kind]
