"""Learn what words are called in the other language from texts that exist in both: IBM's first translation model.

Needs numpy alone. Korean words are stems (`kb.korean`), English words are lower case without a plural s, as the lexical
leg has them; each counts once a text.

Source:
    Brown and others: The Mathematics of Statistical Machine Translation, Computational Linguistics 1993 (model 1).
    Its use for search: Xu, Weischedel, Nguyen: Evaluating a Probabilistic Model for Cross-lingual Retrieval, 2001.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.korean import SHORTEST, stem
from kb.pairs import Pair, Section, translations
from kb.tokens import is_question_word, word_terms
from kb.translations import Meanings

_HANGUL = re.compile("[가-힣]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]*")
# Longer texts align words by chance alone.
_MOST_WORDS = 60
_LEAST_TEXTS = 2
_NOTHING = ""
Words = tuple[frozenset[str], frozenset[str]]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Thresholds:
    """What is kept of a learnt table: a share of a word's meaning, in how many texts it was seen, how many a word."""

    share: float = 0.1
    texts: float = 1.5
    meanings: int = 5


KEPT = Thresholds()


def learn(sections: Iterable[Section], rounds: int = 8, keep: Thresholds = KEPT) -> dict[str, Meanings]:
    """Learn a table in both directions.

    Args:
        sections: aligned sections; headings, paragraphs and sentences that translate one another are used once each.
        rounds: of expectation and maximisation.
        keep: what is left out of the table.

    Returns:
        Meanings by word, surest first, ties by word; words in order. Empty where nothing stands in both languages.

    Raises:
        ValueError: `rounds` is below 1.
    """
    if rounds < 1:
        raise ValueError(f"rounds must be 1 or more, got {rounds}")
    pairs = dict.fromkeys(pair for section in sections for pair in _pairs(section))
    texts = [words for pair in pairs if all(words := _words(pair)) and max(map(len, words)) <= _MOST_WORDS]
    forward = _direction([(first, second) for first, second in texts], rounds, keep)
    backward = _direction([(second, first) for first, second in texts], rounds, keep)
    return dict(sorted({**forward, **backward}.items()))


def _pairs(section: Section) -> Iterator[Pair]:
    if section.heading_ko and section.heading_en:
        yield section.heading_ko, section.heading_en
    yield from section.aligned
    yield from translations(section)


def _words(pair: Pair) -> Words:
    stems = (stem(word) for word in _HANGUL.findall(pair[0]))
    terms = (term for word in _LATIN.findall(pair[1]) for term in word_terms(word))
    korean = frozenset(word for word in stems if len(word) >= SHORTEST)
    return korean, frozenset(term for term in terms if len(term) > 1 and term.isalpha() and not is_question_word(term))


def _direction(texts: Sequence[Words], rounds: int, keep: Thresholds) -> dict[str, Meanings]:
    """Learn how probable each word of the second side is, given a word of the first."""
    sources, targets = (_numbered(side) for side in zip(*texts, strict=True)) if texts else ({}, {})
    if not sources or not targets:
        return {}
    sources = {_NOTHING: 0, **{word: number + 1 for word, number in sources.items()}}
    place, pair_of, wanted = _alignments(texts, sources, targets)
    keys, pair_of = np.unique(pair_of, return_inverse=True)
    source_of, target_of = np.divmod(keys, len(targets))
    chance = np.ones(len(keys))
    for _ in range(rounds):
        share = chance[pair_of]
        share /= np.bincount(place, share, wanted)[place]
        seen = np.bincount(pair_of, share, len(keys))
        chance = seen / np.maximum(np.bincount(source_of, seen, len(sources)), 1e-12)[source_of]
    kept = (chance >= keep.share) & (seen >= keep.texts) & (source_of > 0)
    rows = zip(source_of[kept].tolist(), target_of[kept].tolist(), chance[kept].tolist(), strict=True)
    return _table(rows, list(sources), list(targets), keep.meanings)


def _numbered(side: Iterable[frozenset[str]]) -> dict[str, int]:
    """Number the words that stand in two texts at least, in their order."""
    counts = Counter(word for words in side for word in words)
    return {word: number for number, word in enumerate(sorted(w for w, n in counts.items() if n >= _LEAST_TEXTS))}


def _alignments(
    texts: Sequence[Words], sources: Mapping[str, int], targets: Mapping[str, int]
) -> tuple[Integers, Integers, int]:
    """Every word of a second side beside every word of its first side, and beside nothing.

    Returns:
        (n,) which occurrence of a second word is meant; (n,) the pair of words, source * len(targets) + target; how
        many occurrences there are.
    """
    places: list[Integers] = []
    pairs: list[Integers] = []
    occurrences = 0
    for first, second in texts:
        from_ = np.array([0, *sorted(sources[word] for word in first if word in sources)], np.int64)
        to = np.array(sorted(targets[word] for word in second if word in targets), np.int64)
        pairs.append((from_[None, :] * len(targets) + to[:, None]).ravel())
        places.append(np.repeat(np.arange(occurrences, occurrences + len(to)), len(from_)))
        occurrences += len(to)
    return np.concatenate(places), np.concatenate(pairs), occurrences


def _table(
    rows: Iterable[tuple[int, int, float]], sources: Sequence[str], targets: Sequence[str], most: int
) -> dict[str, Meanings]:
    found: dict[str, list[tuple[str, float]]] = {}
    for source, target, chance in rows:
        found.setdefault(sources[source], []).append((targets[target], chance))
    return {word: tuple(sorted(those, key=lambda one: (-one[1], one[0]))[:most]) for word, those in found.items()}
