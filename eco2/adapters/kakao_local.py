"""Places near a point by keyword or category, where a name or an address lies, and which district a point is in.

Kakao lists one shop twice where its branches or entrances are registered apart; of places of one name within 50 m the
first stays.

Source: Kakao Local REST API (developers.kakao.com, local/dev-guide): GET /v2/local/search/keyword.json, category.json,
address.json and /v2/local/geo/coord2regioncode.json with "Authorization: KakaoAK KEY"; x is the longitude, y the
latitude, radius 0–20,000 m, size 1–15, page 1–45, sort "distance" or "accuracy"; an answer is {"meta", "documents"}.
Errors carry {"code", "msg"} or {"errorType", "message"}: -10 for a used-up quota comes with HTTP 400 as well as 429,
-401 and HTTP 401 or 403 for a key that is unknown or not enabled for maps. Radius and limit: eco2-team/backend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eco2.adapters.http_source import Answer, HttpSource, Params
from eco2.adapters.pinned_http import Secret
from eco2.outside import Found, Place, Spot, distance_km

PATH = "live:kakao"
RADIUS_M, LIMIT = 5_000, 10
_SAME_PLACE_KM = 0.05
_QUOTA, _KEY = -10, -401
_KEYWORDS: Mapping[str, str] = {
    "recycling_center": "재활용센터", "zero_waste_shop": "제로웨이스트샵", "refill_station": "리필스테이션",
    "community_center": "주민센터", "reuse_center": "재사용가게",
}  # fmt: skip
_GROUPS: Mapping[str, str] = {"cafe": "CE7"}


class KakaoLocal:
    """Asks the API. Every method may raise `TimedOut` and `CallFailed`."""

    def __init__(self, source: HttpSource) -> None:
        self._source = source

    def places(self, category: str, near: Spot, seconds: float) -> list[Found[Place]]:
        """Return the places of a category within 5 km, nearest first, at most 10; none of one without words."""
        if category in _GROUPS:
            path, asked = "/v2/local/search/category.json", {"category_group_code": _GROUPS[category]}
        elif category in _KEYWORDS:
            path, asked = "/v2/local/search/keyword.json", {"query": _KEYWORDS[category]}
        else:
            return []
        around: Params = {"x": near.lon, "y": near.lat, "radius": RADIUS_M, "size": LIMIT, "sort": "distance"}
        answer = self._source.get(path, {**asked, **around}, seconds)
        return distinct(list(_places(category, _documents(answer))))[:LIMIT]

    def locate(self, name: str, seconds: float) -> Found[Spot] | None:
        """Return where a place of this name is, the best match; None when there is none."""
        answer = self._source.get("/v2/local/search/keyword.json", {"query": name, "size": 1}, seconds)
        for row in _documents(answer)[:1]:
            if (point := _point(row)) and _id(row):
                spot = Spot(f"kakao-{_id(row)}", name, name, *point, region=_first_word(row.get("address_name")))
                return Found(spot, PATH, 1)
        return None

    def point(self, address: str, seconds: float) -> tuple[float, float] | None:
        """Return (latitude, longitude) of an address, None when it is not known."""
        answer = self._source.get("/v2/local/search/address.json", {"query": address, "size": 1}, seconds)
        return next((_point(row) for row in _documents(answer)[:1]), None)

    def district(self, lat: float, lon: float, seconds: float) -> str | None:
        """Return the name of the district or city around a point ("강남구"), None at sea and abroad."""
        answer = self._source.get("/v2/local/geo/coord2regioncode.json", {"x": lon, "y": lat}, seconds)
        names = (str(row.get("region_2depth_name") or "") for row in _documents(answer))
        return next((name for name in names if name), None)


def secret(key: str) -> Secret:
    return Secret(headers={"Authorization": f"KakaoAK {key}"})


def distinct(places: Sequence[Found[Place]]) -> list[Found[Place]]:
    """Keep of places that share their name and lie within 50 m of one another the first."""
    kept: list[Found[Place]] = []
    for found in places:
        if not any(_is_same(found.fact, other.fact) for other in kept):
            kept.append(found)
    return kept


def _is_same(one: Place, other: Place) -> bool:
    named_alike = one.name.replace(" ", "") == other.name.replace(" ", "")
    return named_alike and distance_km(one.lat, one.lon, other.lat, other.lon) <= _SAME_PLACE_KM


def _documents(answer: Answer) -> list[Mapping[str, Any]]:
    """Return the rows of an answer.

    Raises:
        CallFailed: an error, or an answer without rows.
    """
    if answer.status >= 400:
        raise _failure(answer)
    rows = answer.checked().object().get("documents")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise answer.failure("sent an answer without documents", retry=True)
    return rows


def _failure(answer: Answer) -> Exception:
    said = answer.object() if answer.text.lstrip().startswith("{") else {}
    if said.get("code") == _QUOTA:
        return answer.failure("has no calls left (code -10)", retry=False)
    if said.get("code") == _KEY:
        return answer.failure("refused the key (code -401)", retry=False)
    return answer.failure()


def _places(category: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Found[Place]]:
    """Yield the rows that have an id, a name, an address and a point; a row without is of no use to anybody."""
    for line, row in enumerate(rows, start=1):
        point, name = _point(row), str(row.get("place_name") or "")
        address = str(row.get("road_address_name") or row.get("address_name") or "")
        if point and name and address and _id(row):
            phone = str(row.get("phone") or "") or None
            yield Found(Place(f"kakao-{_id(row)}", name, name, category, address, *point, phone), PATH, line)


def _id(row: Mapping[str, Any]) -> str:
    """Return the API's number of a place; empty for anything that could not stand in a citation."""
    stated = str(row.get("id") or "")
    return stated if stated.isascii() and stated.isdigit() else ""


def _point(row: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return (latitude, longitude); None where they are missing or off the globe."""
    try:
        lat, lon = float(row["y"]), float(row["x"])
    except (KeyError, TypeError, ValueError):
        return None
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None


def _first_word(address: object) -> str | None:
    return str(address).split()[0] if isinstance(address, str) and address.strip() else None
