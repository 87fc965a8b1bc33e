"""What an index holds of the files it was built from: their hashes, their ids, the lines in their passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.cite import Place

if TYPE_CHECKING:
    from kb.documents import Document, Passage
    from kb.index import Index


@dataclass(frozen=True)
class Held:
    """One generation. `built_ns` is when it was published, in nanoseconds since the epoch."""

    index: Index
    built_ns: int

    def blob(self, path: str) -> str | None:
        """Git's hash of a file as it was indexed."""
        return self.index.manifest.files.get(path)

    def places(self, name: str) -> list[Place]:
        """Where an id stood."""
        documents = enumerate(self.index.documents)
        return [self._place(number, document) for number, document in documents if document.doc_id == name]

    def sparse(self, path: str) -> list[str | None]:
        """The lines of a file as far as its passages hold them; what stands between passages is None.

        Empty for a file of rules: their passages are put together from fields.
        """
        lines: list[str | None] = []
        for number, document in enumerate(self.index.documents):
            if document.kind != "rule" and (document.path == path or path in document.also_at):
                for passage in self._passages(number):
                    lines += [None] * (passage.line_end - len(lines))
                    lines[passage.line_start - 1 : passage.line_end] = passage.text.split("\n")
        return lines

    def _passages(self, number: int) -> Sequence[Passage]:
        start, end = int(self.index.starts[number]), int(self.index.starts[number + 1])
        return self.index.passages[start:end]

    def _place(self, number: int, document: Document) -> Place:
        if document.kind != "rule":
            return Place(document.path)
        passage = self._passages(number)[0]
        return Place(document.path, passage.line_start, passage.line_end)
