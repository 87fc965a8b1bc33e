"""What a conversation is about, in the user's own words. Only what was asked is remembered, never what was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from eco2.cues import BIN_WORDS, PLACE_WORDS
from eco2.items import Named
from eco2.lexicon import Mention
from eco2.patterns import any_of
from eco2.route import Reading
from eco2.tables import question
from eco2.turns import GENERAL, Location

PLACE_KIND, BIN_KIND = any_of(PLACE_WORDS.values()), any_of(BIN_WORDS.values())
_AREA = re.compile(r"(?:구|시|도|군|동|읍|면|역|광역시|특별시)$|^(?:in\s)|-(?:gu|si|do|dong)$")
_COST = question("cost")


@dataclass(frozen=True)
class Memory:
    """The words of a conversation by what they name, the latest of each, and the intents of the last question."""

    intents: tuple[str, ...] = ()
    things: str = ""
    bulky: bool = False
    prices: str = ""
    characters: str = ""
    place: str = ""
    category: str = ""
    bin: str = ""
    region: str = ""
    district: str = ""
    cost: str = ""
    image: str | None = None
    location: Location | None = None


def remember(memory: Memory, reading: Reading, intents: Sequence[str], conditions: str = "") -> Memory:
    """Return the memory after a question; `conditions` are the stated ones in words ("깨진")."""
    fresh = _named(reading, intents, conditions)
    kept = replace(memory, **{name: words for name, words in fresh.items() if words})  # type: ignore[arg-type]
    known = tuple(intent for intent in intents if intent != GENERAL)
    changed = bool(fresh["things"])
    return replace(
        kept,
        intents=known or memory.intents,
        bulky=bool(reading.named.bulky) if changed else memory.bulky,
        image=None if changed else memory.image,
    )


def names_an_area(named: Named) -> bool:
    """Whether a piece names an area, known or not."""
    return bool(named.regions or named.districts or named.spots) or any(_AREA.search(word) for word in named.residue)


def _named(reading: Reading, intents: Sequence[str], conditions: str) -> dict[str, str]:
    """Return the words of a piece by the field of the memory that they renew."""
    text, named = reading.text, reading.named
    things = _words(text, named.things)
    if things and conditions and conditions not in things:
        things = f"{conditions} {things}"
    return {
        "things": things,
        "prices": _words(text, named.prices),
        "characters": _words(text, named.characters),
        "place": _words(text, named.venues or named.spots),
        "category": _first(PLACE_KIND, text),
        "bin": _first(BIN_KIND, text) if "collection_point" in intents else "",
        "region": _words(text, named.regions),
        "cost": _first(_COST, text) if "bulk_waste" in intents else "",
        "district": _words(text, named.districts) or " ".join(word for word in named.residue if _AREA.search(word)),
    }


def _words(text: str, mentions: Sequence[Mention]) -> str:
    return ", ".join(dict.fromkeys(text[mention.start : mention.end] for mention in mentions))


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text.lower())
    return text[match.start() : match.end()] if match else ""
