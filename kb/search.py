"""A question -> hits: both legs behind one mask, fused, gathered by document, what is in force first.

Works on an index in memory; loading it, and the model, is `kb.app`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from kb.amendments import Amendments
from kb.answerable import THRESHOLD, answer_score
from kb.asked import Names
from kb.chunk import is_thin
from kb.coverage import Word
from kb.documents import Document, Hit
from kb.expand import Expansion
from kb.filters import EVERYTHING, Filters
from kb.fuse import blend, ranking, reciprocal
from kb.index import Index
from kb.legs import Legs, Seen
from kb.lineage import Lineage
from kb.ports import Embedder, LexicalIndex, Mask, Ranking, VectorIndex
from kb.rank import (
    DEFAULTS,
    Collections,
    Tuning,
    amended_behind,
    by_document,
    in_force_first,
    named_first,
    with_evidence,
)
from kb.tokens import QUERY_CHARACTERS
from kb.translations import NOTHING, Translations

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
    """Hits, best document first, and a guess whether they answer the question (`kb.answerable`).

    `expansions` say what words were also looked for as, `unmatched` which the best passage holds in no form.
    """

    query: str
    answerable: bool
    answer_score: float
    index_revision: str
    hits: tuple[Hit, ...]
    warnings: tuple[str, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    unmatched: tuple[str, ...] = ()


class Engine:
    """An index with its legs, ready for questions; several threads may ask, since only a cache of masks changes."""

    def __init__(
        self,
        index: Index,
        lexical: LexicalIndex,
        vector: VectorIndex | None,
        embedder: Embedder | None,
        *,
        translations: Translations = NOTHING,
        tuning: Tuning = DEFAULTS,
    ) -> None:
        self.index = index
        self.lineage = Lineage(index.documents)
        self.amendments = Amendments(index.documents, self.lineage)
        self.legs = Legs(index, lexical, vector, embedder, translations)
        self._names = Names(index.documents)
        self._tuning = tuning
        self._collections = Collections(index.documents, tuning)
        self._masks: dict[Filters, Mask | None] = {}

    def search(self, request: Request, is_changed: Callable[[Document], bool]) -> SearchResult:
        """Answer a question with hits.

        Args:
            request: the question.
            is_changed: says whether a document's file differs from what was indexed.
        """
        allowed = self._mask(request.filters)
        seen = self.legs.see(request.query, allowed, max(DEPTH, 10 * request.k * request.per_document))
        named = [place for place in self._names.find(request.query) if allowed is None or allowed[place]]
        fused = self.fused(seen)
        ranked = self._ranked(self.by_document(fused, seen), seen, named, request.filters)
        ranked = Ranking(ranked.numbers[: max(request.k, 0)], ranked.scores[: max(request.k, 0)])
        words = self.legs.words_held(seen.asked, int(fused.numbers[0])) if len(fused) else []
        score = 1.0 if named else _answer_score(seen, fused, words)
        return SearchResult(
            query=request.query,
            answerable=len(ranked) > 0 and score >= THRESHOLD,
            answer_score=round(score, 4) if len(ranked) else 0.0,
            index_revision=self.index.manifest.revision,
            hits=tuple(self._hits(ranked, fused, seen, request.per_document, is_changed)),
            warnings=_warnings(request.query),
            expansions=seen.asked.expansions,
            unmatched=tuple(word.text for word in words if not word.held),
        )

    def fused(self, seen: Seen) -> Ranking:
        """Merge what the legs saw by the workspace's way of fusing."""
        if self._tuning.fusion == "rrf":
            return reciprocal([seen.lexical, seen.similar])
        return ranking(seen.numbers, blend(seen.lexical_scores, seen.vector_scores, self._tuning.lexical_weight))

    def by_document(self, found: Ranking, seen: Seen) -> Ranking:
        """Gather passages into documents, with the evidence of whole documents; links between them left aside.

        Ranks alone ("rrf") have no scale that evidence could be added to, so they stand as they are.
        """
        ranked = by_document(found, self.legs.document_of, self._tuning.further_passages)
        if self._tuning.fusion == "convex" and len(ranked):
            ranked = with_evidence(ranked, *self.legs.of_documents(seen, ranked.numbers), self._tuning)
        return self._collections.weighted(ranked)

    def _ranked(self, found: Ranking, seen: Seen, named: Sequence[int], filters: Filters) -> Ranking:
        ranked = named_first(found, named)
        if not filters.statuses:
            documents = self.index.documents

            def in_time(place: int) -> bool:
                return filters.in_time(documents[place])

            ranked = in_force_first(ranked, self.lineage, frozenset(named), in_time)
            ranked = amended_behind(ranked, lambda place: tuple(filter(in_time, self._amenders(place, seen, named))))
        return self._collections.within_quotas(ranked)

    def _amenders(self, place: int, seen: Seen, named: Sequence[int]) -> tuple[int, ...]:
        """What changes the section of a document that is asked about; nothing for one that is asked for by name."""
        if not self.amendments.is_amended(place) or place in named:
            return ()
        return self.amendments.of_section(place, self.legs.section_asked(seen.asked, place))

    def _hits(
        self, ranked: Ranking, fused: Ranking, seen: Seen, per_document: int, is_changed: Callable[[Document], bool]
    ) -> Iterator[Hit]:
        document_of = self.legs.document_of[fused.numbers]
        for place, score in zip(ranked.numbers.tolist(), ranked.scores.tolist(), strict=True):
            document = self.index.documents[place]
            found = fused.numbers[document_of == place].tolist()
            changed = is_changed(document)
            for number in self._shown(place, found, per_document):
                lexical, vector = seen.legs(number)
                yield Hit(
                    passage=self.index.passages[number],
                    status=document.status,
                    score=round(score, 6),
                    lexical=lexical,
                    vector=vector,
                    also_at=document.also_at,
                    successor_of=self.lineage.predecessors(place),
                    superseded_by=self.lineage.successors(place),
                    amended_by=self.amendments.of(place),
                    changed_since_index=changed,
                )

    def _shown(self, document: int, found: Sequence[int], count: int) -> list[int]:
        """The passages to show of a document: those found, then any; thin ones only where there are no others."""
        others = (number for number in self._span(document) if number not in found)
        every = (*found, *others) if count <= 1 else found
        told = islice((number for number in every if not is_thin(self.index.passages[number])), count)
        return list(told) or list(found[:count]) or [self._span(document)[0]]

    def _span(self, document: int) -> range:
        return range(int(self.index.starts[document]), int(self.index.starts[document + 1]))

    def _mask(self, filters: Filters) -> Mask | None:
        if filters not in self._masks:
            if len(self._masks) >= _MASKS_KEPT:
                self._masks.clear()
            self._masks[filters] = filters.mask(self.index.documents)
        return self._masks[filters]


def _answer_score(seen: Seen, fused: Ranking, words: Sequence[Word]) -> float:
    if not len(fused):
        return 0.0
    _, similarity = seen.legs(int(fused.numbers[0]))
    return answer_score(words, max(similarity or 0.0, 0.0))


def _warnings(query: str) -> tuple[str, ...]:
    if len(query) <= QUERY_CHARACTERS:
        return ()
    return (f"the question has {len(query):,} characters; only the first {QUERY_CHARACTERS:,} are searched",)
