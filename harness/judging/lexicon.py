"""The judge's word lists, read from `models/judge-lexicon.json`: meanings shared by both languages, opposites, units.

A list is data, not code: a word that is missing is added there. What a word is matched by is decided in `words`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "models" / "judge-lexicon.json"


@dataclass(frozen=True)
class Lexicon:
    """Words by what they mean.

    `korean` and `english` map a dictionary form to its meanings; Korean predicates end in 다. `opposites` maps a
    meaning to those that deny it. `units` maps a canonical unit to its spellings.
    """

    korean: Mapping[str, frozenset[str]]
    english: Mapping[str, frozenset[str]]
    opposites: Mapping[str, frozenset[str]]
    units: Mapping[str, tuple[str, ...]]
    lists: Mapping[str, frozenset[str]]
    meanings: frozenset[str]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Read the lists once a process."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    concepts = data["concepts"]
    return Lexicon(
        korean=_by_word(concepts, "ko"),
        english=_by_word(concepts, "en"),
        opposites=_opposites(data["opposites"]),
        units={unit: tuple(spellings.split()) for unit, spellings in data["units"].items()},
        meanings=frozenset(concepts),
        lists={name: frozenset(words.split()) for name, words in data["lists"].items()},
    )


def _by_word(concepts: Mapping[str, Mapping[str, str]], language: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for concept, words in concepts.items():
        for word in words.get(language, "").split():
            found.setdefault(word, set()).add(concept)
    return {word: frozenset(meanings) for word, meanings in found.items()}


def _opposites(pairs: list[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs:
        one, other = pair.split("/")
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {concept: frozenset(others) for concept, others in found.items()}
