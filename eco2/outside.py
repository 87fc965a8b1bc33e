"""Facts from outside the rulebook, in one shape for live sources and for the frozen world. Coordinates in degrees."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Generic, Literal, TypeVar

Sky = Literal["clear", "cloudy", "overcast"]
Precipitation = Literal["none", "rain", "snow", "sleet"]
_EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Spot:
    """A place that the gazetteer knows."""

    id: str
    name: str
    name_en: str
    lat: float
    lon: float
    district: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class Weather:
    """An observation. `pop_pct` is the probability of precipitation."""

    id: str
    place: str
    place_en: str
    observed_at: str
    sky: Sky
    precipitation: Precipitation
    temperature_c: float
    humidity_pct: int
    pop_pct: int


@dataclass(frozen=True)
class Place:
    """A recycling centre, a zero-waste shop, a café, a community centre, …"""

    id: str
    name: str
    name_en: str
    category: str
    address: str
    lat: float
    lon: float
    phone: str | None = None
    hours: str | None = None


@dataclass(frozen=True)
class CollectionPoint:
    """A bin for one kind of thing: clothes, battery, fluorescent_lamp, phone, small_appliance, medicine, …"""

    id: str
    kind: str
    name: str
    name_en: str
    address: str
    lat: float
    lon: float
    detail: str | None = None


@dataclass(frozen=True)
class WebPage:
    """A page that a search finds. `published` is an ISO date."""

    id: str
    query_words: tuple[str, ...]
    title: str
    url: str
    published: str
    snippet_ko: str
    snippet_en: str


@dataclass(frozen=True)
class Image:
    """A picture that was generated."""

    id: str
    prompt_words: tuple[str, ...]
    path: str
    caption_ko: str
    caption_en: str


@dataclass(frozen=True)
class Sight:
    """What a vision model saw: classes and situation tags by name, an item by rule id where it is sure."""

    id: str
    picture: str
    major: str
    middle: str | None = None
    minor: str | None = None
    item: str | None = None
    situation_tags: tuple[str, ...] = ()


FactT = TypeVar("FactT", bound="Weather | Place | CollectionPoint | WebPage | Image | Sight | Spot")


@dataclass(frozen=True)
class Found(Generic[FactT]):
    """A fact with where it stands, so that it can be cited, and when it was recorded; None when it is live."""

    fact: FactT
    path: str
    line: int
    recorded_at: str | None = None


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the great-circle distance of two points (haversine), kilometres."""
    lat_1, lat_2 = radians(lat), radians(other_lat)
    half_lat, half_lon = (lat_2 - lat_1) / 2, radians(other_lon - lon) / 2
    chord = sin(half_lat) ** 2 + cos(lat_1) * cos(lat_2) * sin(half_lon) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(chord)))
