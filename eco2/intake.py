"""The door: a foreign request (JSON) becomes a `Request`, or one line says what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

from eco2.language import tidy
from eco2.overrides import read_overrides
from eco2.turns import Location, Request, RequestError, Turn


def read_request(raw: object) -> Request:
    """Read `{"id"?, "turns": [str | {"text", "image"?, "location"?}], "overrides"?}`, or one message as a string.

    Texts come out in NFC with single spaces; at most `language.MOST_CHARACTERS` of each are kept.

    Raises:
        RequestError: the shape is another; names the field and what was there.
    """
    if isinstance(raw, str):
        return Request("turn", (Turn(tidy(raw)),))
    if not isinstance(raw, Mapping):
        raise RequestError(f"a request is a JSON object with 'turns', got {type(raw).__name__}")
    turns = raw.get("turns")
    if not isinstance(turns, list) or not turns:
        raise RequestError(f"'turns' must be a list of at least one message, got {_shown(turns)}")
    read = tuple(_turn(turn, number) for number, turn in enumerate(turns, start=1))
    return Request(str(raw.get("id", "turn")), read, read_overrides(raw.get("overrides")))


def _turn(raw: object, number: int) -> Turn:
    if isinstance(raw, str):
        return Turn(tidy(raw))
    if not isinstance(raw, Mapping):
        raise RequestError(f"turn {number} must be a string or an object with 'text', got {_shown(raw)}")
    text, image = raw.get("text", ""), raw.get("image")
    if not isinstance(text, str):
        raise RequestError(f"turn {number}: 'text' must be a string, got {_shown(text)}")
    if image is not None and not isinstance(image, str):
        raise RequestError(f"turn {number}: 'image' must be a path, got {_shown(image)}")
    return Turn(tidy(text), image, read_location(raw.get("location"), f"turn {number}: "))


def read_location(raw: object, where: str = "") -> Location | None:
    """Read a location: None, a name, or `{"lat", "lon", "name"?}` in degrees.

    Raises:
        RequestError: none of these, or coordinates that are not on the globe.
    """
    if raw is None:
        return None
    if isinstance(raw, str):
        return Location(name=tidy(raw)) if raw.strip() else None
    if isinstance(raw, Mapping):
        lat, lon, name = raw.get("lat"), raw.get("lon"), raw.get("name")
        if _degrees(lat, 90) and _degrees(lon, 180):
            return Location(str(name) if name else None, float(str(lat)), float(str(lon)))
        if isinstance(name, str) and lat is None and lon is None:
            return Location(name=tidy(name))
    raise RequestError(f"{where}'location' must be a name or {{'lat', 'lon'}} in degrees, got {_shown(raw)}")


def _degrees(value: object, most: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= most


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
