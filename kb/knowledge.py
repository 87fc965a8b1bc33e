"""An opened workspace: search, context, citations. Holds one generation of the index; a newer one is a new object."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from kb.cite import Place, cite, full_id, place_of
from kb.context import Context, compose
from kb.documents import Citation, Document, Finding, UnknownCitation
from kb.filters import EVERYTHING, Filters
from kb.places import Files
from kb.search import Engine, Request, SearchResult

# Hits considered for a context; a budget of a few thousand tokens holds fewer.
_CONTEXT_HITS = 20


@dataclass(frozen=True)
class Shown:
    """Cited lines as they stand."""

    citation: Citation
    text: str


class Knowledge:
    """Answers questions from one generation; `warnings` say what is switched off and why."""

    def __init__(self, engine: Engine, files: Files, nonce: Callable[[], str], warnings: tuple[str, ...] = ()) -> None:
        self.engine = engine
        self.warnings = warnings
        self._files = files
        self._nonce = nonce

    @property
    def revision(self) -> str:
        return self.engine.index.manifest.revision

    def search(
        self,
        query: str,
        *,
        k: int = 5,
        per_document: int = 1,
        kinds: Iterable[str] | None = None,
        statuses: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        as_of: str | None = None,
    ) -> SearchResult:
        """Find what answers a question.

        Args:
            query: in Korean or English; names such as "ADR-0007" or a rule's id are found exactly.
            k: documents, each with its best passage.
            per_document: passages of each document.
            kinds: kinds of document that may answer; None or empty for all, as for the other filters.
            statuses: of decisions and incidents; asking for "superseded" shows them as they rank.
            tags: a document needs one of them.
            as_of: an ISO date; answers with what was in force that day.
        """
        filters = Filters(frozenset(kinds or ()), frozenset(statuses or ()), frozenset(tags or ()), as_of)
        return self.answer(Request(query, k, per_document, filters))

    def answer(self, request: Request) -> SearchResult:
        """As `search`, of a request."""
        result = self.engine.search(request, self._is_changed)
        return replace(result, warnings=(*self.warnings, *result.warnings))

    def context(self, query: str, budget_tokens: int = 1_200, filters: Filters = EVERYTHING) -> Context:
        """Lay out what answers a question for a language model, within a budget of estimated tokens."""
        result = self.answer(Request(query, _CONTEXT_HITS, filters=filters))
        return compose(query, result.hits, budget_tokens, self._nonce(), result.answerable)

    def cite(self, name: str) -> Citation:
        """Resolve "adr:0007", "rule:pet-bottle", "world:weather-seoul" or "docs/x.md:3-9"; a bare word means a rule.

        Raises:
            UnknownCitation: nothing of that name, or its file is gone.
        """
        return self.show(name).citation

    def show(self, name: str) -> Shown:
        """As `cite`, with the lines."""
        wanted = full_id(name)
        place = self._place(wanted)
        source = self._files.read(place.path)
        if isinstance(source, Finding):
            raise UnknownCitation(f"{name!r} is {place.path}, which {source.message}")
        lines = source.text.removesuffix("\n").split("\n")
        citation = cite(wanted, place.path, lines, place, source.blob)
        return Shown(citation, "\n".join(lines[citation.line_start - 1 : citation.line_end]))

    def _place(self, name: str) -> Place:
        if name.startswith("world:"):
            place = self._files.world_place(name.removeprefix("world:"))
        else:
            place = self._document_place(name)
        if place is None:
            raise UnknownCitation(f"no document of this index is {name!r}; `kb search {name}` looks for it in the text")
        return place

    def _document_place(self, name: str) -> Place | None:
        documents = self.engine.index.documents
        if found := self.engine.lineage.places(name):
            return self._whole(found[0])
        asked = place_of(name)
        paths = (path for document in documents for path in (document.path, *document.also_at))
        return asked if asked.path in set(paths) else None

    def _whole(self, place: int) -> Place:
        """The lines of a document: of a rule its entry, of a file all."""
        document = self.engine.index.documents[place]
        if document.kind != "rule":
            return Place(document.path)
        passage = self.engine.index.passages[int(self.engine.index.starts[place])]
        return Place(document.path, passage.line_start, passage.line_end)

    def _is_changed(self, document: Document) -> bool:
        return self._files.blob_of(document.path) != document.blob
