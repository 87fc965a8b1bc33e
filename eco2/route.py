"""Which intents a piece of a message has: the weights of its cues and of what it names, added; then the rules of
precedence between intents that share words. Pure and deterministic; it neither splits nor remembers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eco2.cues import BIN_WORDS, CUES, NOT_COLLECTION, NOT_WEATHER, PLACE_WORDS, SEEKS_PLACE, THRESHOLD
from eco2.items import Named
from eco2.patterns import any_of, which
from eco2.tables import question, table

_KNOWN_PLACE = any_of(pattern for kind, pattern in PLACE_WORDS.items() if kind != "other")
_OTHER_PLACE = any_of([PLACE_WORDS["other"]])
_AS_IT_IS = re.compile(r"중고|얼마에\s*(?:팔|사)")
_BAG = re.compile(r"(?:종량제|쓰레기)\s*봉투|\b(?:waste|garbage|trash) bags?\b", re.IGNORECASE)
_NEEDS_A_THING = 0.6
"""Cues of waste below this weight ("어떻게", "돼?") mean nothing where no thing is named."""
_OFFICES = frozenset({"community_center", "district_office", "other"})
"""Places that people also name for what they do there ("구청에 신청")."""
_STRONG_BULK = frozenset({"bulky waste", "fee", "sticker", "pickup"})
_WHERE = re.compile(r"어디|어딨|(?:버리|버릴|넣|넣을|모으)는?\s?데\s*[?.!~]*$|\bwhere\b", re.IGNORECASE)
_PHONE = question("phone_number")
_COLLECTED = frozenset(table("patterns")["bin_of"].values())
_MERELY_SEARCH = frozenset({"search", "recent", "happens", "newest"})

Scores = Mapping[str, float]
Unless = Callable[["Reading"], bool]


@dataclass(frozen=True)
class Reading:
    """A piece of a message as the classifier sees it: the cues and the score of every intent, and those that hold."""

    text: str
    named: Named
    cues: Mapping[str, Mapping[str, float]]
    scores: Scores
    intents: tuple[str, ...] = ()


def read(text: str, named: Named) -> Reading:
    """Score a piece of a message and settle its intents; empty when nothing reaches `cues.THRESHOLD`."""
    cues = {intent: explain(text.lower(), intent) for intent in CUES}
    scores = {
        intent: round(sum(found.values()) + _named_weight(intent, found, text.lower(), named), 3)
        for intent, found in cues.items()
    }
    reading = Reading(text, named, cues, scores)
    return Reading(text, named, cues, scores, settle(reading))


def explain(text: str, intent: str) -> dict[str, float]:
    """Return the cues of an intent that a lower-cased text gives, by name; a kind of cue counts once."""
    if intent == "weather":
        text = NOT_WEATHER.sub(" ", text)
    if intent == "collection_point":
        text = NOT_COLLECTION.sub(" ", text)
    return {cue.name: cue.weight for cue in CUES[intent] if cue.pattern.search(text)}


def _named_weight(intent: str, cues: Mapping[str, float], text: str, named: Named) -> float:
    """Return what the named things add to an intent, given the intent's cues."""
    weigh = _WEIGHTS.get(intent)
    return weigh(cues, text, named) if weigh else 0.0


def _waste_weight(cues: Mapping[str, float], _: str, named: Named) -> float:
    """Return what things add; weak cues mean nothing without one, or beside a character that they are asked of."""
    about_waste = _any_thing(named) or named.tags or {"part", "preparation"} & set(cues)
    if (not about_waste or named.characters) and max(cues.values(), default=0.0) < _NEEDS_A_THING:
        return -sum(cues.values())
    return 0.6 * _any_thing(named) + 0.3 * bool(named.tags) + 0.3 * named.compares


def _bin_weight(cues: Mapping[str, float], text: str, _: Named) -> float:
    return 0.4 * bool("give away" in cues and which(BIN_WORDS, text) and SEEKS_PLACE.search(text))


def _price_weight(_: Mapping[str, float], __: str, named: Named) -> float:
    return 0.3 * bool(named.prices or named.things) + 0.3 * bool(named.regions and (named.prices or named.things))


def _place_weight(cues: Mapping[str, float], text: str, named: Named) -> float:
    known, other = bool(_KNOWN_PLACE.search(text) or named.venues), bool(_OTHER_PLACE.search(text))
    somewhere = 0.3 * bool(set(which(PLACE_WORDS, text)) - _OFFICES and (named.spots or named.districts))
    return somewhere + 0.5 * known + 0.4 * other - (0.0 if known or other else cues.get("show", 0.0))


def _character_weight(cues: Mapping[str, float], _: str, named: Named) -> float:
    asks_who = {"who", "in charge"} & set(cues)
    return 0.5 * bool(named.characters) + 0.3 * bool(asks_who and (named.things or len(named.residue) == 1))


def _weather_weight(cues: Mapping[str, float], _: str, named: Named) -> float:
    return 0.4 * bool({"feel", "wear"} & set(cues) and named.spots)


def _image_weight(cues: Mapping[str, float], _: str, named: Named) -> float:
    return 0.5 * bool("picture" in cues and (named.characters or named.things))


def _any_thing(named: Named) -> bool:
    return bool(named.things or named.kind_only or named.into)


def _bulk_weight(cues: Mapping[str, float], _: str, named: Named) -> float:
    """Return what bulky things add; the weak cues of bulk_waste ("얼마", "신청") count only beside one."""
    if named.bulky or (named.large and {"cost", "apply"} & set(cues)):
        return 0.6 + 0.3 * bool(named.districts)
    return -sum(weight for cue, weight in cues.items() if cue not in _STRONG_BULK)


_WEIGHTS: Mapping[str, Callable[[Mapping[str, float], str, Named], float]] = {
    "waste": _waste_weight,
    "bulk_waste": _bulk_weight,
    "recyclable_price": _price_weight,
    "collection_point": _bin_weight,
    "location": _place_weight,
    "character": _character_weight,
    "weather": _weather_weight,
    "image_generation": _image_weight,
}
"""What the named things add to each intent that they tell something about."""


def settle(reading: Reading) -> tuple[str, ...]:
    """Keep the intents that reach the threshold and are not merely words of another one's question."""
    holds = _meant({intent for intent, value in reading.scores.items() if value >= THRESHOLD}, reading)
    for winner, losers, unless in _PRECEDENCE:
        if winner in holds and not unless(reading):
            holds -= losers
    return tuple(intent for intent in CUES if intent in holds)


def _meant(holds: set[str], reading: Reading) -> set[str]:
    """Put another intent for waste where the thing is bulky, or where it is asked what bin of an area takes it."""
    if "waste" not in holds:
        return holds
    named = reading.named
    if "collection_point" in holds and _only_asks_whether_it_goes_in(reading):
        return holds - {"collection_point"}
    if named.bulky and not (named.other or named.into):
        return holds - {"waste"} | {"bulk_waste"}
    in_an_area = bool(named.spots) and bool(_WHERE.search(reading.text))
    if in_an_area and not named.into and _COLLECTED & set(which(BIN_WORDS, reading.text)):
        return holds - {"waste"} | {"collection_point"}
    return holds


def _only_asks_whether_it_goes_in(reading: Reading) -> bool:
    """Whether a bin is named beside a thing and no place is sought ("old duvet, clothing bin?")."""
    named = reading.named
    beside = len({key for mention in named.things for key in mention.keys}) > 1
    sought = SEEKS_PLACE.search(reading.text) or _WHERE.search(reading.text) or named.spots or named.districts
    return beside and not sought and "place to leave" not in reading.cues["collection_point"]


def _never(_: Reading) -> bool:
    return False


def _merely_searches(reading: Reading) -> bool:
    return set(reading.cues["web_search"]) <= _MERELY_SEARCH


def _not_merely_searches(reading: Reading) -> bool:
    return not _merely_searches(reading)


def _no_place_is_sought(reading: Reading) -> bool:
    text = reading.text.lower()
    return not (
        (_KNOWN_PLACE.search(text) or _OTHER_PLACE.search(text) or reading.named.venues) and SEEKS_PLACE.search(text)
    )


def _asks_no_place_or_a_price(reading: Reading) -> bool:
    """Whether "팔 수 있는" is about the price, not about the place that buys."""
    return bool(set(reading.cues["recyclable_price"]) - {"sell"}) or _no_place_is_sought(reading)


def _seeks_a_known_place(reading: Reading) -> bool:
    known = bool(_KNOWN_PLACE.search(reading.text.lower()) or reading.named.venues)
    return known and not _no_place_is_sought(reading)


def _seeks_a_place_itself(reading: Reading) -> bool:
    """Whether a known place is sought, not merely the office where a bin may stand ("주민센터에 수거함 있어?")."""
    sought = set(which(PLACE_WORDS, reading.text)) - _OFFICES
    return _seeks_a_known_place(reading) and bool(sought or reading.named.venues)


def _seeks_a_place_to_go(reading: Reading) -> bool:
    """Whether a place is sought beside bulky waste, not the phone number of the office that takes it."""
    to_call = bool(_STRONG_BULK & set(reading.cues["bulk_waste"]) and _PHONE.search(reading.text))
    return not to_call or bool(_WHERE.search(reading.text))


def _has_no_market(reading: Reading) -> bool:
    """Whether the money that is asked about is a deposit or the price of a waste bag."""
    return "deposit" in reading.cues["waste"] or bool(_BAG.search(reading.text))


def _has_a_market(reading: Reading) -> bool:
    return not _has_no_market(reading)


def _no_bulky_waste(reading: Reading) -> bool:
    return not ({"bulky waste", "pickup"} & set(reading.cues["bulk_waste"]))


def _also_other_things(reading: Reading) -> bool:
    return bool(reading.named.other and reading.named.bulky and not _STRONG_BULK & set(reading.cues["bulk_waste"]))


def _sells(reading: Reading) -> bool:
    cues, named = reading.cues["recyclable_price"], reading.named
    return (bool({"market price", "per kilo"} & set(cues)) and not named.bulky) or _sells_second_hand(reading)


def _sells_second_hand(reading: Reading) -> bool:
    """Whether a thing is to be sold as it is ("냉장고 중고로 팔면 얼마"), not given to the district for a fee."""
    cues = reading.cues["recyclable_price"]
    return "sell" in cues and "price" in cues and bool(_AS_IT_IS.search(reading.text))


_EVERYTHING = frozenset(CUES)
_PRECEDENCE: tuple[tuple[str, frozenset[str], Unless], ...] = (
    ("image_generation", _EVERYTHING - {"image_generation"}, _never),
    ("location", frozenset({"web_search"}), _not_merely_searches),
    ("collection_point", frozenset({"web_search"}), _not_merely_searches),
    ("recyclable_price", frozenset({"web_search"}), _not_merely_searches),
    ("weather", frozenset({"web_search"}), _never),
    ("web_search", _EVERYTHING - {"web_search", "weather"}, _never),
    ("weather", frozenset({"waste"}), lambda reading: max(reading.cues["waste"].values(), default=0.0) >= 1),
    ("character", frozenset({"waste", "recyclable_price", "bulk_waste"}), _never),
    ("bulk_waste", frozenset({"collection_point"}), _no_bulky_waste),
    ("bulk_waste", frozenset({"recyclable_price"}), _sells),
    ("bulk_waste", frozenset({"waste"}), _also_other_things),
    ("bulk_waste", frozenset({"location"}), _seeks_a_place_to_go),
    ("location", frozenset({"waste", "bulk_waste"}), _no_place_is_sought),
    ("location", frozenset({"recyclable_price"}), _asks_no_place_or_a_price),
    ("collection_point", frozenset({"waste", "bulk_waste"}), _never),
    ("collection_point", frozenset({"location"}), _seeks_a_place_itself),
    ("waste", frozenset({"recyclable_price"}), _has_a_market),
    ("recyclable_price", frozenset({"waste", "bulk_waste"}), _has_no_market),
)
"""(winner, losers, unless): in this order, an intent that holds takes away those whose words it shares."""
