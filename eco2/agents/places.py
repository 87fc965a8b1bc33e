"""Places of a kind near somewhere, or one place by its name: address, hours and phone as far as the data has them."""

from __future__ import annotations

import re

from eco2.agents.near import NEAREST, OF_EACH, Near, away, listed, nearest, nowhere, unknown
from eco2.agents.row import Sources
from eco2.agents.spots import Here, everywhere, together
from eco2.cues import PLACE_WORDS
from eco2.outside import Place, Spot
from eco2.patterns import which
from eco2.phrases import say, with_josa
from eco2.tables import question, table
from eco2.turns import Finding, Statement, Task

_DETAIL = (question("opening_hours"), question("phone_number"))
_ONE = question("the_one_place")
_KINDS: dict[str, list[str]] = table("patterns")["place_kinds"]
_DAYS: dict[str, str] = table("patterns")["days"]


def location(task: Task, sources: Sources) -> Finding:
    """Answer which places of the asked kind are near; without a place to look around, ask for one."""
    named, at = sources.named(task.text), sources.outside.recorded_at
    if venues := {mention.keys[0] for mention in named.venues}:
        found = [place for place in sources.outside.places(None) if place.fact.id in venues]
        by_name = [Near(place.fact, place.path, place.line) for place in found]
        return listed(task, "location", by_name, None, place_statement, at)
    around = everywhere(task, named, sources)
    most = 1 if _asks_about_one(task) else NEAREST if len(around) == 1 else OF_EACH
    return together([_around(task, spot, most, sources) for spot in around])


def _around(task: Task, spot: Here, most: int, sources: Sources) -> Finding:
    kinds, at = which(PLACE_WORDS, task.text), sources.outside.recorded_at
    places = [place for kind in kinds or (None,) for place in sources.outside.places(kind, spot.spot)]
    if not places and kinds and (spot.spot or at):
        return unknown(task, "location", say("category_unknown", category=_said(kinds[0], task.text)))
    if spot.spot is None:
        return nowhere(task, "location", spot)
    near = nearest(places, spot.spot, task.text, most)
    return listed(task, "location", near, spot.spot, place_statement, at)


def no_places(task: Task, sources: Sources) -> Finding:
    """Say that there is no live source for places."""
    return unknown(task, "location", say("place_no_source"), degraded="location: no live source")


def place_statement(near: Near, spot: Spot | None) -> Statement:
    """Return what is known of a place in one sentence, with the distance from a spot."""
    place = near.fact
    if not isinstance(place, Place):
        raise TypeError(f"a place was expected, got {type(place).__name__}")
    kind_ko, kind_en = _KINDS.get(place.category, ["곳", "place"])
    away_ko, away_en = away(near, spot)
    ko = [f"{place.name}은(는) {away_ko}{place.address}에 있는 {kind_ko}"]
    en = [f"{place.name_en} is a {kind_en} at {place.address}"]
    if place.hours:
        ko, en = [*ko, f"운영 시간은 {place.hours}"], [*en, f"opening hours {english_hours(place.hours)}"]
    if place.phone:
        ko, en = [*ko, f"전화번호는 {place.phone}"], [*en, f"phone {place.phone}"]
    return Statement(with_josa("이고, ".join(ko) + "(이)에요."), ", ".join(en) + "." + away_en, near.id)


def english_hours(hours: str) -> str:
    """Return opening hours with the Korean names of days in English.

    >>> english_hours("월~토 09:00~18:00")
    'Mon–Sat 09:00–18:00'
    """
    for korean, english in _DAYS.items():
        hours = hours.replace(korean, english)
    return hours.replace("~", "–")


def _asks_about_one(task: Task) -> bool:
    """Whether a follow-up asks for a detail of the place that was named first ("거기 몇 시까지 해?")."""
    return task.follow_up and bool(_ONE.search(task.text)) and any(ask.search(task.text) for ask in _DETAIL)


def _said(kind: str, text: str) -> str:
    """Return the user's word for a kind of place."""
    match = re.search(PLACE_WORDS[kind], text.lower())
    return text[match.start() : match.end()] if match else kind
