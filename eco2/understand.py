"""A conversation becomes the questions of its last message: `parts` cuts it, here is filled in what was left out.

This is the offline language model's half of a turn. It answers nothing and looks nothing up but words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from eco2.cues import DEFINITION, INJECTION, NOT_COLLECTION, REQUEST
from eco2.follow_up import carried, inherited
from eco2.memory import Memory, remember
from eco2.parts import THING_INTENTS, Part, Reader, is_about_a_part, parts_of
from eco2.residue import is_noun
from eco2.route import Reading
from eco2.split import bare
from eco2.tables import question
from eco2.turns import GENERAL, MOST_SUB_QUERIES, Location, SubQuery, Turn

_WORDS_OF_A_REQUEST = 2
"""Unknown words that make a sentence beside a known question worth declining."""
_PREDICATE = re.compile(r"(?:다|나|지|까|래|니|하|네)$")
"""How a Korean word ends that says something of a thing and names none ("개운하다", "정리하-")."""
_ASKS, _TELLS = question("asking_about"), question("telling")
_SHORT, _LONG, _SUFFIX = 15, 40, 2
"""Letters of a question on a condition of an unknown thing, of a described thing, and of a mark after a name."""
_SAID_BY_ITS_OWN_WORDS = {
    "recyclable_price": frozenset({"market price", "per kilo", "sell", "price", "raw material"}),
    "character": frozenset({"character", "who", "in charge"}),
}
"""Intents that are not guessed unless one of these cues speaks for them."""
_SENTENCES = re.compile(r"[^.?!？！\n]+[.?!？！]*")


@dataclass(frozen=True)
class Understanding:
    """The questions of the last message, with the picture and the place that they are about.

    `left_out` counts questions beyond the three that one message may have.
    """

    sub_queries: tuple[SubQuery, ...]
    image: str | None = None
    location: Location | None = None
    left_out: int = 0


@dataclass(frozen=True)
class _Asked:
    """A part with what it took over; `classes` are those of the things it is about."""

    part: Part
    query: SubQuery
    classes: frozenset[str]


def understand(turns: Sequence[Turn], reader: Reader) -> Understanding:
    """Return the questions of the last of `turns`; the earlier ones are only understood, never answered."""
    memory = Memory()
    for turn in turns[:-1]:
        _, memory = _questions(turn, reader, memory)
    asked, memory = _questions(turns[-1], reader, memory)
    return Understanding(asked[:MOST_SUB_QUERIES], memory.image, memory.location, max(0, len(asked) - MOST_SUB_QUERIES))


def _questions(turn: Turn, reader: Reader, memory: Memory) -> tuple[tuple[SubQuery, ...], Memory]:
    memory = replace(memory, location=turn.location or memory.location)
    if turn.image:
        memory = replace(memory, image=turn.image, things="", bulky=False)
    general = SubQuery(turn.text, reader.mend(turn.text), (GENERAL,))
    if INJECTION.search(turn.text):
        beside = _beside_orders(turn.text)
        return _questions(replace(turn, text=beside), reader, memory) if beside else ((general,), memory)
    asked: list[_Asked] = []
    before = memory
    parts = parts_of(turn.text, reader, lambda reading: inherited(reading, before))
    if any(part.reading.intents for part in parts):
        # Beside a question that the cues tell, what they do not tell is mostly the reason for it.
        reader = replace(reader, guess=_nothing)
    for part in parts:
        one, memory = _resolved(part, turn, reader, memory)
        asked.append(one)
    found = _worth_answering(_merged(asked, turn.text))
    memory = replace(memory, image=turn.image or memory.image)
    if turn.image and not any(set(query.intents) - {GENERAL} for query in found):
        return (SubQuery(turn.text, reader.mend(turn.text), ("waste",)),), replace(memory, intents=("waste",))
    return found or (general,), memory


def _nothing(_: Reading) -> tuple[str, ...]:
    return ()


def _beside_orders(text: str) -> str:
    """Return the sentences that ask something and give the bot no orders; what orders do to them is nothing."""
    sentences = (sentence for sentence in _SENTENCES.findall(text) if not INJECTION.search(sentence))
    return " ".join(sentence.strip() for sentence in sentences if sentence.rstrip().endswith(("?", "？")))


def _resolved(part: Part, turn: Turn, reader: Reader, memory: Memory) -> tuple[_Asked, Memory]:
    reading = part.reading
    intents, leans = reading.intents, False
    if not intents:
        intents = inherited(reading, memory) or _of_a_part(reading, reader, memory)
        leans = bool(intents)
    intents = intents or _by_name_alone(reading) or _guessed(reading, reader)
    sees = bool(turn.image) and "waste" in intents
    words = "" if sees else carried(reading, intents, memory, place_given=bool(memory.location))
    standalone = f"{words} {reading.text}".strip()
    if words and set(intents) <= THING_INTENTS:
        read = reader.read(standalone).intents
        intents = read if set(read) & (THING_INTENTS | {"collection_point"}) else intents
    query = SubQuery(bare(turn.text[part.start : part.end]), standalone, intents or (GENERAL,), bool(words) or leans)
    classes = reader.classes(reader.read(standalone) if words else reading)
    return _Asked(part, query, classes), remember(memory, reading, intents, reader.conditions(reading))


def _guessed(reading: Reading, reader: Reader) -> tuple[str, ...]:
    """Ask the learned model; what is done to a thing otherwise ("알약 몇 알 먹어야 돼?") is no question on waste."""
    guess = reader.guess(reading)
    return guess if guess and _may_be_meant(guess[0], reading) else ()


def _may_be_meant(intent: str, reading: Reading) -> bool:
    """Whether nothing in a piece speaks against an intent that was only guessed."""
    cues = set(reading.cues.get(intent, ()))
    if intent == "waste":
        return "other matter" not in cues
    if intent == "collection_point":
        return bool(cues) or not NOT_COLLECTION.search(reading.text)
    if intent == "character" and reading.named.characters:
        return True
    return intent not in _SAID_BY_ITS_OWN_WORDS or bool(cues & _SAID_BY_ITS_OWN_WORDS[intent])


def _of_a_part(reading: Reading, reader: Reader, memory: Memory) -> tuple[str, ...]:
    """A part of the thing that was spoken of is a question on waste, whatever was asked before of the thing itself."""
    if not (memory.things and is_about_a_part(reading)):
        return ()
    return tuple(intent for intent in reader.read(f"{memory.things} {reading.text}").intents if intent == "waste")


def _by_name_alone(reading: Reading) -> tuple[str, ...]:
    """A thing or a character and no other word is a question about it; "무색페트병이 뭐야?" asks for a definition."""
    named = reading.named
    if DEFINITION.search(reading.text) or "other matter" in reading.cues["waste"]:
        return ()
    if named.residue and not (named.things and _is_only_described(reading)):
        return ("waste",) if named.tags and len(reading.text) <= _SHORT else ()
    if named.things:
        return ("bulk_waste",) if named.bulky and not named.other else ("waste",)
    bare = named.characters and len(reading.text) <= len(named.characters[0].word) + _SUFFIX
    return ("character",) if bare else ()


def _is_only_described(reading: Reading) -> bool:
    """Whether a thing comes with words that describe it and ask nothing ("old frying pan with a handle?")."""
    described = 0 < len(reading.named.residue) <= _WORDS_OF_A_REQUEST and len(reading.text) <= _LONG
    names = all(is_noun(word) and not _PREDICATE.search(word) for word in reading.named.residue)
    return described and names and not _ASKS.search(reading.text) and not _TELLS.search(reading.text)


def _merged(asked: Sequence[_Asked], message: str) -> list[_Asked]:
    """Join neighbours that ask the same of things of one class."""
    merged: list[_Asked] = []
    for one in asked:
        if merged and _same_question(merged[-1], one):
            before = merged.pop()
            part = replace(before.part, end=one.part.end)
            standalone = f"{before.query.standalone} {one.part.reading.text}"
            query = replace(before.query, text=bare(message[part.start : part.end]), standalone=standalone)
            one = _Asked(part, query, before.classes | one.classes)
        merged.append(one)
    return merged


def _same_question(before: _Asked, one: _Asked) -> bool:
    if before.query.intents != one.query.intents or before.query.intents == (GENERAL,):
        return False
    return not one.classes or one.classes == before.classes


def _worth_answering(asked: Sequence[_Asked]) -> tuple[SubQuery, ...]:
    """Leave out what asks nothing beside a question that does."""
    known = [one for one in asked if one.query.intents != (GENERAL,)]
    if not known:
        return ()
    return tuple(one.query for one in asked if one in known or _is_request(one))


def _is_request(one: _Asked) -> bool:
    asks = one.part.joint in ("start", "sentence") and REQUEST.search(one.query.text)
    return bool(asks) and len(one.part.reading.named.residue) >= _WORDS_OF_A_REQUEST
