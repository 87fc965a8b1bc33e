"""Facts near a place: which are nearest, and how they are listed with their distance, each on its own line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eco2.agents.spots import Here
from eco2.evidence import fact_evidence
from eco2.outside import CollectionPoint, Found, Place, Spot, distance_km
from eco2.phrases import say
from eco2.tables import question
from eco2.turns import Evidence, Finding, Statement, Task

NEAREST, OF_EACH = 3, 2
"""Facts that are listed for one place, and for each of several."""
WITHIN_KM = 10.0
_NEXT_DOOR_KM = 1.0
_SAYS_NEAR = question("near")
_HOURS, _PHONE = question("opening_hours"), question("phone_number")

Fact = Place | CollectionPoint


@dataclass(frozen=True)
class Near:
    """A fact with where it stands and how far it is, in kilometres."""

    fact: Fact
    path: str
    line: int
    km: float = 0.0

    @property
    def id(self) -> str:
        return f"world:{self.fact.id}"


State = Callable[[Near, Spot | None], Statement]
"""Says where a fact is; with a spot, how far from it."""


def nearest(
    found: Sequence[Found[Place]] | Sequence[Found[CollectionPoint]], spot: Spot, text: str, most: int = NEAREST
) -> list[Near]:
    """Return at most `most` facts within `WITHIN_KM` of a spot, nearest first, ties by id.

    Of a district or city only those inside it count while there are any, unless the text says "near".
    """
    near = [
        Near(one.fact, one.path, one.line, distance_km(spot.lat, spot.lon, one.fact.lat, one.fact.lon)) for one in found
    ]
    inside = [one for one in near if spot.name in one.fact.address] if spot.name.endswith(("구", "시", "도")) else []
    if inside and not _SAYS_NEAR.search(text):
        near = inside
    return sorted((one for one in near if one.km <= WITHIN_KM), key=lambda one: (one.km, one.fact.id))[:most]


def listed(task: Task, agent: str, near: Sequence[Near], spot: Spot | None, state: State, at: str | None) -> Finding:
    """Answer with a line for each, nearest first; `at` is when they were recorded."""
    if not near:
        place = "" if spot is None else spot.name_en if task.language == "en" else spot.name
        return unknown(task, agent, say("places_none", place=place), recorded_at=at)
    measured = None if spot is None or _is_single_and_inside(near, spot) else spot
    said = [state(one, measured) for one in near]
    evidence = tuple(evidence_of(one, line) for one, line in zip(near, said, strict=True))
    return Finding(agent, task.index, "answered", (*stamp(at), *said, *_lacking(task.text, near)), evidence, at)


def stamp(recorded_at: str | None) -> tuple[Statement, ...]:
    return (say("recorded_on", day=recorded_at[:10]),) if recorded_at else ()


def away(near: Near, spot: Spot | None) -> tuple[str, str]:
    """Return "…에서 약 0.3 km 떨어져 있고, " and " It is about 0.3 km from …."; empty without a spot."""
    if spot is None:
        return "", ""
    return f"{spot.name}에서 약 {near.km:.1f} km 떨어져 있고, ", f" It is about {near.km:.1f} km from {spot.name_en}."


def evidence_of(near: Near, statement: Statement) -> Evidence:
    """Return a fact as injected, with what is said of it."""
    return fact_evidence(Found(near.fact, near.path, near.line), statement.text_ko, statement.text_en)


def nowhere(task: Task, agent: str, spot: Here) -> Finding:
    """Ask for a place to look around, or say that the named one is not known."""
    known = say("location_unknown", place=spot.unknown) if spot.unknown else say("location_missing")
    return unknown(task, agent, known)


def unknown(
    task: Task, agent: str, statement: Statement, degraded: str = "", recorded_at: str | None = None
) -> Finding:
    words = (degraded,) if degraded else ()
    return Finding(agent, task.index, "unknown", (statement,), recorded_at=recorded_at, degraded=words)


def _is_single_and_inside(near: Sequence[Near], spot: Spot) -> bool:
    """Whether there is one place only and it lies in the district or city that was named: no distance needs saying."""
    return len(near) == 1 and (spot.name in near[0].fact.address or near[0].km < _NEXT_DOOR_KM)


def _lacking(text: str, near: Sequence[Near]) -> tuple[Statement, ...]:
    """Say which asked detail the data does not have."""
    facts = [one.fact for one in near]
    hours = _HOURS.search(text) and not any(getattr(fact, "hours", None) for fact in facts)
    phone = _PHONE.search(text) and not any(getattr(fact, "phone", None) for fact in facts)
    return (*([say("detail_hours")] if hours else []), *([say("detail_phone")] if phone else []))
