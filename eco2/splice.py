"""Tell an answer again without repeating it: what readers have seen stays, and a second telling adds only what is new.

A second telling counts as the same answer as long as it agrees letter for letter, sentence by sentence, citations
included. Two answers that differ are never joined: half of one and half of another would be a third that no model gave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from eco2.completions import Chunk

_ENDS = True
_CUT = "…"

Start = tuple[int, int, tuple[str, ...]]
Mark = str | bool | Start
"""One step of a telling: a sentence starts, a letter, a sentence ends."""


class Diverged(Exception):
    """A second telling is another answer."""


@dataclass
class Shown:
    """What readers have seen of an answer, step by step."""

    marks: list[Mark] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.marks)

    def paragraphs(self) -> list[list[dict[str, object]]]:
        """Return what was shown in the shape of a draft."""
        written: dict[int, list[dict[str, object]]] = {}
        for start, text in self._sentences():
            written.setdefault(start[0], []).append({"citations": list(start[2]), "text": text})
        return list(written.values())

    def close(self, note: str) -> list[Chunk]:
        """End an answer in the middle and return what that adds: the mark of a cut sentence, then a note."""
        paragraph, sentence, citations = [start for start, _ in self._sentences()][-1]
        added = [Chunk(note, paragraph, sentence + 1, ends=True)]
        if self.marks[-1] is not _ENDS:
            added.insert(0, Chunk(_CUT, paragraph, sentence, citations, ends=True))
            self.marks += [_CUT, _ENDS]
        self.marks += [(paragraph, sentence + 1, ()), *note, _ENDS]
        return added

    def _sentences(self) -> list[tuple[Start, str]]:
        found: list[tuple[Start, str]] = []
        for mark in self.marks:
            if isinstance(mark, tuple):
                found.append((mark, ""))
            elif isinstance(mark, str):
                found[-1] = (found[-1][0], found[-1][1] + mark)
        return found


class Telling:
    """One telling of the answer, held against what was shown."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._told = 0
        self._place = (-1, -1)

    def new(self, chunk: Chunk) -> Chunk | None:
        """Return the part of a chunk that was not shown yet, and count it as shown; None when there is none.

        Raises:
            Diverged: it differs from what was shown.
        """
        marks = self._marks(chunk)
        known = self._shown.marks[self._told : self._told + len(marks)]
        if marks[: len(known)] != known:
            raise Diverged
        self._told += len(marks)
        fresh = marks[len(known) :]
        self._shown.marks += fresh
        return replace(chunk, text=_letters(fresh)) if fresh else None

    def finish(self) -> None:
        """Check that the telling is over and holds all that was shown.

        Raises:
            Diverged: it ended before.
        """
        if self._told < len(self._shown.marks):
            raise Diverged

    def _marks(self, chunk: Chunk) -> list[Mark]:
        place = (chunk.paragraph, chunk.sentence)
        start: list[Mark] = [] if place == self._place else [(*place, chunk.citations)]
        self._place = place
        return [*start, *chunk.text, *([_ENDS] if chunk.ends else [])]


def _letters(marks: Sequence[Mark]) -> str:
    return "".join(mark for mark in marks if isinstance(mark, str))
