"""What a workspace's rules and places are called: one lexicon a family, built once a process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from eco2.lexicon import Lexicon
from eco2.outside import Found, Place, Spot
from eco2.spelling import Speller
from eco2.words import EVERYDAY_WORDS, TOPIC_NOUNS
from kb.rulebook import Rule, Rulebook

_SHORTEST_OTHER = 2
"""Letters of another name that says no more than how a word begins ("페트" of a misspelt 페트병)."""
_SPOT_END = re.compile(r"(?<=[가-힣]{2})(?:입구역|역|구|동)$")
_SPOT_END_EN = re.compile(r"(?:-gu|-dong| Station| Univ\. Station)$")
_COMES_TO_THE_HOUSE = ("sticker", "pickup")


@dataclass(frozen=True)
class Vocabulary:
    """Lexicons by family. Keys are rule ids, for `spots` and `venues` ids of the outside world.

    `classes` gives the class of each of `things`, `tag_names` (id, name) of every tag, `tag_words` how people say it.
    `bulky` are the keys of `things` that a district takes away on request (furniture, large appliances).
    """

    things: Lexicon
    tags: Lexicon
    fees: Lexicon
    prices: Lexicon
    characters: Lexicon
    regions: Lexicon
    districts: Lexicon
    spots: Lexicon
    venues: Lexicon
    bulky: frozenset[str]
    classes: Mapping[str, str]
    tag_names: tuple[tuple[str, str], ...]
    tag_words: Mapping[str, str]
    speller: Speller


def vocabulary(rules: Rulebook, spots: Sequence[Found[Spot]] = (), venues: Sequence[Found[Place]] = ()) -> Vocabulary:
    """Build the lexicons of a rulebook and, where there is one, of a gazetteer and of the places by name."""
    things, tags, services = _things(rules), rules.of_kind("tag"), rules.of_kind("service")
    return Vocabulary(
        things=_lexicon(things, _thing_words),
        tags=_lexicon(tags, _aliases),
        fees=_lexicon(rules.of_kind("fee")),
        prices=_lexicon([*_price_searches(services), *rules.of_kind("price")]),
        characters=_lexicon(rules.of_kind("character")),
        regions=_lexicon(_regions(services), _region_words),
        districts=_lexicon(rules.of_kind("contact"), _district_words),
        spots=Lexicon((found.fact.id, _spot_words(found.fact)) for found in spots),
        venues=Lexicon((found.fact.id, (found.fact.name, found.fact.name_en)) for found in venues),
        bulky=_bulky(rules),
        classes={rule.id: rule.class_id or rule.id for rule in things},
        tag_names=tuple((rule.id, rule.name or rule.id) for rule in tags),
        tag_words={rule.id: rule.aliases[0] for rule in tags if rule.aliases},
        speller=_speller(rules, spots, venues),
    )


def words_of(rule: Rule) -> tuple[str, ...]:
    """Return what a rule is called: its names, its aliases, and the lines of the classification table it stands for."""
    names = (rule.name, _text(rule.data.get("name_en")), _text(rule.data.get("middle")), _text(rule.data.get("major")))
    own = names if rule.kind == "class" and not rule.data.get("middle") else names[:3]
    minor = rule.data.get("minor")
    listed = [str(name).split("(")[0].strip() for name in minor] if isinstance(minor, list) else []
    every = [word for word in (*own, *rule.aliases, *(name for name in listed if len(name) > 1)) if word]
    return tuple(dict.fromkeys((*every, *(other for word in every for other in _peels(word)))))


def _peels(word: str) -> tuple[str, ...]:
    """Return a word with 껍데기 for 껍질 and the other way round: people use both for peel, shell and skin."""
    one, other = ("껍질", "껍데기") if word.endswith("껍질") else ("껍데기", "껍질")
    return (word.removesuffix(one) + other,) if word.endswith(one) and word != one else ()


def _lexicon(rules: Iterable[Rule], words: Callable[[Rule], Iterable[str]] = words_of) -> Lexicon:
    return Lexicon((rule.id, words(rule)) for rule in rules)


def _things(rules: Rulebook) -> tuple[Rule, ...]:
    return (*rules.of_kind("item"), *rules.of_kind("class"))


def _thing_words(rule: Rule) -> tuple[str, ...]:
    return (*words_of(rule), *EVERYDAY_WORDS.get(rule.id, ()))


def _aliases(rule: Rule) -> tuple[str, ...]:
    return rule.aliases


def _bulky(rules: Rulebook) -> frozenset[str]:
    return frozenset(rule.id for rule in rules.of_kind("item") if _comes_to_the_house(rule, rules))


def _speller(rules: Rulebook, spots: Sequence[Found[Spot]], venues: Sequence[Found[Place]]) -> Speller:
    """Return a speller that mends towards things, fees, topics and short names of characters, never towards places."""
    names = [word for rule in (*_things(rules), *rules.of_kind("fee")) for word in words_of(rule)]
    characters = [word for rule in rules.of_kind("character") for word in words_of(rule) if len(word) == 2]
    return Speller([*names, *characters, *TOPIC_NOUNS], _proper_names(rules, spots, venues))


def _comes_to_the_house(rule: Rule, rules: Rulebook) -> bool:
    named = rule.data.get("rules")
    related = [rules.rules[str(name)] for name in named if str(name) in rules.rules] if isinstance(named, list) else []
    return any(other.aspect in _COMES_TO_THE_HOUSE for other in related)


def _proper_names(rules: Rulebook, spots: Sequence[Found[Spot]], venues: Sequence[Found[Place]]) -> list[str]:
    """Return what is spelt right though nothing is mended towards it: other names of things, names of characters and
    places, these also word by word.
    """
    people = [
        word for kind in ("character", "contact", "service") for rule in rules.of_kind(kind) for word in words_of(rule)
    ]
    places = [name for spot in spots for name in (spot.fact.name, spot.fact.name_en)]
    places += [name for venue in venues for name in (venue.fact.name, venue.fact.name_en)]
    others = [word for words in EVERYDAY_WORDS.values() for word in words if len(word) > _SHORTEST_OTHER]
    return [*others, *(part for name in (*people, *places) for part in (name, *name.split()))]


def _price_searches(services: Iterable[Rule]) -> list[Rule]:
    """Return the words that stand for several prices; they come first, so that they win over a price's own alias."""
    return [rule for rule in services if isinstance(rule.data.get("prices"), list)]


def _regions(services: Iterable[Rule]) -> list[Rule]:
    return [rule for rule in services if rule.id.startswith("region-")]


def _region_words(rule: Rule) -> tuple[str, ...]:
    members = rule.data.get("members")
    listed = [str(member) for member in members] if isinstance(members, list) else []
    return (*words_of(rule), *listed)


def _district_words(rule: Rule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in (_text(rule.data.get("district")), *words_of(rule)) if word))


def _spot_words(spot: Spot) -> tuple[str, ...]:
    """Return a spot's names, and the shorter ones that people use ("홍대" for 홍대입구역, "Gangnam")."""
    office = (f"{spot.name}청",) if spot.name.endswith("구") else ()
    short = (_SPOT_END.sub("", spot.name), _SPOT_END_EN.sub("", spot.name_en), *office)
    return tuple(dict.fromkeys(name for name in (spot.name, spot.name_en, *short) if len(name) >= 2))


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str) else None
