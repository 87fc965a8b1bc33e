"""Does the knowledge answer a question? A guess from the best passage: how much of the question it holds, how near.

The longer a question, the smaller the share of its words that an answer repeats. The numbers are a logistic regression
over 330 questions that we know the answer of, 28 on neighbouring subjects that nothing answers, and chit-chat, shifted
so that about nine in ten answered ones pass; `python -m benchmarks.abstention` prints it with its risk–coverage curve.
Chit-chat is told apart; of neighbouring subjects every second one is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log2

from kb.coverage import Word, covered

THRESHOLD = 0.5
_COVERED = 7.4
_LENGTH = 2.9
_SIMILAR = 4.5
_BIAS = -11.8
# Beyond this many words a question says the same things twice.
_MOST_WORDS = 12


def answer_score(words: Sequence[Word], similarity: float) -> float:
    """How surely a passage answers a question, 0 to 1; `THRESHOLD` and above is called answerable.

    Args:
        words: of the question, and how much of each the passage holds.
        similarity: the passage's cosine, 0 without a vector leg.
    """
    length = log2(1 + min(len(words), _MOST_WORDS))
    evidence = _COVERED * covered(words) + _LENGTH * length + _SIMILAR * similarity + _BIAS
    return 1 / (1 + exp(-evidence))
