"""By which words people ask for what: the offline classifier's knowledge, read from `data/cues.toml` and
`data/patterns.toml`. Weights are added by `route`. Written from how people talk, not from any list of test questions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from eco2.tables import alternation, patterns, question, table

THRESHOLD = 0.8
"""The least score at which an intent counts."""


@dataclass(frozen=True)
class Cue:
    """A pattern that speaks for an intent with a weight; `name` is what `route.explain` shows."""

    name: str
    weight: float
    pattern: re.Pattern[str]


def _cue(row: Mapping[str, object]) -> Cue:
    alternatives = row["any"]
    pattern = alternation(map(str, alternatives)) if isinstance(alternatives, list) else str(alternatives)
    return Cue(str(row["cue"]), float(str(row["weight"])), re.compile(pattern))


CUES: Mapping[str, tuple[Cue, ...]] = {intent: tuple(map(_cue, rows)) for intent, rows in table("cues").items()}
PLACE_WORDS: Mapping[str, str] = patterns("places")
BIN_WORDS: Mapping[str, str] = patterns("bins")
ASPECTS: Mapping[str, str] = patterns("aspects")
UNKNOWN_SIDES: Mapping[str, str] = patterns("unknown_sides")
CONDITIONS: Mapping[str, str] = patterns("conditions")
DENIALS: Mapping[str, str] = patterns("denials")

NOT_WEATHER = question("weather_as_a_condition")
NOT_COLLECTION = question("bin_as_a_destination")
SEEKS_PLACE = question("seeking_a_place")
REQUEST = question("request")
DEFINITION = question("definition")
INJECTION = question("injection")
BACKGROUND = re.compile(
    rf"(?P<background>^.*?(?:{alternation(table('patterns')['is']['background_endings'])}))\s*,?\s+(?P<question>.{{4,}})$"
)
"""A clause that only says why the question is asked, and the question."""

DIRT = frozenset(
    {
        "기름기_오염", "기름기_심함", "음식물_오염", "음식물_잔여물_많음", "음식물과_섞임",
        "오염_중간", "오염_심함", "오염된_배달용기",
    }
)  # fmt: skip
"""Tags that a thing said to be clean does not have."""
