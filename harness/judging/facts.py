"""A number as a fact: its value, its unit, its bound, and how far one number supports another.

Nothing is computed or converted between units; `number_forms` finds numbers in text.
"""

from __future__ import annotations

from dataclasses import dataclass

SAME, ROUNDLY, CLOCK_FACE, WITHIN, OTHER_UNIT, OTHER_BOUND = 1.0, 0.9, 0.9, 0.85, 0.3, 0.2
# Units that people use for one thing: 2인용 소파, a sofa for two people.
_ALIKE = ({"person", "seat"}, {"piece", ""}, {"place", "piece"}, {"time", "th"})


@dataclass(frozen=True)
class Quantity:
    """A number as it stands in a text.

    `value` is a plain decimal ("1200", "-2"), digits and hyphens of a phone number, "18:00", a day of the week ("mon")
    or "per" for what something is counted by (350원/kg). `unit` is canonical, "" where none is written; `phone`,
    `clock` and `weekday` are units too. `bound` is "<" (미만), "<=" (이하), ">" (초과), ">=" (이상) or "". A time of
    day is `vague` that does not say before or after noon.
    """

    value: str
    unit: str
    start: int
    end: int
    bound: str = ""
    vague: bool = False


def joins(claimed: Quantity, known: Quantity) -> float:
    """How far a known number supports a claimed one, 0 to 1.

    1 for the same; less where one of them has a bound, where 55 lies within "40 or more", or where 10시 may be 22:00;
    0.3 for the value with another unit, 0.2 with the opposite bound, 0 else.
    """
    if claimed.unit == known.unit == "clock" and (claimed.vague or known.vague) and _on_clock(claimed, known):
        return CLOCK_FACE
    if claimed.unit == known.unit and {claimed.value, known.value} == {"1", "per"}:  # 1kg당, and for 1 kg
        return SAME
    if claimed.value == known.value:
        return _same_value(claimed, known)
    bounded = known.bound and not claimed.bound and claimed.unit and claimed.unit == known.unit
    return WITHIN if bounded and _within(claimed.value, known) else 0.0


def _same_value(claimed: Quantity, known: Quantity) -> float:
    if _unlike(claimed.unit, known.unit):
        return OTHER_UNIT if claimed.value != "per" else 0.0
    if claimed.bound and known.bound and claimed.bound[0] != known.bound[0]:
        return OTHER_BOUND
    return SAME if claimed.bound == known.bound else ROUNDLY


def _unlike(one: str, other: str) -> bool:
    return bool(one and other) and one != other and not any({one, other} <= alike for alike in _ALIKE)


def _on_clock(one: Quantity, other: Quantity) -> bool:
    (hour, minute), (other_hour, other_minute) = one.value.split(":"), other.value.split(":")
    return minute == other_minute and int(hour) % 12 == int(other_hour) % 12


def _within(value: str, known: Quantity) -> bool:
    try:
        one, limit = float(value), float(known.value)
    except ValueError:
        return False
    return {"<": one < limit, "<=": one <= limit, ">": one > limit, ">=": one >= limit}[known.bound]
