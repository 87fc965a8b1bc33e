"""How many of a question's words a passage holds, each by any of its forms: what `kb.answerable` judges by.

A rare word counts for more than a common one. A word that no passage holds in any form counts as the rarest there is:
it may be what the question is about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from kb.expand import Expansion
from kb.postings import rarity
from kb.tokens import query_words, terms, word_terms

Frequency = Callable[[str], int]


@dataclass(frozen=True)
class Word:
    """A word of a question; `held` is the share of its terms that a passage has, in its best form, 0 to 1."""

    text: str
    weight: float
    held: float


@dataclass(frozen=True)
class Sought:
    """A word of a question with its weight and the terms of each of its forms."""

    text: str
    weight: float
    forms: tuple[Sequence[str], ...]

    def held_by(self, passage: Collection[str]) -> Word:
        """Look for the word among the terms of a passage."""
        return Word(self.text, self.weight, max(_share(form, passage) for form in self.forms))


def sought(query: str, expansions: Iterable[Expansion], frequency: Frequency, total: int) -> list[Sought]:
    """Weigh the words of a question.

    Args:
        query: the question.
        expansions: what its words are called otherwise.
        frequency: in how many passages of the index a term stands.
        total: how many passages there are.

    Returns:
        The distinct words, in order.
    """
    others: dict[str, list[Sequence[str]]] = {}
    for expansion in expansions:
        for part in query_words(expansion.word):
            others.setdefault(part, []).extend(terms(text) for text, _ in expansion.texts)

    def weigh(form: Iterable[str]) -> float:
        known = [found for term in form if (found := frequency(term))]
        return max((rarity(found, total) for found in known), default=0.0)

    found: list[Sought] = []
    for text in dict.fromkeys(query_words(query)):
        forms = (word_terms(text), *others.get(text, ()))
        found.append(Sought(text, max(map(weigh, forms)) or rarity(0, total), forms))
    return found


def covered(words: Iterable[Word]) -> float:
    """The share of the words that is held, by weight, 0 to 1; 0 for no words."""
    every = list(words)
    total = sum(word.weight for word in every)
    return sum(word.weight * word.held for word in every) / total if total else 0.0


def _share(form: Collection[str], passage: Collection[str]) -> float:
    return sum(term in passage for term in form) / len(form) if form else 0.0
