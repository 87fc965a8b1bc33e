"""An amount in the smallest unit of its kind, so that 2.4 km meets 2,400 m. Money and dates are not converted."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from harness.judging.facts import Quantity

_BASE = {
    "mm": ("mm", 1), "cm": ("mm", 10), "m": ("mm", 1_000), "km": ("mm", 1_000_000),
    "g": ("g", 1), "kg": ("g", 1_000), "t": ("g", 1_000_000), "ml": ("ml", 1), "l": ("ml", 1_000),
    "second": ("second", 1), "minute": ("second", 60), "hour": ("second", 3_600),
}  # fmt: skip
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")


@lru_cache(maxsize=4_096)
def in_base_unit(quantity: Quantity) -> Quantity:
    """The same amount in the smallest unit of its kind: 2.4 km in mm, 2 hours in seconds; others as they are."""
    unit, factor = _BASE.get(quantity.unit, ("", 0))
    if not factor or not _PLAIN.fullmatch(quantity.value):
        return quantity
    return replace(quantity, value=str((Decimal(quantity.value) * factor).normalize()), unit=unit)
