"""Which decision stands in for which: links between records, followed to the ones in force. Ranks nothing.

A link counts from either end ("supersedes" in the new record, "superseded by" in the old one), since people forget one
of them; a record that a later one takes back in prose counts as replaced too. A record that is only proposed, or was
rejected, replaces nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from kb.documents import Document

_CANNOT_REPLACE = frozenset({"proposed", "draft", "rejected", "withdrawn"})


class Lineage:
    """The links of a set of documents, which are known by their place in it."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._places: dict[str, list[int]] = {}
        for place, document in enumerate(documents):
            if document.doc_id:
                self._places.setdefault(document.doc_id, []).append(place)
        self._after: dict[int, set[int]] = {}
        self._before: dict[int, set[int]] = {}
        by_path = {document.path: place for place, document in enumerate(documents) if document.kind == "adr"}
        for place, document in enumerate(documents):
            if document.reversed_by is not None:
                self._link(place, by_path.get(document.reversed_by))
            for link in document.superseded_by:
                self._link(place, self.resolve(link, document.path))
            for link in document.supersedes:
                self._link(self.resolve(link, document.path), place)

    def places(self, doc_id: str) -> tuple[int, ...]:
        """Every document with this id; repositories with several decision folders have several."""
        return tuple(self._places.get(doc_id, ()))

    def resolve(self, doc_id: str, from_path: str) -> int | None:
        """The document that a link in a file means: the one in the same folder, or the only one there is."""
        found = self._places.get(doc_id, [])
        folder = PurePosixPath(from_path).parent
        beside = [place for place in found if PurePosixPath(self._documents[place].path).parent == folder]
        choices = beside or found
        return choices[0] if len(choices) == 1 or beside else None

    def may_replace(self, place: int) -> bool:
        """False for a record that is only proposed, or was rejected."""
        return self._documents[place].status not in _CANNOT_REPLACE

    def is_replaced(self, place: int) -> bool:
        """True where some record replaces the document."""
        return place in self._after

    def in_force(self, place: int, counts: Callable[[int], bool]) -> tuple[int, ...]:
        """The last of those that replace a document, following chains; none when nothing does.

        Args:
            place: the document.
            counts: says whether a document may be a successor (not one of a later date than asked for, for example).
        """
        seen = {place}
        last: dict[int, None] = {}
        waiting = [place]
        while waiting:
            here = waiting.pop()
            after = [next_ for next_ in sorted(self._after.get(here, ())) if counts(next_)]
            if not after and here != place:
                last[here] = None
            waiting += [next_ for next_ in after if next_ not in seen]
            seen.update(after)
        return tuple(last)

    def predecessors(self, place: int) -> tuple[str, ...]:
        """The ids of all that a document replaces, directly or through others, nearest first."""
        seen = {place}
        found: list[str] = []
        waiting = [place]
        while waiting:
            before = sorted(self._before.get(waiting.pop(0), set()) - seen)
            seen.update(before)
            waiting += before
            found += [self._name(here) for here in before]
        return tuple(found)

    def successors(self, place: int) -> tuple[str, ...]:
        """The ids of those in force that replace a document; none when nothing does."""
        return tuple(self._name(found) for found in self.in_force(place, lambda _: True))

    def _name(self, place: int) -> str:
        return self._documents[place].doc_id or self._documents[place].path

    def _link(self, old: int | None, new: int | None) -> None:
        if old is None or new is None or old == new or not self.may_replace(new):
            return
        self._after.setdefault(old, set()).add(new)
        self._before.setdefault(new, set()).add(old)
