"""Each part of a claim beside the part of the evidence that says most of it.

What a claim's segment lacks there, and what stands there instead, is what the features count. Also finds the words that
are bound elsewhere: 더블 침대 … 10,000원, where the evidence says 10,000 of another bed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from harness.judging.evidence import Evidence, Meeting, candidates, coverage, meet
from harness.judging.lexemes import WEIGHTS, Word
from harness.judging.segments import Passage, Segment

_UNEQUAL_DENIAL = 0.6  # what a word counts that only one side denies
_TOPIC_SHARE = 0.4  # what the topic counts beside a segment's own words
_ASKED_SHARE = 0.2  # what the question counts there
_SPARE = 0.02  # taken off for each word that the claim does not have
_AT_HOME = 0.04  # added in the sentence that says most of the whole claim
STANDS = 0.75  # closeness from which a word stands in a segment
_SOMETHING = 0.15  # least that must be said of the other words
_AHEAD = 0.05  # by how much more another segment must say of them
_BINDING = frozenset({"noun", "name", "number"})


@dataclass(frozen=True)
class Alignment:
    """`words` of one segment of a claim, what each met in `segment`, and the words there that the claim does not have.

    `elsewhere` are words that another segment has while the one that says most of the other words lacks them; of
    `across`, that one's own sentence has them; of `rivals`, it has another number of the same unit or another word in
    the same role. `contradicted` are topics that are only inherited here, while where they stand themselves
    the rest is denied that is not denied here.
    """

    words: tuple[Word, ...]
    meetings: tuple[Meeting, ...]
    segment: Segment
    rest: tuple[Word, ...]
    elsewhere: tuple[Word, ...]
    across: tuple[Word, ...]
    rivals: tuple[Word, ...]
    contradicted: tuple[Word, ...]

    @property
    def missed(self) -> list[Word]:
        return [word for word, meeting in zip(self.words, self.meetings, strict=True) if not meeting.met]

    @property
    def share(self) -> float:
        """Its weight in the claim."""
        return sum(word.weight for word in self.words)

    @property
    def closeness(self) -> float:
        return coverage(self.words, self.meetings)


@dataclass(frozen=True, slots=True)
class _Row:
    """How one segment of evidence meets a claim's words: `gains` are their shares of 1, `spare` is a malus."""

    segment: Segment
    meetings: list[Meeting]
    gains: list[float]
    topic: float
    spare: float

    def said(self, without: int = -1) -> float:
        """How much of the words and their topic it says, one word left out."""
        return sum(self.gains) + self.topic - (self.gains[without] if without >= 0 else 0.0)

    def has(self, at: int) -> bool:
        return self.meetings[at].closeness >= STANDS

    def has_all(self) -> bool:
        return all(meeting.closeness >= STANDS for meeting in self.meetings)


def content(found: Sequence[Word]) -> list[Word]:
    """The words that say something."""
    return [word for word in found if word.weight >= WEIGHTS["generic"]]


def align(
    claim: Passage, question: Sequence[Word], known: Evidence, only: Callable[[Word], bool] | None = None
) -> list[Alignment]:
    """Find the best segment of evidence for each segment of a claim; segments that say nothing are left out.

    Args:
        claim: the claim, taken apart.
        question: words of the question; they count as a topic that claim and evidence share.
        known: the evidence.
        only: words of the claim for which it is false are passed over.
    """
    every = frozenset(key for segment in claim.segments for word in segment.own for key in word.keys)
    parts = [replace(part, own=tuple(filter(only, part.own))) if only else part for part in claim.segments]
    home = _home(parts, known)
    found = (_best(part, question, known, every, home) for part in parts if content(part.own))
    return [alignment for alignment in found if alignment is not None]


def _home(parts: Sequence[Segment], known: Evidence) -> tuple[int, int]:
    """The sentence that says most of the whole claim; the first of equals."""
    said = [word for part in parts for word in content(part.own)]
    best = max(
        known.sentences, key=lambda sentence: coverage(said, [meet(word, sentence) for word in said]), default=None
    )
    return best.place if best else (-1, -1)


def _best(
    part: Segment, question: Sequence[Word], known: Evidence, every: frozenset[str], home: tuple[int, int]
) -> Alignment | None:
    own = content(part.own)
    mine = {key for word in own for key in word.keys}
    topic = content([word for word, _ in part.inherited])
    asked = [word for word in question if mine.isdisjoint(word.keys)]
    found = candidates([*own, *topic, *asked], known)
    rows = [_row(segment, own, (topic, asked), every, known.stems) for segment in found]
    if not rows:
        return None
    best = max(rows, key=lambda row: row.said() - row.spare + _AT_HOME * (row.segment.place == home))
    bound = [(word, row) for at, word in enumerate(own) if (row := _bound_without(at, word, rows)) is not None]
    return Alignment(
        words=tuple(own),
        meetings=tuple(best.meetings),
        segment=best.segment,
        rest=_rest(best, every),
        elsewhere=tuple(word for word, row in bound if not _in_sentence(word, row, rows)),
        across=tuple(word for word, row in bound if _in_sentence(word, row, rows)),
        rivals=tuple(word for word, row in bound if _has_rival(word, row, every)),
        contradicted=tuple(word for at, word in enumerate(own) if _contradicted(at, own, best, rows)),
    )


def _row(
    segment: Segment,
    own: Sequence[Word],
    about: tuple[Sequence[Word], Sequence[Word]],
    every: frozenset[str],
    stems: frozenset[str],
) -> _Row:
    meetings = [meet(word, segment, stems) for word in own]
    total = sum(word.weight for word in own)
    gains = [_gain(word, meeting) / total for word, meeting in zip(own, meetings, strict=True)]
    topic, asked = (coverage(found, [meet(word, segment) for word in found]) for found in about)
    spare = sum(every.isdisjoint(word.keys) for word in content(segment.own) if word.quantity is None)
    return _Row(segment, meetings, gains, _TOPIC_SHARE * topic + _ASKED_SHARE * asked, _SPARE * spare)


def _gain(word: Word, meeting: Meeting) -> float:
    unequal = meeting.word is not None and meeting.word.denied != word.denied and word.sort != "number"
    return word.weight * meeting.closeness * (_UNEQUAL_DENIAL if unequal else 1.0)


def _bound_without(at: int, word: Word, rows: Sequence[_Row]) -> _Row | None:
    """The segment that lacks a word but says more of the others than any that has it; None when there is none.

    A segment that has all of the claim decides for the claim. For a number it is enough that another segment says the
    same with fewer words of its own: PET … 350원 before PET 플레이크 … 650원.
    """
    having = [row for row in rows if row.has(at)]
    lacking = [row for row in rows if not row.meetings[at].met]
    if word.sort not in _BINDING or not having or not lacking:
        return None
    if word.sort != "number" and any(row.has_all() for row in having):
        return None
    best = max(lacking, key=lambda row: row.said(at) - row.spare)
    rival = max(having, key=lambda row: row.said(at) - row.spare)
    ahead = best.said(at) - rival.said(at)
    shorter = word.sort == "number" and rival.spare > best.spare and ahead > -_AHEAD / 5
    return best if best.said(at) > _SOMETHING and (ahead > _AHEAD or shorter) else None


def _has_rival(word: Word, row: _Row, every: frozenset[str]) -> bool:
    """Whether the segment has another number of the unit, or another word of the role, that the claim does not have."""
    if word.quantity is None:
        roles = ("topic", "subject", "value") if word.role == "value" else (word.role,)
        return word.role != "" and any(other.role in roles for other in _rest(row, every))
    unit, value = word.quantity.unit, word.quantity.value
    others = (other.quantity for other in row.segment.own if other.quantity is not None)
    return any(other.unit == unit and other.value != value for other in others)


def _contradicted(at: int, own: Sequence[Word], best: _Row, rows: Sequence[_Row]) -> bool:
    """신발은 … 넣을 수 없어요, where the best segment speaks of pillows and that of shoes says 넣고."""
    if own[at].sort not in ("noun", "name") or not best.meetings[at].late:
        return False
    apart = (row for row in rows if row is not best and row.has(at) and not row.meetings[at].late)
    return any(_denied_otherwise(at, own, row) for row in apart)


def _denied_otherwise(at: int, own: Sequence[Word], row: _Row) -> bool:
    others = [
        (word, meeting) for place, (word, meeting) in enumerate(zip(own, row.meetings, strict=True)) if place != at
    ]
    return any(
        meeting.met and not meeting.late and meeting.word is not None and meeting.word.denied != word.denied
        for word, meeting in others
        if word.quantity is None
    )


def _in_sentence(word: Word, found: _Row, rows: Sequence[_Row]) -> bool:
    same = (row for row in rows if row.segment.place == found.segment.place)
    return any(meet(word, row.segment).closeness >= STANDS for row in same)


def _rest(row: _Row, every: frozenset[str]) -> tuple[Word, ...]:
    met = {id(meeting.word) for meeting in row.meetings}
    return tuple(word for word in content(row.segment.own) if id(word) not in met and every.isdisjoint(word.keys))
