"""Does the knowledge answer a question? A guess from the two legs' evidence for the best passage, before fusion.

Measured on dev questions by `benchmarks/retrieval.py`: of questions that have an answer eight to nine in ten are called
answerable (three in four where question and documents are in different languages), of chit-chat one line in eight. A
question on a neighbouring subject, in words that the documents use for something else, is not told apart.
"""

from __future__ import annotations

from math import sqrt

THRESHOLD = 0.5
# Either leg alone may convince; each evidence is measured against what nine in ten answered dev questions reach.
_ENOUGH_WORDS = 0.34
_ENOUGH_SIMILARITY = 0.42
_STEEPNESS = 3


def answer_score(share: float, term_count: int, similarity: float) -> float:
    """How surely the best passage answers the question, 0 to 1; `THRESHOLD` and above is called answerable.

    Args:
        share: the passage's lexical score as a share of what the question's terms could reach at most, 0 to 1.
        term_count: distinct terms of the question; a long question can cover less of itself.
        similarity: the passage's cosine, 0 without a vector leg.
    """
    strength = max(share * sqrt(term_count) / _ENOUGH_WORDS, similarity / _ENOUGH_SIMILARITY, 0.0) ** _STEEPNESS
    return strength / (1 + strength)
