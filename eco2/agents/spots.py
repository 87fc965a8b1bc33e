"""Where the user means: one or more places of the gazetteer named in the text, the given location, or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from eco2.agents.area import joined_areas, unknown_area, unknown_place
from eco2.agents.row import Sources
from eco2.items import Named
from eco2.lexicon import Mention
from eco2.outside import Spot, distance_km
from eco2.tables import question
from eco2.turns import Evidence, Finding, Location, Task

MOST_PLACES = 3
"""Places that one question is answered for."""
_ACROSS_A_CITY_KM = 30.0
_SEEK_PLACES = frozenset({"location", "collection_point"})
_SAME_OF_ANOTHER = question("same_of_another_place")
_LEFT_OUT = re.compile(r"\s*(?:쪽|날씨|기온)?\s*(?:은|는|이|가|을|를|의)?\s*(?:말고|빼고|아니고|아니라|대신)")
_LEFT_OUT_EN = re.compile(r"\b(?:not|except|instead of|rather than)\s+(?:in\s+|for\s+)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Here:
    """The spot that is meant; `unknown` is the name of one that the gazetteer does not have."""

    spot: Spot | None = None
    unknown: str = ""
    named: bool = False


def here(task: Task, named: Named, sources: Sources) -> Here:
    """Return where to look: a spot named in the text before the given location."""
    spots = {found.fact.id: found.fact for found in sources.outside.spots()}
    for mention in sorted(_meant(task.text, named.spots), key=lambda mention: _is_region(spots[mention.keys[0]])):
        return Here(spots[mention.keys[0]], named=True)
    for mention in _meant(task.text, named.districts):
        if (looked_up := _looked_up(mention.word, sources)).spot:
            return looked_up
    sought = unknown_place(named) if _SEEK_PLACES & set(task.intents) else ""
    if stranger := unknown_area(task.text, named) or sought:
        return _looked_up(stranger, sources)
    return _given(task.location, sources, spots) if task.location else Here()


def everywhere(task: Task, named: Named, sources: Sources) -> list[Here]:
    """Return the places that a question joins ("대전하고 여수"), at most `MOST_PLACES`; else the one that is meant."""
    one = here(task, named, sources)
    spots = {found.fact.id: found.fact for found in sources.outside.spots()}
    candidates = _meant(task.text, named.spots)
    meant = [mention for mention in candidates if spots[mention.keys[0]] == one.spot]
    if not meant:
        return [one]
    joined = [spots[mention.keys[0]] for mention in _joined(task.text, candidates, meant[0], spots)]
    strangers = [_looked_up(name, sources) for name in joined_areas(task.text, named, meant)]
    return [*(Here(spot, named=True) for spot in dict.fromkeys(joined)), *strangers][:MOST_PLACES]


def _meant(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the places that are not said to be left out ("부산 말고 대구"); all of them where none is left."""
    kept = [mention for mention in mentions if not _LEFT_OUT.match(text[mention.end :])]
    return [mention for mention in kept if not _LEFT_OUT_EN.search(text[: mention.start])] or list(mentions)


def together(findings: Sequence[Finding]) -> Finding:
    """Return what was found for each of several places as one finding, and nothing twice."""
    first, *others = findings
    if not others:
        return first
    passages: dict[str, Evidence] = {}
    for passage in (passage for one in findings for passage in one.evidence):
        text = passages[passage.id].text.splitlines() if passage.id in passages else []
        lines = dict.fromkeys((*text, *passage.text.splitlines()))
        passages[passage.id] = replace(passage, text="\n".join(lines))
    answers = [one.status for one in findings if one.status == "answered"]
    return replace(
        first,
        status=answers[0] if answers else first.status,
        statements=tuple(dict.fromkeys(said for one in findings for said in one.statements)),
        evidence=tuple(passages.values()),
    )


def _joined(text: str, mentions: Sequence[Mention], meant: Mention, spots: dict[str, Spot]) -> list[Mention]:
    """Return the unbroken row of places with the one that is meant; of "서울 강남역" in it the narrower one."""
    rows: list[list[list[Mention]]] = []
    for mention in mentions:
        before = rows[-1][-1][-1] if rows else None
        between = text[before.end : mention.start] if before else ""
        if before and not between.strip(" ,") and _lies_in(spots[mention.keys[0]], spots[before.keys[0]]):
            rows[-1][-1].append(mention)
        elif before and (not between.strip(" ,") or _SAME_OF_ANOTHER.fullmatch(between)):
            rows[-1].append([mention])
        else:
            rows.append([[mention]])
    row = next(row for row in rows if any(meant in names for names in row))
    return [names[-1] for names in row] if len(row) > 1 else [meant]


def _lies_in(spot: Spot, other: Spot) -> bool:
    if _is_region(other) and not _is_region(spot):
        return distance_km(other.lat, other.lon, spot.lat, spot.lon) < _ACROSS_A_CITY_KM
    return spot.district == other.name


def _given(location: Location, sources: Sources, spots: dict[str, Spot]) -> Here:
    if location.lat is not None and location.lon is not None:
        return Here(
            Spot("here", location.name or "현재 위치", location.name or "your location", location.lat, location.lon)
        )
    for mention in sources.words.spots.find(location.name or ""):
        return Here(spots[mention.keys[0]], named=True)
    return _looked_up(location.name or "", sources)


def _looked_up(name: str, sources: Sources) -> Here:
    """Return a spot that the gazetteer does not have; unknown where nobody knows it."""
    found = sources.outside.locate(name) if name else None
    return Here(found.fact, named=True) if found else Here(unknown=name)


def _is_region(spot: Spot) -> bool:
    """Whether a spot is a whole city; "서울 강남역" means the station."""
    return spot.district is None
