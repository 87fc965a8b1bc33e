"""The outside as it is now: each question goes to its source within the limits of the sub-agent that asks.

A fact from here has no `recorded_at`. It is cited like a recorded one, `[world:ID]`: its path is "live:SOURCE", its
line the place it had in that answer, and its text goes along as the turn's evidence, as the source will have moved on.
Retries happen here and nowhere above; a source without a key is away, as in `adapters.no_source`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from eco2.districts import DistrictWaste
from eco2.failure_modes import limits_of
from eco2.guard import query as checked_query
from eco2.outside import CollectionPoint, Found, Image, Place, Spot, Weather, WebPage
from eco2.policy import Breaker, Clock, Deadline, Limits, RetryBudget, call
from eco2.turns import SourceUnavailable

T = TypeVar("T")
AnswerT = TypeVar("AnswerT")
_WHEN_ANY: tuple[str, ...] = ("recycling_center", "zero_waste_shop")
_MOST_NAME, _MOST_PROMPT = 60, 400


class WeatherSource(Protocol):
    def weather(self, spot: Spot, seconds: float) -> Found[Weather] | None: ...


class PlaceSource(Protocol):
    def places(self, category: str, near: Spot, seconds: float) -> list[Found[Place]]: ...

    def locate(self, name: str, seconds: float) -> Found[Spot] | None: ...

    def district(self, lat: float, lon: float, seconds: float) -> str | None: ...


class PointSource(Protocol):
    def points(self, kind: str | None, near: Spot, within: Deadline) -> list[Found[CollectionPoint]]: ...


class BulkySource(Protocol):
    def district(self, name: str, seconds: float, region: str | None = None) -> DistrictWaste | None: ...


class WebSource(Protocol):
    def pages(self, query: str, seconds: float) -> list[Found[WebPage]]: ...


class ImageSource(Protocol):
    def image(self, prompt: str, seconds: float) -> Found[Image] | None: ...


@dataclass(frozen=True)
class Provider(Generic[T]):
    """One of several sources for the same thing, with the path of its facts."""

    path: str
    source: T


@dataclass(frozen=True)
class LiveSources:
    """What there is a key for. Providers of `web` and `images` are asked in order, the next when one is away."""

    weather: WeatherSource | None = None
    places: PlaceSource | None = None
    points: PointSource | None = None
    bulky: BulkySource | None = None
    web: tuple[Provider[WebSource], ...] = ()
    images: tuple[Provider[ImageSource], ...] = ()


class LiveWorld:
    """Meets `ports.OutsideFacts`. Safe from many threads."""

    recorded_at: str | None = None

    def __init__(
        self,
        sources: LiveSources,
        spots: Sequence[Found[Spot]] = (),
        *,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Take `spots` as the gazetteer: where a district lies does not change from day to day."""
        self._sources, self._spots = sources, spots
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._budget = RetryBudget(clock=clock)
        agents = {"KMA": "weather", "Kakao Local": "location", "KECO": "collection_point", "MOIS": "bulk_waste"}
        agents |= {one.path: "web_search" for one in sources.web}
        agents |= {one.path: "image_generation" for one in sources.images}
        self._breakers = {name: _breaker(name, limits_of(agent), clock) for name, agent in agents.items()}

    def spots(self) -> Sequence[Found[Spot]]:
        return self._spots

    def locate(self, name: str) -> Found[Spot] | None:
        """Return where a place lies that the gazetteer does not have; None when nobody knows it."""
        source, line = self._there(self._sources.places, "KAKAO_API_KEY"), checked_query(name, _MOST_NAME)
        return self._ask("Kakao Local", "location", lambda seconds: source.locate(line, seconds))

    def weather(self, spot: Spot) -> Found[Weather] | None:
        source = self._there(self._sources.weather, "KMA_API_KEY")
        return self._ask("KMA", "weather", lambda seconds: source.weather(spot, seconds))

    def places(self, category: str | None, near: Spot | None = None) -> Sequence[Found[Place]]:
        """Return the places of a category near a spot; without a spot there is nothing to look around."""
        source = self._there(self._sources.places, "KAKAO_API_KEY")
        if near is None:
            return ()
        within = Deadline.after(limits_of("location").timeout_s, self._clock)
        return [
            found
            for one in ((category,) if category else _WHEN_ANY)
            for found in self._ask("Kakao Local", "location", partial(source.places, one, near), within)
        ]

    def collection_points(self, kind: str | None, near: Spot | None = None) -> Sequence[Found[CollectionPoint]]:
        """Return the bins of a kind in the district of a spot."""
        source = self._there(self._sources.points, "DATA_GO_KR_KEY and KAKAO_API_KEY")
        if near is None:
            return ()
        within = Deadline.after(limits_of("collection_point").timeout_s, self._clock)
        there = self._with_district(near, within)
        return self._ask(
            "KECO",
            "collection_point",
            lambda seconds: source.points(kind, there, Deadline.after(seconds, self._clock)),
            within,
        )

    def district(self, name: str, region: str | None = None) -> DistrictWaste | None:
        """Return how a district has bulky waste put out; None when its office reported nothing."""
        source = self._there(self._sources.bulky, "DATA_GO_KR_KEY")
        line = checked_query(name, _MOST_NAME)
        return self._ask("MOIS", "bulk_waste", lambda seconds: source.district(line, seconds, region))

    def pages(self, query: str) -> Sequence[Found[WebPage]]:
        """Return the pages that the first provider to answer cites."""
        line = checked_query(query)
        return self._first(self._sources.web, "web_search", lambda source, seconds: source.pages(line, seconds))

    def image(self, prompt: str) -> Found[Image] | None:
        """Return a picture by the first provider to answer; None where it will not draw."""
        line = checked_query(prompt, _MOST_PROMPT)
        return self._first(
            self._sources.images, "image_generation", lambda source, seconds: source.image(line, seconds)
        )

    def degraded(self, path: str) -> str:
        """Return what is less than asked for in a fact of this path: it is another provider's than the first's."""
        for providers in (self._sources.web, self._sources.images):
            if path in [one.path for one in providers[1:]]:
                return f"{providers[0].path} is away, {path} instead"
        return ""

    def _with_district(self, near: Spot, within: Deadline) -> Spot:
        if near.district:
            return near
        source = self._there(self._sources.places, "KAKAO_API_KEY")
        name = self._ask(
            "Kakao Local", "location", lambda seconds: source.district(near.lat, near.lon, seconds), within
        )
        return Spot(near.id, near.name, near.name_en, near.lat, near.lon, name, near.region)

    def _first(self, providers: tuple[Provider[T], ...], agent: str, ask: Callable[[T, float], AnswerT]) -> AnswerT:
        """Ask each provider within its share of what is left of the agent's time, until one answers."""
        within = Deadline.after(limits_of(agent).timeout_s, self._clock)
        last: SourceUnavailable = SourceUnavailable(f"no key for {agent}; set OPENAI_API_KEY or GEMINI_API_KEY")
        for left, provider in zip(range(len(providers), 0, -1), providers, strict=True):
            share = Deadline.after(within.remaining_s / left, self._clock)
            try:
                return self._ask(provider.path, agent, partial(ask, provider.source), share)
            except SourceUnavailable as error:
                last = error
        raise last

    def _ask(self, name: str, agent: str, work: Callable[[float], AnswerT], within: Deadline | None = None) -> AnswerT:
        limits: Limits = limits_of(agent)
        return call(
            work,
            limits,
            breaker=self._breakers[name],
            budget=self._budget,
            deadline=within,
            clock=self._clock,
            sleep=self._sleep,
            jitter=self._jitter,
        )

    @staticmethod
    def _there(source: T | None, key: str) -> T:
        if source is None:
            raise SourceUnavailable(f"no key for this source; set {key}")
        return source


def _breaker(name: str, limits: Limits, clock: Clock) -> Breaker:
    return Breaker(name, limits.threshold, limits.recovery_s, clock)
