"""What a short question takes over from the conversation: its intents ("그럼 뚜껑은?") and the words it leaves out
("거기 몇 시까지 해?").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eco2.cues import ASPECTS
from eco2.items import Named
from eco2.memory import BIN_KIND, PLACE_KIND, Memory, names_an_area
from eco2.patterns import which
from eco2.route import Reading
from eco2.tables import question

_LONGEST, _SHORT, _SHORTEST = 60, 20, 8
"""Letters of a question that may lean on the conversation, of one that does if it brings no new word, of any."""
_MARKER = question("leaning")
_POINTS = question("pointing")
_THERE = question("there")
_IF = question("only_a_condition")
_WHEN = question("when")
_NEXT = question("next_one")
_BULK_DETAIL = (question("bulk_contact_follow_up"), question("bulk_size"))
_PLACES = frozenset({"location", "collection_point"})
_WASTE = frozenset({"waste", "bulk_waste"})
_THINGS = frozenset({"waste", "bulk_waste", "recyclable_price", "character", "collection_point"})
_BULK_ASPECTS = frozenset({"fee-how", "sticker", "pickup", "size", "where"})
_ASKS_A_PRICE = 0.6
"""The score of a bare "얼마야?"."""

Intents = tuple[str, ...]


@dataclass(frozen=True)
class _Open:
    """A question with what the conversation holds, as the functions below look at it."""

    reading: Reading
    memory: Memory
    place_given: bool = False

    @property
    def named(self) -> Named:
        return self.reading.named

    @property
    def text(self) -> str:
        return self.reading.text

    @property
    def points(self) -> bool:
        return bool(_POINTS.search(self.text))

    @property
    def without_subject(self) -> bool:
        """Whether the question names no thing, or points at one that was named before."""
        return not (self.named.things or self.named.residue) or self.points

    def asked_before(self, intent: str) -> bool:
        return intent in self.memory.intents


def inherited(reading: Reading, memory: Memory) -> Intents:
    """Return the intents that a piece without any takes over; empty when it does not lean on the conversation."""
    if not memory.intents or len(reading.text) > _LONGEST:
        return ()
    asked = _Open(reading, memory)
    return next((intents for take_over in _WAYS if (intents := take_over(asked))), ())


def carried(reading: Reading, intents: Sequence[str], memory: Memory, *, place_given: bool) -> str:
    """Return the words that a question leaves out and the conversation holds, to be put before it."""
    asked = _Open(reading, memory, place_given)
    words = [word for intent in intents for missing in _LEFT_OUT.get(intent, ()) if (word := missing(asked))]
    return " ".join(dict.fromkeys(words))


def _by_price(asked: _Open) -> Intents:
    """A bare "얼마야?" asks for the price of what was spoken of, or for the fee if it is bulky."""
    if asked.reading.scores["recyclable_price"] < _ASKS_A_PRICE or asked.named.residue:
        return ()
    if not (asked.memory.things or asked.memory.prices or asked.named.things):
        return ()
    bulky = asked.named.bulky or (asked.memory.bulky and not asked.named.things)
    return ("bulk_waste",) if bulky else ("recyclable_price",)


def _by_area(asked: _Open) -> Intents:
    if not names_an_area(asked.named) or not _leans(asked):
        return ()
    return _of(asked.memory, {"recyclable_price", "bulk_waste", "weather"} | _PLACES)


def _by_next_picture(asked: _Open) -> Intents:
    """Another picture after one ("이번엔 지구로")."""
    next_one = len(asked.text) <= _SHORT and _NEXT.search(asked.text)
    return ("image_generation",) if next_one and asked.memory.intents == ("image_generation",) else ()


def _by_character(asked: _Open) -> Intents:
    return _of(asked.memory, {"character", "image_generation"}) if asked.named.characters else ()


def _by_role(asked: _Open) -> Intents:
    """What the character stands for that was drawn or spoken of ("걔 뭐 담당이야?")."""
    asks = {"who", "introduce", "in charge"} & set(asked.reading.cues["character"])
    return ("character",) if asks and asked.points and asked.memory.characters and not asked.named.things else ()


def _by_permission(asked: _Open) -> Intents:
    """Whether it is really so, and why ("왜 안 돼?")."""
    asks = {"is it allowed", "is it so", "what to do"} & set(asked.reading.cues["waste"])
    short = len(asked.text) < _SHORT and not asked.named.residue
    return ("waste",) if asks and short and asked.memory.things and asked.asked_before("waste") else ()


def _by_thing(asked: _Open) -> Intents:
    if not asked.named.things or not _leans(asked):
        return ()
    same = _of(asked.memory, _THINGS)
    if set(same) & _WASTE:
        return ("bulk_waste",) if asked.named.bulky else ("waste",)
    return same


def _by_destination(asked: _Open) -> Intents:
    """Whether the thing that was spoken of goes where the question says ("의류수거함에?")."""
    only_where = asked.named.into and not asked.named.things and not asked.named.residue
    return ("waste",) if only_where and asked.memory.things and asked.asked_before("waste") else ()


def _by_place(asked: _Open) -> Intents:
    if {"hours", "where"} & set(asked.reading.cues["location"]):
        return _of(asked.memory, _PLACES)
    if not (PLACE_KIND.search(asked.text.lower()) and _leans(asked)):
        return ()
    somewhere = asked.asked_before("location") or bool(asked.memory.place or _THERE.search(asked.text))
    return ("location",) if somewhere and not asked.named.things else ()


def _by_side(asked: _Open) -> Intents:
    """A side of a disposal, a condition, or a detail of bulky waste."""
    last = set(asked.memory.intents) & _WASTE
    if asked.named.residue or not last:
        return ()
    aspects = set(which(ASPECTS, asked.text))
    if aspects and (asked.memory.things or asked.memory.image):
        return ("bulk_waste",) if "bulk_waste" in last and aspects & _BULK_ASPECTS else ("waste",)
    if asked.named.tags and "waste" in last:
        return ("waste",)
    return ("bulk_waste",) if "bulk_waste" in last and any(ask.search(asked.text) for ask in _BULK_DETAIL) else ()


def _by_condition(asked: _Open) -> Intents:
    """The same thing in another state, whatever is in it or on it ("안에 담배꽁초 들어 있으면?")."""
    if not (_IF.search(asked.text) and asked.memory.things and asked.asked_before("waste")):
        return ()
    return () if asked.named.things or len(asked.text) > _SHORT else ("waste",)


def _by_time(asked: _Open) -> Intents:
    short = len(asked.text) < _SHORT and _WHEN.search(asked.text)
    return ("weather",) if short and asked.asked_before("weather") else ()


def _by_unknown_thing(asked: _Open) -> Intents:
    """The same of something that nobody knows ("그럼 우주선은?")."""
    if not (is_marked(asked.text) and asked.named.residue and len(asked.text) < _SHORT):
        return ()
    return _of(asked.memory, _THINGS) if set(asked.memory.intents) - {"collection_point"} else ()


_WAYS: tuple[Callable[[_Open], Intents], ...] = (
    _by_role, _by_price, _by_area, _by_next_picture, _by_character, _by_thing, _by_destination, _by_place, _by_side,
    _by_permission, _by_condition, _by_time, _by_unknown_thing,
)  # fmt: skip
"""How a question may lean on the conversation, the surest first."""


def _thing(asked: _Open) -> str:
    return asked.memory.things if asked.without_subject and not (asked.named.things or asked.named.fees) else ""


def _district(asked: _Open) -> str:
    return asked.memory.district if asked.asked_before("bulk_waste") and not names_an_area(asked.named) else ""


def _cost(asked: _Open) -> str:
    return asked.memory.cost if asked.asked_before("bulk_waste") and not asked.reading.intents else ""


def _priced_thing(asked: _Open) -> str:
    if asked.named.prices or asked.named.things or not (asked.without_subject or names_an_area(asked.named)):
        return ""
    prices, things = asked.memory.prices, asked.memory.things
    return prices if prices and asked.asked_before("recyclable_price") else things or prices


def _region(asked: _Open) -> str:
    return asked.memory.region if asked.asked_before("recyclable_price") and not names_an_area(asked.named) else ""


def _bin(asked: _Open) -> str:
    said = asked.named.things or BIN_KIND.search(asked.text.lower())
    return "" if said else asked.memory.bin or asked.memory.things


def _category(asked: _Open) -> str:
    return "" if asked.named.venues or PLACE_KIND.search(asked.text.lower()) else asked.memory.category


def _place(asked: _Open) -> str:
    said = asked.named.venues or names_an_area(asked.named) or asked.place_given
    return "" if said else asked.memory.place


def _character(asked: _Open) -> str:
    said = asked.named.characters or asked.named.things or asked.named.residue
    return "" if said else asked.memory.characters or asked.memory.things


def _pictured(asked: _Open) -> str:
    said = asked.named.characters or asked.named.things or (asked.named.residue and not asked.points)
    return "" if said else asked.memory.characters or asked.memory.things


def _searched(asked: _Open) -> str:
    return _pictured(asked) if asked.points else ""


_LEFT_OUT: Mapping[str, tuple[Callable[[_Open], str], ...]] = {
    "waste": (_thing,),
    "bulk_waste": (_thing, _district, _cost),
    "recyclable_price": (_priced_thing, _region),
    "collection_point": (_bin, _place),
    "location": (_category, _place),
    "weather": (_place,),
    "character": (_character,),
    "image_generation": (_pictured,),
    "web_search": (_searched,),
}
"""What each intent needs to know and may find in the conversation."""


def is_marked(text: str) -> bool:
    """Whether a question says that it leans on what was said before."""
    return bool(_MARKER.search(text))


def _leans(asked: _Open) -> bool:
    brings_nothing = len(asked.text) <= _SHORT and not asked.named.residue
    return is_marked(asked.text) or brings_nothing or len(asked.text) <= _SHORTEST


def _of(memory: Memory, wanted: set[str] | frozenset[str]) -> Intents:
    return tuple(intent for intent in memory.intents if intent in wanted)
