"""Stems of English words: inflection and the commonest derivations come off. No dictionary, no parts of speech."""

from __future__ import annotations

from functools import lru_cache

_SUFFIXES = "ations ation ings ing edly ies ied ed ers er es ly ment ments ness s al e y".split()
_SHORT = frozenset({"s", "ed", "e", "es"})


@lru_cache(maxsize=50_000)
def english_stem(word: str) -> str:
    """Cut up to two suffixes off a lower-case word; at least four letters stay, three before s, ed, e and es."""
    stem = word.split("'")[0]
    for _ in range(2):
        stem = _cut(stem)
    return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem


def _cut(stem: str) -> str:
    for suffix in _SUFFIXES:
        if stem.endswith(suffix) and len(stem) - len(suffix) >= (3 if suffix in _SHORT else 4):
            return stem[: -len(suffix)]
    return stem
