"""Where the user means: a place of the gazetteer named in the text, the given location, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from eco2.agents.area import unknown_area
from eco2.agents.row import Sources
from eco2.items import Named
from eco2.outside import Spot
from eco2.turns import Location, Task

_NEAR_ENOUGH_KM = 15.0


@dataclass(frozen=True)
class Here:
    """The spot that is meant; `unknown` is the name of one that the gazetteer does not have."""

    spot: Spot | None = None
    unknown: str = ""
    named: bool = False


def here(task: Task, named: Named, sources: Sources) -> Here:
    """Return where to look: a spot named in the text before the given location."""
    spots = {found.fact.id: found.fact for found in sources.outside.spots()}
    for mention in sorted(named.spots, key=lambda mention: _is_region(spots[mention.keys[0]])):
        return Here(spots[mention.keys[0]], named=True)
    for mention in named.districts:
        if (looked_up := _looked_up(mention.word, sources)).spot:
            return looked_up
    if stranger := unknown_area(task.text, named):
        return _looked_up(stranger, sources)
    return _given(task.location, sources, spots) if task.location else Here()


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
