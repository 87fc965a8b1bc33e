"""Turn aligned Korean and English sections into pairs of texts that mean the same: what the embedder learns from.

Does not read files (`kb.adapters.parallel`) and does not train (`kb.adapters.training`).
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Pair = tuple[str, str]

_SENTENCE_END = re.compile(r"(?<=[.!?。])\s+")
_SHORTEST_PARAGRAPH = 12
_SHORTEST_SENTENCE = 8
# Below this a paragraph is a set phrase ("See also:") that unrelated documents share by right.
_TELLING_PARAGRAPH = 40


@dataclass(frozen=True)
class Section:
    """One section in both languages. Headings may be empty; `aligned` holds paragraphs that translate each other."""

    repo: str
    path: str
    level: int
    heading_ko: str
    heading_en: str
    paragraphs_ko: tuple[str, ...]
    paragraphs_en: tuple[str, ...]
    aligned: tuple[Pair, ...]

    @property
    def bodies(self) -> tuple[str, str]:
        """The paragraphs without the heading, Korean and English."""
        return "\n".join(self.paragraphs_ko), "\n".join(self.paragraphs_en)


def split(sections: Iterable[Section], held_out: float) -> tuple[list[Section], list[Section]]:
    """Divide by document into what is trained on and what is kept for measuring.

    Args:
        sections: of any number of repositories.
        held_out: share of documents to keep, 0 to 1; which ones depends on their repository and path alone.

    Returns:
        (training, kept). A training section that repeats a telling paragraph of a kept document is left out.
    """
    training: list[Section] = []
    kept: list[Section] = []
    for section in sections:
        (kept if _position(section) < held_out else training).append(section)
    seen = {text for section in kept for text in _telling(section)}
    return [section for section in training if seen.isdisjoint(_telling(section))], kept


def training_pairs(sections: Sequence[Section], seed: int) -> list[Pair]:
    """List every pair the sections give, without repeats, in an order that `seed` fixes.

    Headings and sections crosswise in both languages, paragraphs and sentences with their translations, and inverse
    cloze: a paragraph with the rest of its section, in the same language and in the other.
    """
    chance = random.Random(seed)
    found: dict[Pair, None] = {}
    for section in sections:
        for pair in (*_headings(section), *translations(section), *_inverse_cloze(section, chance)):
            if pair[0] != pair[1] and all(pair):
                found[pair] = None
    pairs = list(found)
    chance.shuffle(pairs)
    return pairs


def _headings(section: Section) -> Iterator[Pair]:
    if not section.heading_ko or not section.heading_en:
        return
    yield section.heading_ko, section.heading_en
    for heading in (section.heading_ko, section.heading_en):
        for body in section.bodies:
            yield heading, body


def translations(section: Section) -> Iterator[Pair]:
    """Paragraphs with their translations, and their sentences where both sides have equally many."""
    for korean, english in section.aligned:
        if len(korean) < _SHORTEST_PARAGRAPH:
            continue
        yield korean, english
        sentences = _SENTENCE_END.split(korean), _SENTENCE_END.split(english)
        if len(sentences[0]) == len(sentences[1]) > 1:
            for pair in zip(*sentences, strict=True):
                if min(map(len, pair)) >= _SHORTEST_SENTENCE:
                    yield pair


def _inverse_cloze(section: Section, chance: random.Random) -> Iterator[Pair]:
    if len(section.aligned) < 2:
        return
    out = chance.randrange(len(section.aligned))
    rest = [pair for index, pair in enumerate(section.aligned) if index != out]
    for query in section.aligned[out]:
        for language in (0, 1):
            yield query, "\n".join(pair[language] for pair in rest)


def _telling(section: Section) -> set[str]:
    return {text for text in (*section.paragraphs_ko, *section.paragraphs_en) if len(text) >= _TELLING_PARAGRAPH}


def _position(section: Section) -> float:
    """Place a document on [0, 1) by its name."""
    digest = hashlib.sha256(f"{section.repo}/{section.path}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
