"""A question -> hits: both legs behind one mask, fused, gathered by document, what is in force first.

Works on an index in memory; loading it, and the model, is `kb.app`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np

from kb.answerable import THRESHOLD, answer_score
from kb.asked import Names
from kb.chunk import is_thin
from kb.documents import Document, Hit
from kb.filters import EVERYTHING, Filters
from kb.fuse import blend, ranking, reciprocal, union
from kb.index import Index
from kb.lineage import Lineage
from kb.ports import EMPTY, Embedder, LexicalIndex, Mask, Numbers, Ranking, Scores, VectorIndex
from kb.rank import Ranked, by_document, in_force_first, named_first
from kb.tokens import QUERY_CHARACTERS, query_terms

DEPTH = 200
_MASKS_KEPT = 64


@dataclass(frozen=True)
class Request:
    """A question. `k` counts documents, `per_document` the passages shown of each."""

    query: str
    k: int = 5
    per_document: int = 1
    filters: Filters = EVERYTHING


@dataclass(frozen=True)
class SearchResult:
    """Hits, best document first, and a guess whether they answer the question (`kb.answerable`)."""

    query: str
    answerable: bool
    answer_score: float
    index_revision: str
    hits: tuple[Hit, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Seen:
    """What the legs saw of a question: their rankings, and both scores of every passage that is in either.

    `numbers` ascending; `lexical_scores` and `vector_scores` (len(numbers),). `term_count` is of distinct terms,
    `ceiling` what the lexical score could reach at most.
    """

    lexical: Ranking
    vector: Ranking
    numbers: Numbers
    lexical_scores: Scores
    vector_scores: Scores
    term_count: int
    ceiling: float

    def legs(self, number: int) -> tuple[float | None, float | None]:
        """The lexical and the vector score of a passage; None for a leg that saw nothing at all."""
        place = int(np.searchsorted(self.numbers, number))
        if place >= len(self.numbers) or self.numbers[place] != number:
            return None, None
        lexical = round(float(self.lexical_scores[place]), 6) if len(self.lexical) else None
        return lexical, round(float(self.vector_scores[place]), 6) if len(self.vector) else None


class Engine:
    """An index with its legs, ready for questions; several threads may ask, since only a cache of masks changes."""

    def __init__(
        self,
        index: Index,
        lexical: LexicalIndex,
        vector: VectorIndex | None,
        embedder: Embedder | None,
        *,
        fusion: Literal["convex", "rrf"] = "convex",
        lexical_weight: float = 0.6,
    ) -> None:
        self.index = index
        self.lineage = Lineage(index.documents)
        self._names = Names(index.documents)
        self._lexical = lexical
        self._vector = vector
        self._embedder = embedder
        self._fusion = fusion
        self._lexical_weight = lexical_weight
        self._document_of = np.repeat(np.arange(len(index.documents)), np.diff(index.starts))
        self._masks: dict[Filters, Mask | None] = {}

    def search(self, request: Request, is_changed: Callable[[Document], bool]) -> SearchResult:
        """Answer a question with hits.

        Args:
            request: the question.
            is_changed: says whether a document's file differs from what was indexed.
        """
        allowed = self._mask(request.filters)
        seen = self.see(request.query, allowed, max(DEPTH, 10 * request.k * request.per_document))
        named = [place for place in self._names.find(request.query) if allowed is None or allowed[place]]
        fused = self.fused(seen)
        ranked = self._ranked(fused, named, request.filters)[: max(request.k, 0)]
        score = 1.0 if named else _answer_score(seen, fused)
        return SearchResult(
            query=request.query,
            answerable=bool(ranked) and score >= THRESHOLD,
            answer_score=round(score, 4) if ranked else 0.0,
            index_revision=self.index.manifest.revision,
            hits=tuple(hit for item in ranked for hit in self._hits(item, request.per_document, seen, is_changed)),
            warnings=_warnings(request.query),
        )

    def see(self, query: str, allowed: Mask | None, depth: int) -> Seen:
        """Ask both legs for their best passages among the documents that `allowed` marks."""
        passages = None if allowed is None else allowed[self._document_of]
        terms = query_terms(query)
        lexical = self._lexical.search(terms, depth, passages)
        bounds = len(set(terms)), self._lexical.ceiling(terms)
        if self._vector is None or self._embedder is None:
            return Seen(lexical, EMPTY, *_aligned(lexical), *bounds)
        vector = self._embedder.embed([query[:QUERY_CHARACTERS]])[0]
        similar = self._vector.search(vector, depth, passages)
        numbers = union([lexical, similar])
        scores = self._lexical.score(terms, numbers), self._vector.score(vector, numbers)
        return Seen(lexical, similar, numbers, *scores, *bounds)

    def fused(self, seen: Seen) -> Ranking:
        """Merge what the legs saw by the workspace's way of fusing."""
        if self._fusion == "rrf":
            return reciprocal([seen.lexical, seen.vector])
        return ranking(seen.numbers, blend(seen.lexical_scores, seen.vector_scores, self._lexical_weight))

    def by_document(self, found: Ranking) -> list[Ranked]:
        """Gather a ranking of passages into documents, links between them left aside."""
        return by_document(found, self._document_of)

    def _ranked(self, fused: Ranking, named: Sequence[int], filters: Filters) -> list[Ranked]:
        ranked = named_first(self.by_document(fused), named, self._first_passage)
        if filters.statuses:
            return ranked
        documents = self.index.documents
        return in_force_first(
            ranked, self.lineage, frozenset(named), lambda place: filters.in_time(documents[place]), self._first_passage
        )

    def _hits(self, item: Ranked, per_document: int, seen: Seen, is_changed: Callable[[Document], bool]) -> list[Hit]:
        document = self.index.documents[item.document]
        changed = is_changed(document)
        shown = [(self.index.passages[number], *seen.legs(number)) for number in self._shown(item, per_document)]
        return [
            Hit(
                passage=passage,
                status=document.status,
                score=round(item.score, 6),
                lexical=lexical,
                vector=vector,
                also_at=document.also_at,
                successor_of=self.lineage.predecessors(item.document),
                superseded_by=self.lineage.successors(item.document),
                amended_by=document.amended_by,
                changed_since_index=changed,
            )
            for passage, lexical, vector in shown
        ]

    def _shown(self, item: Ranked, count: int) -> list[int]:
        """The passages to show of a document: those found, then any; thin ones only where there are no others."""
        others = (number for number in self._span(item.document) if number not in item.passages)
        every = (*item.passages, *others) if count <= 1 else item.passages
        told = islice((number for number in every if not is_thin(self.index.passages[number])), count)
        return list(told) or list(item.passages[:count])

    def _span(self, document: int) -> range:
        return range(int(self.index.starts[document]), int(self.index.starts[document + 1]))

    def _first_passage(self, document: int) -> int:
        return int(self.index.starts[document])

    def _mask(self, filters: Filters) -> Mask | None:
        if filters not in self._masks:
            if len(self._masks) >= _MASKS_KEPT:
                self._masks.clear()
            self._masks[filters] = filters.mask(self.index.documents)
        return self._masks[filters]


def _answer_score(seen: Seen, fused: Ranking) -> float:
    if not len(fused):
        return 0.0
    lexical, similarity = seen.legs(int(fused.numbers[0]))
    share = (lexical or 0.0) / seen.ceiling if seen.ceiling else 0.0
    return answer_score(share, seen.term_count, similarity or 0.0)


def _aligned(lexical: Ranking) -> tuple[Numbers, Scores, Scores]:
    """Numbers ascending with their lexical scores and no vector scores."""
    order = np.argsort(lexical.numbers)
    return lexical.numbers[order], lexical.scores[order], np.zeros(len(order))


def _warnings(query: str) -> tuple[str, ...]:
    if len(query) <= QUERY_CHARACTERS:
        return ()
    return (f"the question has {len(query):,} characters; only the first {QUERY_CHARACTERS:,} are searched",)
