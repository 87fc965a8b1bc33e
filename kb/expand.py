"""A question -> weighted terms for the lexical leg: its own, and what its words are called otherwise, with a trace.

Three sources: glossaries (`kb.glossary`), a table of translations (`kb.translations`), and the two ways of spelling
English. The vector leg reads the question as it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt

from kb.glossary import Glossary
from kb.spelling import other_spellings
from kb.tokens import QUERY_CHARACTERS, query_terms, query_words, terms
from kb.translations import Translations

# Measured by benchmarks/retrieval.py: .8 to 1.2 for the weight and .3 to .7 for the power are alike, without is worse.
TRANSLATED = 1.0
_POWER = 0.5
RENAMED = 0.7
RESPELT = 0.8
TABLE = "translations"
SPELLING = "spelling"


@dataclass(frozen=True)
class Expansion:
    """What one word of a question was also looked for as: (text, weight), and the rule or table that says so."""

    word: str
    texts: tuple[tuple[str, float], ...]
    source: str


def expansions(query: str, glossary: Glossary, translations: Translations) -> tuple[Expansion, ...]:
    """Say what the words of a question are called otherwise, in their order, glossary first."""
    return (*_renamed(query, glossary), *_translated(query, translations), *_respelt(query))


def weighted_terms(query: str, added: Iterable[Expansion]) -> dict[str, float]:
    """Weigh the terms of a question by how often they stand in it, those of its expansions as these say.

    A term that the question has itself keeps its own weight. The terms of one text share its weight by the root of
    their number: a long translation says more than a short one, but not as much more as it is longer.
    """
    own: dict[str, float] = {term: float(count) for term, count in Counter(query_terms(query)).items()}
    found: dict[str, float] = {}
    for text, weight in (pair for expansion in added for pair in expansion.texts):
        parts = terms(text)
        for term in parts:
            found[term] = max(found.get(term, 0.0), weight / sqrt(len(parts)))
    return {**found, **own}


def _renamed(query: str, glossary: Glossary) -> Iterator[Expansion]:
    for mention in dict.fromkeys(glossary.find(query[:QUERY_CHARACTERS])):
        if mention.others:
            yield Expansion(mention.text, tuple((other, RENAMED) for other in mention.others), mention.source)


def _translated(query: str, translations: Translations) -> Iterator[Expansion]:
    for word in dict.fromkeys(query_words(query)):
        if meanings := translations.meanings(word):
            texts = tuple((text, round(TRANSLATED * share**_POWER, 3)) for text, share in meanings)
            yield Expansion(word, texts, TABLE)


def _respelt(query: str) -> Iterator[Expansion]:
    for word in dict.fromkeys(query_words(query)):
        if others := tuple((other, RESPELT) for other in other_spellings(word.lower())):
            yield Expansion(word, others, SPELLING)
