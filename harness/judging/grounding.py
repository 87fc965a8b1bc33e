"""A look and its weights -> what is wrong with a claim, the words that show it, and one plain line why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.judging.alignment import Alignment
from harness.judging.conflicts import names_condition, unequally_denied
from harness.judging.evidence import opposed
from harness.judging.lexemes import Word
from harness.judging.look import Look
from harness.judging.segments import Segment

KINDS = ("number", "unit", "date", "name", "polarity", "action", "condition", "addition", "topic")
_SENTENCE_WORDS, _SHARED, _QUOTED = 3, 0.2, 3
_DATE_UNITS = frozenset({"year", "month-of", "day-of", "weekday", "clock"})


@dataclass(frozen=True)
class Fault:
    """What speaks most against a claim. `kind` is one of `KINDS`, None where the model knows none.

    `quote` are the words of passage `passage` that contradict the claim; without a passage, words of the claim that the
    context does not have where the rest is said.
    """

    kind: str | None
    reason: str
    passage: int | None = None
    quote: str | None = None


def fault(seen: Look, scores: Mapping[str, float]) -> Fault:
    """Name what is wrong with a claim and point at it.

    Args:
        seen: the claim beside its evidence.
        scores: how much speaks for each kind of error.
    """
    if _is_elsewhere(seen):
        return Fault("topic", "the context speaks of something else", None, _claimed(seen.novel))
    if not scores:
        return Fault(None, "the context says too little of the claim", None, _claimed(seen.novel))
    return _REASONS[max(scores, key=lambda kind: scores[kind])](seen)


def evidence_for(seen: Look) -> Segment | None:
    """The sentence that a reader should look at: where most of the claim aligns, else the best covered one."""
    places: dict[tuple[int, int], float] = {}
    for alignment in seen.alignments:
        places[alignment.segment.place] = places.get(alignment.segment.place, 0.0) + alignment.share
    if not places:
        return seen.best_sentence[0] if seen.best_sentence else None
    best = max(places, key=lambda place: (places[place], (-place[0], -place[1])))
    return next(sentence for sentence in seen.known.sentences if sentence.place == best)


def _is_elsewhere(seen: Look) -> bool:
    """Whether a sentence of a few words or more shares next to nothing with its context."""
    total = sum(word.weight for word in seen.words)
    known = sum(word.weight * familiar for word, familiar in zip(seen.words, seen.familiar, strict=True))
    return len(seen.words) >= _SENTENCE_WORDS and not seen.fragment and known < _SHARED * total


def _number(seen: Look) -> Fault:
    lost = [
        (word, alignment)
        for alignment in seen.alignments
        for word in (*alignment.missed, *alignment.elsewhere, *alignment.across)
        if word.sort == "number"
    ]
    if not lost:
        strange = [word for word in seen.novel if word.sort == "number"]
        return Fault("number", "a number of the claim is not in the context", None, _claimed(strange))
    word, alignment = lost[0]
    kind = "date" if word.quantity and word.quantity.unit in _DATE_UNITS else "number"
    instead = [other for other in alignment.segment.own if _rivals(word, other)]
    return _instead(kind, f"{word.text!r} is not what the context says there", word, instead, alignment)


def _instead(kind: str, reason: str, word: Word, instead: Sequence[Word], alignment: Alignment) -> Fault:
    """A word of the claim with what stands there instead; with itself where nothing does."""
    if not instead:
        return Fault(kind, reason, None, word.text)
    found = instead[0].text
    return Fault(kind, f"{reason}, which has {found!r}", alignment.segment.passage, found)


def _rivals(word: Word, other: Word) -> bool:
    if word.quantity is None or other.quantity is None:
        return False
    return word.quantity.unit == other.quantity.unit and word.quantity.value != other.quantity.value


def _unit(seen: Look) -> Fault:
    strange = [w for w, known in zip(seen.words, seen.familiar, strict=True) if w.quantity is not None and known < 0.5]
    reason = f"the context has another unit than {_first(strange, 'the claim')}"
    for word in strange:
        for alignment in seen.alignments:
            if same := [other for other in alignment.segment.own if _other_unit(word, other)]:
                return Fault("unit", reason, alignment.segment.passage, same[0].text)
    return Fault("unit", reason, None, _claimed(strange))


def _other_unit(word: Word, other: Word) -> bool:
    if word.quantity is None or other.quantity is None:
        return False
    return word.quantity.value == other.quantity.value and word.quantity.unit != other.quantity.unit


def _polarity(seen: Look) -> Fault:
    for alignment in seen.alignments:
        for word in unequally_denied(alignment):
            side = "the claim denies" if word.denied else "the context denies"
            reason = f"{side} {word.text!r}, the other side does not"
            return Fault("polarity", reason, alignment.segment.passage, alignment.segment.text)
    for alignment in seen.alignments:
        for word in alignment.words:
            if opposite := next((other for other in alignment.rest if opposed(word, other)), None):
                reason = f"{word.text!r} is the opposite of {opposite.text!r}"
                return Fault("polarity", reason, alignment.segment.passage, opposite.text)
    said = seen.alignments[0].segment if seen.alignments else None
    return Fault("polarity", "claim and context say opposite things", *((said.passage, said.text) if said else ()))


def _condition(seen: Look) -> Fault:
    reason = "the context says it of some cases or on a condition, the claim more generally"
    places = {alignment.segment.place for alignment in seen.alignments}
    beside = [part for part in seen.known.segments if part.place in places]
    named = next((part for part in beside if names_condition(part)), beside[0] if beside else None)
    return Fault("condition", reason, *((named.passage, named.text) if named else ()))


def _action(seen: Look) -> Fault:
    missed = _lost(seen, lambda word: word.sort == "verb")
    if not missed:
        return Fault("action", "the context does not say to do so")
    word, alignment = missed[0]
    instead = [other for other in alignment.rest if other.sort == "verb"]
    return _instead("action", f"{word.text!r} is not said there", word, instead, alignment)


def _name(seen: Look) -> Fault:
    lost = _lost(seen, lambda word: word.role in ("slot", "value") or word.sort == "name")
    if not lost:
        return Fault("name", "the context names another place, class or person", None, _claimed(seen.novel))
    word, alignment = lost[0]
    instead = [other for other in alignment.rest if other.role == word.role]
    return _instead("name", f"{word.text!r} is not named there", word, instead, alignment)


def _topic(seen: Look) -> Fault:
    bound = [(w, a) for a in seen.alignments for w in (*a.elsewhere, *a.across)] or _lost(seen, lambda _: True)
    reason = f"the context says this of something else than {_first([w for w, _ in bound], 'what the claim is about')}"
    if not bound:
        return Fault("topic", reason)
    word, alignment = bound[0]
    instead = next((other for other in alignment.rest if other.sort in ("noun", "name")), None)
    if instead is None:
        return Fault("topic", reason, None, word.text)
    return Fault("topic", reason, alignment.segment.passage, instead.text)


def _addition(seen: Look) -> Fault:
    reason = f"the context says nothing of {_first(seen.novel, 'part of the claim')}"
    return Fault("addition", reason, None, _claimed(seen.novel))


def _lost(seen: Look, wanted: Callable[[Word], bool]) -> list[tuple[Word, Alignment]]:
    return [(word, alignment) for alignment in seen.alignments for word in alignment.missed if wanted(word)]


def _first(found: Sequence[Word], otherwise: str) -> str:
    return repr(found[0].text) if found else otherwise


def _claimed(found: Sequence[Word]) -> str | None:
    """The first words of the claim that are meant; None for none."""
    return ", ".join(word.text for word in found[:_QUOTED]) or None


_REASONS = {
    "number": _number, "unit": _unit, "polarity": _polarity, "condition": _condition,
    "action": _action, "name": _name, "topic": _topic, "addition": _addition,
}  # fmt: skip
