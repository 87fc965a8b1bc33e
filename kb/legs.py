"""The two legs side by side: what each sees of a question, in passages and in whole documents. Merges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kb.amendments import sections
from kb.coverage import Sought, Word, covered, sought
from kb.expand import Expansion, expansions, weighted_terms
from kb.fields import held_terms
from kb.fuse import union
from kb.glossary import Glossary, terms_of
from kb.index import Index
from kb.ports import EMPTY, Embedder, LexicalIndex, Mask, Matrix, Numbers, Ranking, Scores, VectorIndex
from kb.tokens import QUERY_CHARACTERS, terms
from kb.translations import Translations


@dataclass(frozen=True)
class Asked:
    """A question as the lexical leg reads it: its terms with their weights, expansions included, and its words."""

    text: str
    terms: Mapping[str, float]
    expansions: tuple[Expansion, ...]
    words: tuple[Sought, ...]


@dataclass(frozen=True, eq=False)
class Seen:
    """What the legs saw of a question: their rankings, and both scores of every passage that is in either.

    `numbers` ascending; `lexical_scores` and `vector_scores` (len(numbers),). `vector` is the question's embedding,
    None without a vector leg.
    """

    asked: Asked
    lexical: Ranking
    similar: Ranking
    numbers: Numbers
    lexical_scores: Scores
    vector_scores: Scores
    vector: Matrix | None

    def legs(self, number: int) -> tuple[float | None, float | None]:
        """The lexical and the vector score of a passage; None for a leg that saw nothing at all."""
        place = int(np.searchsorted(self.numbers, number))
        if place >= len(self.numbers) or self.numbers[place] != number:
            return None, None
        lexical = round(float(self.lexical_scores[place]), 6) if len(self.lexical) else None
        return lexical, round(float(self.vector_scores[place]), 6) if len(self.similar) else None


class Legs:
    """Asks a lexical and a vector index of the same passages; without an embedder the second one sees nothing."""

    def __init__(
        self,
        index: Index,
        lexical: LexicalIndex,
        vector: VectorIndex | None,
        embedder: Embedder | None,
        translations: Translations,
    ) -> None:
        self._index = index
        self._lexical = lexical
        self._vector = vector if embedder else None
        self._embedder = embedder if vector else None
        self._translations = translations
        self.document_of: Numbers = np.repeat(np.arange(len(index.documents)), np.diff(index.starts))

    def see(self, query: str, allowed: Mask | None, depth: int) -> Seen:
        """Ask both legs for their best passages among the documents that `allowed` marks."""
        query = query[:QUERY_CHARACTERS]
        passages = None if allowed is None else allowed[self.document_of]
        added = expansions(query, self._glossary, self._translations)
        weights = weighted_terms(query, added)
        lexical = self._lexical.search(weights, depth, passages)
        words = sought(query, added, self._lexical.frequency, len(self._index.passages))
        asked = Asked(query, weights, added, tuple(words))
        if self._vector is None or self._embedder is None:
            return _of_words(asked, lexical)
        vector = self._embedder.embed([query])[0]
        similar = self._vector.search(vector, depth, passages)
        numbers = union([lexical, similar])
        scores = self._lexical.score(weights, numbers), self._vector.score(vector, numbers)
        return Seen(asked, lexical, similar, numbers, *scores, vector)

    def words_held(self, asked: Asked, number: int) -> list[Word]:
        """How much of each word of a question a passage holds."""
        held = held_terms(self._index.passages[number])
        return [word.held_by(held) for word in asked.words]

    def section_asked(self, asked: Asked, document: int) -> str:
        """The heading path of the section of a document that holds most of a question, in its heading above all."""
        span = slice(*self._index.starts[document : document + 2].tolist())
        every = [section for passage in self._index.passages[span] for section in sections(passage)]

        def held(text: str) -> float:
            found = frozenset(terms(text))
            return covered(word.held_by(found) for word in asked.words)

        return max(every, key=lambda section: held(section[0]) + held(section[1]), default=("", ""))[0]

    def of_documents(self, seen: Seen, documents: Numbers) -> tuple[Scores, Scores]:
        """What both legs give whole documents, as if each were one text: two of (len(documents),).

        The vector of a document is the mean of its passages', scaled to length 1.
        """
        lexical = self._lexical.score_groups(seen.asked.terms, self.document_of, len(self._index.documents))[documents]
        if seen.vector is None or not len(seen.similar):
            return lexical, np.zeros(len(documents))
        # Not as a matrix product: BLAS would wait for its threads (kb/adapters/exact.py).
        meaning = np.vecdot(self._document_vectors[documents], seen.vector)
        return lexical, meaning.astype(np.float64)

    @cached_property
    def _glossary(self) -> Glossary:
        return Glossary((*terms_of(self._index.documents), *self._translations.terms))

    @cached_property
    def _document_vectors(self) -> Matrix:
        """(documents, d) float32, rows of length 1 or 0. An index leaves documents without a passage out."""
        vectors = self._index.vectors
        if vectors is None or not len(vectors):
            return np.zeros((len(self._index.documents), 0), np.float32)
        sums = np.add.reduceat(vectors, self._index.starts[:-1], axis=0)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        scaled: Matrix = np.divide(sums, lengths, out=np.zeros_like(sums), where=lengths > 0)
        return scaled


def _of_words(asked: Asked, lexical: Ranking) -> Seen:
    """What is seen without a vector leg."""
    order = np.argsort(lexical.numbers)
    return Seen(asked, lexical, EMPTY, lexical.numbers[order], lexical.scores[order], np.zeros(len(order)), None)
