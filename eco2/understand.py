"""A conversation becomes the questions of its last message: cut, join what belongs together, fill in what was left out.

This is the offline language model's half of a turn. It answers nothing and looks nothing up but words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from eco2.cues import BACKGROUND, DEFINITION, INJECTION, REQUEST
from eco2.follow_up import carried, inherited
from eco2.memory import Memory, remember
from eco2.residue import is_noun
from eco2.route import Reading
from eco2.split import Joint, bare, pieces
from eco2.tables import question
from eco2.turns import GENERAL, MOST_SUB_QUERIES, Location, SubQuery, Turn

_WORDS_OF_A_REQUEST = 2
"""Unknown words that make a sentence beside a known question worth declining."""
_COPULA = question("only_a_name")
_MANNER = question("only_a_manner")
_PREDICATE = re.compile(r"(?:다|나|지|까|래|니|하|네)$")
"""How a Korean word ends that says something of a thing and names none ("개운하다", "정리하-")."""
_ASKS, _TELLS = question("asking_about"), question("telling")
_SHORT, _LONG, _SUFFIX = 15, 40, 2
"""Letters of a question on a condition of an unknown thing, of a described thing, and of a mark after a name."""
_SENTENCES = re.compile(r"[^.?!？！\n]+[.?!？！]*")
_THING_INTENTS = frozenset({"waste", "bulk_waste"})


@dataclass(frozen=True)
class Reader:
    """How a piece is read: `mend` its spelling, `read` what is left, say its conditions in words, name its classes."""

    mend: Callable[[str], str]
    read: Callable[[str], Reading]
    conditions: Callable[[Reading], str]
    classes: Callable[[Reading], frozenset[str]]


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
class _Part:
    """A stretch `message[start:end]` that asks one thing, as far as cutting and joining can tell."""

    start: int
    end: int
    joint: Joint
    reading: Reading


@dataclass(frozen=True)
class _Asked:
    """A part with what it took over; `classes` are those of the things it is about."""

    part: _Part
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
    for part in _parts(turn.text, reader):
        one, memory = _resolved(part, turn, reader, memory)
        asked.append(one)
    found = _worth_answering(_merged(asked, turn.text))
    memory = replace(memory, image=turn.image or memory.image)
    if turn.image and not any(set(query.intents) - {GENERAL} for query in found):
        return (SubQuery(turn.text, reader.mend(turn.text), ("waste",)),), replace(memory, intents=("waste",))
    return found or (general,), memory


def _beside_orders(text: str) -> str:
    """Return the sentences that ask something and give the bot no orders; what orders do to them is nothing."""
    sentences = (sentence for sentence in _SENTENCES.findall(text) if not INJECTION.search(sentence))
    return " ".join(sentence.strip() for sentence in sentences if sentence.rstrip().endswith(("?", "？")))


def _parts(message: str, reader: Reader) -> list[_Part]:
    """Cut a message and join again what does not ask by itself: first within each clause, then the clauses."""
    clauses: list[list[_Part]] = []
    for piece in pieces(message):
        part = _part(message, piece.start, piece.end, piece.joint, reader)
        if piece.joint == "list" and clauses:
            _add(clauses[-1], part, message, reader)
        else:
            clauses.append([part])
    parts: list[_Part] = []
    for part in (part for clause in clauses for part in clause):
        _add(parts, part, message, reader)
    return parts


def _add(parts: list[_Part], part: _Part, message: str, reader: Reader) -> None:
    """Add a part, joined to the last one where the two ask one thing."""
    if parts and _belong_together(parts[-1], part, reader):
        before = parts.pop()
        part = _part(message, before.start, part.end, before.joint, reader)
    elif parts and _says_nothing(parts[-1]):
        parts.pop()
    parts.append(part)


def _part(message: str, start: int, end: int, joint: Joint, reader: Reader) -> _Part:
    reading = reader.read(reader.mend(bare(message[start:end])))
    return _Part(start, end, joint, _without_background(reading, reader))


def _without_background(reading: Reading, reader: Reader) -> Reading:
    """Drop the intents of a clause that only says why the question is asked ("소파 버리려는데 오늘 비 와?")."""
    match = BACKGROUND.match(reading.text)
    if match is None or len(reading.intents) < 2:
        return reading
    question = reader.read(match["question"])
    return replace(reading, intents=question.intents) if question.intents else reading


def _belong_together(before: _Part, part: _Part, reader: Reader) -> bool:
    mine, theirs = part.reading, before.reading
    if part.joint == "sentence" and _completes(mine, theirs):
        return True
    if not _stands(mine) and _is_about_a_part(mine) and theirs.intents and not _THING_INTENTS & set(theirs.intents):
        return False
    if not _stands(mine):
        return not (part.joint == "sentence" and (_asks_anew(mine) or _says_nothing(before)))
    if not _stands(theirs):
        return not (part.joint == "sentence" and _says_nothing(before))
    if part.joint == "list" and "image_generation" in mine.intents and _is_pictured(theirs):
        return True
    if mine.intents != theirs.intents or _asks_where_instead(mine, theirs):
        return False
    return part.joint != "sentence" or not reader.classes(mine) or reader.classes(mine) == reader.classes(theirs)


def _asks_where_instead(mine: Reading, theirs: Reading) -> bool:
    """Whether a question names no thing but an area, and the one before a thing ("버려도 돼? 왕십리에선 어디다 버려?")."""
    return bool(mine.named.spots and not mine.named.things and theirs.named.things and not theirs.named.spots)


def _is_pictured(reading: Reading) -> bool:
    """Whether what stands before "… 그려줘" is what the picture shows: a thing or a character of which nothing is asked."""
    asks = {"who", "introduce", "in charge"} & set(reading.cues["character"])
    return not asks and set(reading.intents) <= {"waste", "character", "image_generation"}


def _completes(mine: Reading, theirs: Reading) -> bool:
    """Whether a sentence only names what the one before left open ("수수료 얼마예요? 소파예요"), or its manner."""
    if _MANNER.search(mine.text) and theirs.intents:
        return True
    names_only = bool(_COPULA.search(mine.text) and mine.named.things and not mine.intents)
    return names_only and bool(theirs.intents) and not theirs.named.things


def _stands(reading: Reading) -> bool:
    """Whether a piece is a question by itself: it has intents, and more than "where is it?"."""
    if reading.intents == ("location",):
        cues = set(reading.cues["location"])
        return bool(reading.scores["location"] > sum(reading.cues["location"].values()) or {"near", "where"} <= cues)
    return bool(reading.intents)


def _asks_anew(reading: Reading) -> bool:
    """Whether a sentence without an intent still asks: it names another thing, or requests what nobody offers."""
    named = reading.named
    if named.things or named.regions or named.districts or named.characters or named.prices:
        return True
    asks_who = {"who", "in charge"} & set(reading.cues["character"])
    return bool((REQUEST.search(reading.text) and named.residue) or asks_who)


def _says_nothing(part: _Part) -> bool:
    """Whether a part is only a greeting or a sigh."""
    named = part.reading.named
    if {"part", "preparation"} & set(part.reading.cues["waste"]):
        return False
    return not (
        part.reading.intents or named.things or named.spots or named.tags or named.districts or _asks_anew(part.reading)
    )


def _resolved(part: _Part, turn: Turn, reader: Reader, memory: Memory) -> tuple[_Asked, Memory]:
    reading = part.reading
    intents, leans = reading.intents, False
    if not intents:
        intents = inherited(reading, memory) or _of_a_part(reading, reader, memory)
        leans = bool(intents)
    intents = intents or _by_name_alone(reading)
    sees = bool(turn.image) and "waste" in intents
    words = "" if sees else carried(reading, intents, memory, place_given=bool(memory.location))
    standalone = f"{words} {reading.text}".strip()
    if words and set(intents) <= _THING_INTENTS:
        read = reader.read(standalone).intents
        intents = read if set(read) & (_THING_INTENTS | {"collection_point"}) else intents
    query = SubQuery(bare(turn.text[part.start : part.end]), standalone, intents or (GENERAL,), bool(words) or leans)
    classes = reader.classes(reader.read(standalone) if words else reading)
    return _Asked(part, query, classes), remember(memory, reading, intents, reader.conditions(reading))


def _of_a_part(reading: Reading, reader: Reader, memory: Memory) -> tuple[str, ...]:
    """A part of the thing that was spoken of is a question on waste, whatever was asked before of the thing itself."""
    if not (memory.things and _is_about_a_part(reading)):
        return ()
    return tuple(intent for intent in reader.read(f"{memory.things} {reading.text}").intents if intent == "waste")


def _is_about_a_part(reading: Reading) -> bool:
    return bool({"part", "preparation"} & set(reading.cues["waste"])) and not reading.named.things


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
