"""Cut a message into the parts that ask one thing each: `split` cuts, here is joined what does not ask by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from eco2.classify import cuts, guess
from eco2.cues import BACKGROUND, REQUEST
from eco2.follow_up import is_marked
from eco2.route import Reading
from eco2.split import Joint, bare, pieces
from eco2.tables import question

THING_INTENTS = frozenset({"waste", "bulk_waste"})
_COPULA = question("only_a_name")
_MANNER = question("only_a_manner")

Inherits = Callable[[Reading], tuple[str, ...]]


def _nothing(_: Reading) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Reader:
    """How a piece is read: `mend` its spelling, `read` what is left, say its conditions in words, name its classes.

    `guess` is asked for the intents of a piece that no rule tells, `cuts` for the places where a question begins
    and no rule cuts.
    """

    mend: Callable[[str], str]
    read: Callable[[str], Reading]
    conditions: Callable[[Reading], str]
    classes: Callable[[Reading], frozenset[str]]
    guess: Callable[[Reading], tuple[str, ...]] = guess
    cuts: Callable[[str], Sequence[int]] = cuts


@dataclass(frozen=True)
class Part:
    """A stretch `message[start:end]` that asks one thing, as far as cutting and joining can tell."""

    start: int
    end: int
    joint: Joint
    reading: Reading


def parts_of(message: str, reader: Reader, inherits: Inherits = _nothing) -> list[Part]:
    """Cut a message and join again what does not ask by itself: first within each clause, then the clauses.

    `inherits` are the intents that a short question takes over from the conversation: where it has some, what follows
    it is another question ("그럼 뚜껑은? 그리고 강남역 날씨도").
    """
    clauses: list[list[Part]] = []
    for piece in pieces(message, reader.cuts(message)):
        part = _part(message, piece.start, piece.end, piece.joint, reader)
        if piece.joint == "list" and clauses:
            _add(clauses[-1], part, message, reader)
        else:
            clauses.append([part])
    parts: list[Part] = []
    for part in (part for clause in clauses for part in clause):
        if parts and _leans_apart(parts[-1], part, inherits, message):
            parts.append(part)
        else:
            _add(parts, part, message, reader)
    return parts


def _leans_apart(before: Part, part: Part, inherits: Inherits, message: str) -> bool:
    """Whether a part is a question only by what earlier messages said, and the next one is one by itself."""
    theirs, mine = before.reading, part.reading
    if part.joint == "list" or _stands(theirs) or not _stands(mine):
        return False
    leans = is_marked(theirs.text) or is_marked(message[before.start : before.end]) or not theirs.named.things
    intents = inherits(theirs) if leans else ()
    return bool(intents) and intents != mine.intents


def _add(parts: list[Part], part: Part, message: str, reader: Reader) -> None:
    """Add a part, joined to the last one where the two ask one thing."""
    if parts and _belong_together(parts[-1], part, reader):
        before = parts.pop()
        part = _part(message, before.start, part.end, before.joint, reader)
    elif parts and _says_nothing(parts[-1]):
        parts.pop()
    parts.append(part)


def _part(message: str, start: int, end: int, joint: Joint, reader: Reader) -> Part:
    reading = reader.read(reader.mend(bare(message[start:end])))
    return Part(start, end, joint, _without_background(reading, reader))


def _without_background(reading: Reading, reader: Reader) -> Reading:
    """Drop the intents of a clause that only says why the question is asked ("소파 버리려는데 오늘 비 와?")."""
    match = BACKGROUND.match(reading.text)
    if match is None or len(reading.intents) < 2:
        return reading
    question = reader.read(match["question"])
    return replace(reading, intents=question.intents) if question.intents else reading


def _belong_together(before: Part, part: Part, reader: Reader) -> bool:
    mine, theirs = part.reading, before.reading
    if part.joint == "sentence" and _completes(mine, theirs):
        return True
    if not _stands(mine) and is_about_a_part(mine) and theirs.intents and not THING_INTENTS & set(theirs.intents):
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
    """Whether a question names an area and no thing, after one that names a thing ("… 왕십리에선 어디다 버려?")."""
    return bool(mine.named.spots and not mine.named.things and theirs.named.things and not theirs.named.spots)


def _is_pictured(reading: Reading) -> bool:
    """Whether what stands before "… 그려줘" is only what the picture shows: nothing is asked of it."""
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


def _says_nothing(part: Part) -> bool:
    """Whether a part is only a greeting or a sigh."""
    named = part.reading.named
    if {"part", "preparation"} & set(part.reading.cues["waste"]):
        return False
    return not (
        part.reading.intents or named.things or named.spots or named.tags or named.districts or _asks_anew(part.reading)
    )


def is_about_a_part(reading: Reading) -> bool:
    return bool({"part", "preparation"} & set(reading.cues["waste"])) and not reading.named.things
