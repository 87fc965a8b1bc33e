"""Passages with scores -> documents in order: gathered, the named first, the replaced behind what replaced them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kb.lineage import Lineage
from kb.ports import Numbers, Ranking

# Second and later passages of a document count for this much of their score, to the power of their place.
# Measured on the dev sets of benchmarks/retrieval.py; 0 and .4 are both worse.
EVIDENCE = 0.2
# A replaced record keeps half of its score, so that it does not crowd out what is in force.
STALE = 0.5


@dataclass(frozen=True)
class Ranked:
    """A document with its score and its passages that were found, best first."""

    document: int
    score: float
    passages: tuple[int, ...]


def by_document(ranking: Ranking, document_of: Numbers) -> list[Ranked]:
    """Gather a ranking of passages into one of documents, by the best passage and a little for each further one.

    Args:
        ranking: passages, best first.
        document_of: (passages,) the document of each.

    Returns:
        Best first, ties by document.
    """
    scores: dict[int, float] = {}
    passages: dict[int, list[int]] = {}
    documents = document_of[ranking.numbers].tolist()
    for document, number, score in zip(documents, ranking.numbers.tolist(), ranking.scores.tolist(), strict=True):
        found = passages.setdefault(document, [])
        scores[document] = scores.get(document, 0.0) + score * EVIDENCE ** len(found)
        found.append(number)
    return _ordered(Ranked(document, score, tuple(passages[document])) for document, score in scores.items())


def named_first(ranked: Iterable[Ranked], named: Iterable[int], first_passage: Callable[[int], int]) -> list[Ranked]:
    """Put the documents that a query names before all others, in the order of their mention."""
    found = {item.document: item for item in ranked}
    top = 1.0 + max((item.score for item in found.values()), default=0.0)
    places = list(dict.fromkeys(named))
    for place, document in enumerate(places):
        passages = found[document].passages if document in found else (first_passage(document),)
        found[document] = Ranked(document, top + len(places) - place, passages)
    return _ordered(found.values())


def in_force_first(
    ranked: Iterable[Ranked],
    lineage: Lineage,
    asked_for: frozenset[int],
    counts: Callable[[int], bool],
    first_passage: Callable[[int], int],
) -> list[Ranked]:
    """Give each replaced document's score to what replaced it, and halve its own.

    Args:
        ranked: documents with scores.
        lineage: what replaces what.
        asked_for: documents that stay where they are, since the query names them.
        counts: says whether a document may stand in for another.
        first_passage: the passage to show of a successor that was not found itself.

    Returns:
        Best first; a replaced document that nobody named stands behind each of its successors.
    """
    found = {item.document: item for item in ranked}
    scores = {document: item.score for document, item in found.items()}
    for document, item in list(found.items()):
        successors = () if document in asked_for else lineage.in_force(document, counts)
        for successor in successors:
            scores[successor] = max(scores.get(successor, 0.0), item.score)
            found.setdefault(successor, Ranked(successor, 0.0, (first_passage(successor),)))
        if successors:
            scores[document] = item.score * STALE
    return _ordered(Ranked(document, scores[document], item.passages) for document, item in found.items())


def _ordered(items: Iterable[Ranked]) -> list[Ranked]:
    return sorted(items, key=lambda item: (-item.score, item.document))
