"""Passages with scores -> documents in order: gathered, the named first, the replaced behind what replaced them.

All of it works on arrays of document numbers and scores, since hundreds of candidates are ranked for a few hits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.documents import Document
from kb.fuse import ranking, scaled
from kb.glossary import TERM, is_term
from kb.lineage import Lineage
from kb.ports import EMPTY, Numbers, Ranking, Scores
from kb.workspace import Fusion, Options

# A replaced record keeps half of its score, so that it does not crowd out what is in force.
STALE = 0.5
# Of two documents with one score, the one that was changed stands behind.
_BEHIND = 0.999
# What changes a section takes its place only where it has something to say to the question: this share of its score.
_SPEAKS = 0.5
# Sections are compared among the first documents alone; what stands behind them is hardly shown.
_LOOKED_AT = 20


_OPTIONS = Options()


@dataclass(frozen=True)
class Tuning:
    """How a workspace ranks; every number is measured by benchmarks/retrieval.py.

    `fusion` and `lexical_weight` merge the legs. `weights` and `quotas` are by collection, a kind of document or "term"
    for the entries of a glossary; what is not named weighs 1 and has no quota. A definition is found, but does not
    stand before the decision that uses its word. `further_passages`: second and later passages of a document count for
    this much of their score, to the power of their place. `document_words` and `document_meaning`: what whole documents
    add to their passages, by the words of all passages together and by the mean of their vectors.
    """

    fusion: Fusion = _OPTIONS.fusion
    lexical_weight: float = _OPTIONS.lexical_weight
    weights: tuple[tuple[str, float], ...] = _OPTIONS.weights
    quotas: tuple[tuple[str, int], ...] = _OPTIONS.quotas
    further_passages: float = 0.2
    document_words: float = 0.4
    document_meaning: float = 0.4


DEFAULTS = Tuning()


def by_document(found: Ranking, document_of: Numbers, further: float = DEFAULTS.further_passages) -> Ranking:
    """Gather a ranking of passages into one of documents, by the best passage and a little for each further one.

    Args:
        found: passages, best first.
        document_of: (passages,) the document of each.
        further: what the n-th passage of a document counts, to the power of n - 1.

    Returns:
        Documents, best first, ties by number.
    """
    if not len(found):
        return EMPTY
    documents = document_of[found.numbers]
    grouped = np.argsort(documents, kind="stable")
    numbers, starts, counts = np.unique(documents[grouped], return_index=True, return_counts=True)
    places = np.arange(len(grouped)) - np.repeat(starts, counts)
    return ranking(numbers, np.add.reduceat(found.scores[grouped] * further**places, starts))


def collection_of(document: Document) -> str:
    """The kind of a document; the entries of a glossary stand apart from the other rules."""
    return TERM if is_term(document) else document.kind


def with_evidence(found: Ranking, words: Scores, meaning: Scores, tuning: Tuning = DEFAULTS) -> Ranking:
    """Add what documents as a whole say of a question to what their passages do.

    Args:
        found: documents with scores.
        words: (len(found),) their lexical scores, each document as one text.
        meaning: (len(found),) the similarity of their mean vector, -1 to 1.
        tuning: how much of either.
    """
    more = tuning.document_words * scaled(words) + tuning.document_meaning * meaning.clip(0)
    return ranking(found.numbers, found.scores + more)


class Collections:
    """The weights and quotas of a set of documents."""

    def __init__(self, documents: Sequence[Document], tuning: Tuning) -> None:
        names = [collection_of(document) for document in documents]
        weights = dict(tuning.weights)
        self._weights = np.array([weights.get(name, 1.0) for name in names], np.float64)
        limited = [(np.array([name == limit for name in names], bool), most) for limit, most in tuning.quotas]
        self._limited: list[tuple[NDArray[np.bool_], int]] = [(mask, most) for mask, most in limited if mask.any()]

    def weighted(self, found: Ranking) -> Ranking:
        """Scale each document's score by the weight of its collection."""
        return ranking(found.numbers, found.scores * self._weights[found.numbers])

    def within_quotas(self, found: Ranking) -> Ranking:
        """Move what is beyond a collection's quota behind everything else; the order is kept otherwise."""
        beyond = np.zeros(len(found), bool)
        for mask, most in self._limited:
            held = mask[found.numbers]
            beyond |= held & (np.cumsum(held) > most)
        order = np.argsort(beyond, kind="stable")
        return Ranking(found.numbers[order], found.scores[order])


def named_first(found: Ranking, named: Iterable[int]) -> Ranking:
    """Put the documents that a query names before all others, in the order of their mention."""
    places = np.array(list(dict.fromkeys(named)), np.int64)
    if not len(places):
        return found
    top = 1.0 + found.scores.max(initial=0.0)
    others = ~np.isin(found.numbers, places)
    scores = np.concatenate([top + np.arange(len(places), 0, -1), found.scores[others]])
    return Ranking(np.concatenate([places, found.numbers[others]]), scores)


def amended_behind(found: Ranking, amenders: Callable[[int], Sequence[int]]) -> Ranking:
    """Put what changes a section right before the document that was found by it, where it speaks of the question too.

    Args:
        found: documents with scores.
        amenders: of a document, those that change the section by which it was found.
    """
    changed = {place: by for place in found.numbers[:_LOOKED_AT].tolist() if (by := amenders(place))}
    if not changed:
        return found
    scores = dict(zip(found.numbers.tolist(), found.scores.tolist(), strict=True))
    for document, by in changed.items():
        for amender in by:
            if _SPEAKS * scores[document] <= scores.get(amender, 0.0) <= scores[document]:
                scores[amender] = scores[document]
                scores[document] *= _BEHIND
    return ranking(np.array(list(scores), np.int64), np.array(list(scores.values()), np.float64))


def in_force_first(
    found: Ranking, lineage: Lineage, asked_for: frozenset[int], counts: Callable[[int], bool]
) -> Ranking:
    """Give each replaced document's score to what replaced it, and halve its own.

    Args:
        found: documents with scores.
        lineage: what replaces what.
        asked_for: documents that stay where they are, since the query names them.
        counts: says whether a document may stand in for another.

    Returns:
        Best first; a replaced document that nobody named stands behind each of its successors.
    """
    replaced = [place for place in found.numbers.tolist() if lineage.is_replaced(place) and place not in asked_for]
    if not replaced:
        return found
    own = dict(zip(found.numbers.tolist(), found.scores.tolist(), strict=True))
    scores = dict(own)
    for document in replaced:
        successors = lineage.in_force(document, counts)
        for successor in successors:
            scores[successor] = max(scores.get(successor, 0.0), own[document])
        if successors:
            scores[document] = own[document] * STALE
    return ranking(np.array(list(scores), np.int64), np.array(list(scores.values()), np.float64))
