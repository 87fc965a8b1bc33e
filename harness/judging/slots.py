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

    The weight of the claim's words that take the place of others, and of those that came in; how many limits were left
    out; in how many places only one side denies.

    `near` says how near a copy the claim is, 0 to 1: 0 where at most half of it is the sentence's own and at most half
    of the sentence stands in it, 1 where all of either does.
    """

    near: float = 0.0
    put_in_place: float = 0.0
    put_in: float = 0.0
    limits_left_out: int = 0
    denials: int = 0


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
    copied, in_place, put_in, limits, denials = 0.0, 0.0, 0.0, 0, 0
    for what, start, end, begin, stop in SequenceMatcher(None, *_tokens(mine, theirs), autojunk=False).get_opcodes():
        if what == "equal":
            copied += sum(word.weight for word in mine[start:end])
            continue
        replaces = any(word.weight >= _CONTENT for word in theirs[begin:stop])
        if replaces and max(end - start, stop - begin) <= _GAP:
            in_place += sum(word.weight for word in mine[start:end] if id(word) in unmet)
        else:
            put_in += sum(word.weight for word in mine[start:end] if id(word) in novel)
        denials += (_denials(mine[start:end]) + _denials(theirs[begin:stop])) % 2
        limits += any(word.quantity is not None and word.quantity.bound for word in theirs[begin:stop])
    share = max(copied / _weight(mine), copied / _weight(theirs) if len(theirs) >= _SENTENCE_WORDS else 0.0)
    near = max(0.0, min(1.0, share) - _COPIED) / (1 - _COPIED)
    return Slots(near, in_place, put_in, limits, denials)


def _weight(found: Sequence[Word]) -> float:
    return sum(word.weight for word in found) or 1.0


def _denials(found: Sequence[Word]) -> int:
    return sum(word.text in ("안", "못") or denies(word.text) for word in found)


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
