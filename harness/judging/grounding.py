"""A look and a probability -> what is wrong with a claim, the sentence that shows it, and one plain line why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.judging.alignment import Alignment
from harness.judging.conflicts import unequally_denied
from harness.judging.lexemes import Word
from harness.judging.look import Look
from harness.judging.segments import Segment

KINDS = ("number", "unit", "date", "name", "polarity", "action", "condition", "addition", "topic")
_DATE_UNITS = frozenset({"year", "month-of", "day-of", "weekday", "clock"})
_FEATURES: Mapping[str, Sequence[str]] = {
    "number": (
        "novel_numbers", "missing_numbers", "number_conflict", "elsewhere_numbers", "across_numbers", "rival_numbers",
    ),
    "unit": ("unit_conflict",),
    "polarity": (
        "denied_verb", "denied_noun", "denied_elsewhere", "denial_added", "denial_dropped", "opposite", "other_class",
    ),
    "condition": ("absolute", "regardless", "only", "concession", "condition_dropped"),
    "action": ("verb_conflict", "missing_verbs", "novel_verbs"),
    "name": (
        "place_missing", "place_conflict", "novel_places", "novel_values", "novel_names", "missing_names",
        "name_nearly",
    ),
    "topic": (
        "elsewhere_nouns", "across_nouns", "rival_nouns", "topic_conflict", "topic_missing", "met_by_topic",
        "scattered", "question_far", "topic_far", "answer_kind",
    ),
    "addition": (
        "novel_nouns", "novel_meanings", "novel_at_number", "missing_nouns", "strong_added", "cause_added",
        "surplus_at_number",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What speaks most against a claim. `kind` is one of `KINDS`, None when nothing but too little overlap does."""

    kind: str | None
    reason: str


def fault(seen: Look, contributions: Mapping[str, float]) -> Fault:
    """Name the strongest group of features that speak against a claim.

    Args:
        seen: the claim beside its evidence.
        contributions: what each feature added to the log-odds; below 0 speaks against.
    """
    against = {kind: sum(min(0.0, contributions.get(name, 0.0)) for name in names) for kind, names in _FEATURES.items()}
    kind = min(against, key=lambda name: against[name])
    if against[kind] == 0.0:
        return Fault(None, "the context says too little of the claim")
    if kind == "addition" and not seen.novel:
        kind = "topic"
    return _REASONS[kind](seen)


def evidence_for(seen: Look) -> Segment | None:
    """The sentence that a reader should look at: where most of the claim aligns, else the best covered one."""
    places: dict[tuple[int, int], float] = {}
    for alignment in seen.alignments:
        places[alignment.segment.place] = places.get(alignment.segment.place, 0.0) + alignment.share
    if not places:
        return seen.best_sentence[0] if seen.best_sentence else None
    best = max(places, key=lambda place: (places[place], (-place[0], -place[1])))
    return next(sentence for sentence in seen.known.sentences if sentence.place == best)


def _number(seen: Look) -> Fault:
    lost = [
        (word, alignment)
        for alignment in seen.alignments
        for word in (*alignment.missed, *alignment.elsewhere, *alignment.across)
        if word.sort == "number"
    ]
    if not lost:
        return Fault("number", "a number of the claim is not in the context")
    word, alignment = lost[0]
    kind = "date" if word.quantity and word.quantity.unit in _DATE_UNITS else "number"
    instead = _quoted(other for other in alignment.segment.own if _rivals(word, other))
    return Fault(kind, f"{word.text!r} is not what the context says there{instead}")


def _rivals(word: Word, other: Word) -> bool:
    if word.quantity is None or other.quantity is None:
        return False
    return word.quantity.unit == other.quantity.unit and word.quantity.value != other.quantity.value


def _unit(seen: Look) -> Fault:
    strange = [w for w, known in zip(seen.words, seen.familiar, strict=True) if w.quantity is not None and known < 0.5]
    return Fault("unit", f"the context has another unit than {_first(strange, 'the claim')}")


def _polarity(seen: Look) -> Fault:
    for alignment in seen.alignments:
        for word in unequally_denied(alignment):
            side = "the claim denies" if word.denied else "the context denies"
            return Fault("polarity", f"{side} {word.text!r}, the other side does not")
    return Fault("polarity", "claim and context say opposite things")


def _condition(seen: Look) -> Fault:
    return Fault("condition", "the context says it of some cases or on a condition, the claim more generally")


def _action(seen: Look) -> Fault:
    missed = [(word, alignment) for alignment in seen.alignments for word in alignment.missed if word.sort == "verb"]
    if not missed:
        return Fault("action", "the context does not say to do so")
    word, alignment = missed[0]
    return Fault("action", f"{word.text!r} is not said there{_quoted(o for o in alignment.rest if o.sort == 'verb')}")


def _name(seen: Look) -> Fault:
    lost = _lost(seen, lambda word: word.role in ("slot", "value") or word.sort == "name")
    if not lost:
        return Fault("name", "the context names another place, class or person")
    word, alignment = lost[0]
    return Fault("name", f"{word.text!r} is not named there{_quoted(o for o in alignment.rest if o.role == word.role)}")


def _topic(seen: Look) -> Fault:
    bound = [word for alignment in seen.alignments for word in (*alignment.elsewhere, *alignment.across)]
    return Fault("topic", f"the context says this of something else than {_first(bound, 'what the claim is about')}")


def _addition(seen: Look) -> Fault:
    return Fault("addition", f"the context says nothing of {_first(seen.novel, 'part of the claim')}")


def _lost(seen: Look, wanted: Callable[[Word], bool]) -> list[tuple[Word, Alignment]]:
    return [(word, alignment) for alignment in seen.alignments for word in alignment.missed if wanted(word)]


def _first(found: Sequence[Word], otherwise: str) -> str:
    return repr(found[0].text) if found else otherwise


def _quoted(found: Iterable[Word]) -> str:
    first = next(iter(found), None)
    return f", which has {first.text!r}" if first else ""


_REASONS = {
    "number": _number, "unit": _unit, "polarity": _polarity, "condition": _condition,
    "action": _action, "name": _name, "topic": _topic, "addition": _addition,
}  # fmt: skip
