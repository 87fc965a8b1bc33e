"""A claim laid over the sentence that it copies: what stands in whose place, what came in.

A word that the sentence does not have, between words that it has, takes the place of another: in a recycling bag for in
a general-waste bag. It is a changed fact the surer the more of the claim is the sentence's own, in its order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from harness.judging.denial import denies
from harness.judging.evidence import Meeting
from harness.judging.lexemes import WEIGHTS, Word

_GAP = 4
_CONTENT = WEIGHTS["generic"]
_SENTENCE_WORDS = 4
_COPIED = 0.5
"""Share in the same words and order from which a claim is rather a copy than a paraphrase."""


@dataclass(frozen=True)
class Slots:
    """What differs between a claim and the sentence that it is laid over.

    The weight of the claim's words that take the place of others (`moved` those that the sentence has elsewhere), and
    of those that came in; how many limits were left out; how many denials only one side has.

    `near` says how near a copy the claim is, 0 to 1: 0 where at most half of it is the sentence's own and at most half
    of the sentence stands in it, 1 where all of either does.
    """

    near: float = 0.0
    put_in_place: float = 0.0
    moved: float = 0.0
    put_in: float = 0.0
    limits_left_out: int = 0
    denials: int = 0


@dataclass(frozen=True)
class _Stretch:
    """Words of the claim that stand where the sentence has other ones; either may be empty."""

    mine: Sequence[Word]
    theirs: Sequence[Word]

    @property
    def replaces(self) -> bool:
        return max(len(self.mine), len(self.theirs)) <= _GAP and any(map(_says, self.theirs))

    @property
    def left_out(self) -> bool:
        """Whether the claim leaves out what the sentence says there, or says much less."""
        return len(self.theirs) > _GAP or (not self.mine and any(map(_states, self.theirs)))

    @property
    def came_in(self) -> bool:
        """Whether the sentence has nothing of what the claim says there, or much less."""
        return len(self.mine) > _GAP or (not self.theirs and any(map(_states, self.mine)))


def lay_over(
    mine: Sequence[Word], theirs: Sequence[Word], unmet: frozenset[int], novel: frozenset[int] = frozenset()
) -> Slots:
    """Lay a claim's words over a sentence's.

    Args:
        mine: the claim's words.
        theirs: the sentence's.
        unmet: ids of the claim's words that the sentence does not have; they may take the place of others.
        novel: ids of those that no sentence has; only they came in.
    """
    copied, stretches = _stretches(mine, theirs)
    replacing = [stretch for stretch in stretches if stretch.replaces]
    others = [word for stretch in stretches if not stretch.replaces for word in stretch.mine]
    share = max(copied / _weight(mine), copied / _weight(theirs) if len(theirs) >= _SENTENCE_WORDS else 0.0)
    return Slots(
        near=max(0.0, min(1.0, share) - _COPIED) / (1 - _COPIED),
        put_in_place=sum(word.weight for stretch in replacing for word in stretch.mine if id(word) in unmet),
        moved=sum(word.weight for stretch in replacing for word in _moved(stretch, theirs) if id(word) not in unmet),
        put_in=sum(word.weight for word in others if id(word) in novel),
        limits_left_out=sum(any(map(_limits, stretch.theirs)) for stretch in stretches),
        denials=_uneven_denials(stretches),
    )


def _stretches(mine: Sequence[Word], theirs: Sequence[Word]) -> tuple[float, list[_Stretch]]:
    """The weight of what both say in the same order, and the stretches in which they differ."""
    codes = SequenceMatcher(None, *_tokens(mine, theirs), autojunk=False).get_opcodes()
    copied = sum(word.weight for what, start, end, _, _ in codes if what == "equal" for word in mine[start:end])
    return copied, [_Stretch(mine[s:e], theirs[b:f]) for what, s, e, b, f in codes if what != "equal"]


def _moved(stretch: _Stretch, theirs: Sequence[Word]) -> list[Word]:
    """The word of a stretch that stands in the place of one of its kind, and that the sentence has elsewhere."""
    mine, other = ([word for word in side if word.weight > _CONTENT] for side in (stretch.mine, stretch.theirs))
    if len(mine) != 1 or len(other) != 1 or mine[0].acts != other[0].acts or mine[0].keys & other[0].keys:
        return []
    elsewhere = frozenset(key for word in theirs for key in word.keys)
    return [] if elsewhere.isdisjoint(mine[0].keys) else mine


def _uneven_denials(stretches: Sequence[_Stretch]) -> int:
    """How many denials one side has more; what only one side says at all may deny what it likes.

    A denial that moved (is not taken, we do not take) is none the less the same one.
    """
    claimed = sum(_denials(stretch.mine) for stretch in stretches if not stretch.came_in)
    kept = sum(_denials(stretch.theirs) for stretch in stretches if not stretch.left_out)
    spare = sum(_denials(stretch.theirs) for stretch in stretches if stretch.left_out)
    also = sum(_denials(stretch.mine) for stretch in stretches if stretch.came_in)
    return max(0, claimed - kept - spare) if claimed > kept else max(0, kept - claimed - also)


def _weight(found: Sequence[Word]) -> float:
    return sum(word.weight for word in found) or 1.0


def _says(word: Word) -> bool:
    return word.weight >= _CONTENT


def _states(word: Word) -> bool:
    """Whether a word says more than a denial."""
    return _says(word) and not denies(word.text)


def _limits(word: Word) -> bool:
    return word.quantity is not None and bool(word.quantity.bound)


def _denials(found: Sequence[Word]) -> int:
    # 대신 at the head of a sentence only joins it to the one before.
    said = (word for word in found if word.start or word.text != "대신")
    return sum(word.text in ("안", "못") or denies(word.text) for word in said)


def unmet_of(found: Sequence[Word], meetings: Sequence[Meeting]) -> frozenset[int]:
    """The ids of the words that met nothing."""
    return frozenset(id(word) for word, meeting in zip(found, meetings, strict=True) if not meeting.met)


def _tokens(mine: Sequence[Word], theirs: Sequence[Word]) -> tuple[list[str], list[str]]:
    """What words are compared by: words of one meaning get one name, that of the claim's word."""
    names: dict[str, str] = {}
    for word in mine:
        for key in word.keys:
            names.setdefault(key, word.text)
    ours = [_number(word) or _named(word, names) for word in mine]
    return ours, [_number(word) or _named(word, names) for word in theirs]


def _named(word: Word, names: Mapping[str, str]) -> str:
    return next((names[key] for key in sorted(word.keys) if key in names), word.text)


def _number(word: Word) -> str:
    return f"{word.quantity.value} {word.quantity.unit}" if word.quantity else ""
