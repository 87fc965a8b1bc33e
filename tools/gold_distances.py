"""Write down how far the places and bins of the frozen world lie from its spots: `python -m tools.gold_distances`.

The bot computes its distances itself; this is the truth that its claims are held against, so it shares no code with it.
Pairs farther apart than FAR_KM are left out: nobody is sent there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import acos, cos, radians, sin
from pathlib import Path
from typing import Any

WORLD = Path(__file__).resolve().parent.parent / "datasets" / "world"
GOLD = WORLD.parent / "gold" / "distances.jsonl"
EARTH_KM = 6371.0
FAR_KM = 12.0

Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    text = (WORLD / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


def distance_km(one: Row, other: Row) -> float:
    """Great-circle distance by the spherical law of cosines."""
    north, south = radians(one["lat"]), radians(other["lat"])
    turn = radians(one["lon"] - other["lon"])
    return EARTH_KM * acos(min(1.0, sin(north) * sin(south) + cos(north) * cos(south) * cos(turn)))


def here() -> Iterator[Row]:
    """The coordinates that golden cases ask from; an answer calls each of them the current location."""
    for file in sorted(WORLD.parent.glob("golden-*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            for turn in json.loads(line)["turns"]:
                location = turn.get("location") if isinstance(turn, dict) else None
                if isinstance(location, dict):
                    yield {**location, "id": "", "name": "현재 위치", "name_en": "your location"}


def truths() -> Iterator[Row]:
    """One row for each place with the distances from every spot that is near enough, nearest first."""
    spots = [*rows("gazetteer"), *here()]
    for place in rows("places") + rows("collection_points"):
        near = sorted(((distance_km(place, spot), spot) for spot in spots), key=lambda pair: pair[0])
        told = [(f"{km:.1f}", spot) for km, spot in near if km <= FAR_KM]
        subject = place["name"] + ("은" if (ord(place["name"][-1]) - ord("가")) % 28 else "는")
        korean = [f"{subject} {spot['name']}에서 약 {km} km 떨어져 있어요." for km, spot in told]
        english = [f"{place['name_en']} is about {km} km from {spot['name_en']}." for km, spot in told]
        if told:
            yield {"id": f"world:{place['id']}", "text": korean + english}


def main() -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in truths()]
    GOLD.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
