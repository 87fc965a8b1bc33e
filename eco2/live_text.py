"""Write an answer while it arrives, letter for letter as `compose.render` writes the finished one.

A sentence that cites what was not injected is never begun: its citations are known before its first word.
"""

from __future__ import annotations

from collections.abc import Iterable

from eco2.completions import Chunk
from eco2.phrases import say
from eco2.turns import Evidence


class LiveText:
    """Turns chunks into the text to append to what is on the screen."""

    def __init__(self, evidence: Iterable[Evidence], language: str = "ko") -> None:
        self._injected = frozenset(passage.id for passage in evidence)
        self._language = language
        self._written = False
        self._place = (-1, -1)
        self._paragraph = -1

    def write(self, chunk: Chunk) -> str:
        """Return what a chunk adds; "" for a sentence that is dropped and for the last chunk of a stream."""
        if chunk.completion is not None or not self._injected.issuperset(chunk.citations):
            return ""
        gap = ""
        if (chunk.paragraph, chunk.sentence) != self._place:
            gap = self._gap(chunk.paragraph)
            self._place, self._paragraph = (chunk.paragraph, chunk.sentence), chunk.paragraph
        marks = "".join(f" [{id_}]" for id_ in chunk.citations) if chunk.ends else ""
        added = gap + chunk.text + marks
        self._written = self._written or bool(added)
        return added

    def finish(self) -> str:
        """Return what is said where nothing could be written."""
        return "" if self._written else say("nothing_left").text(self._language)

    def _gap(self, paragraph: int) -> str:
        if paragraph == self._paragraph:
            return " "
        return "\n\n" if self._written else ""
