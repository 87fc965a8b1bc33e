"""No outside world: every question about here and now raises `SourceUnavailable`; no agent can pass off old facts."""

from __future__ import annotations

from typing import NoReturn

from eco2.outside import Found, Sight, Spot
from eco2.turns import SourceUnavailable


class NoSource:
    """Meets `ports.OutsideFacts` and `ports.VisionModel` without any source behind it."""

    recorded_at: str | None = None

    def spots(self) -> NoReturn:
        raise SourceUnavailable(_missing("map"))

    def weather(self, spot: Spot) -> NoReturn:
        raise SourceUnavailable(_missing("weather"))

    def locate(self, name: str) -> NoReturn:
        raise SourceUnavailable(_missing("map"))

    def places(self, category: str | None, near: Spot | None = None) -> NoReturn:
        raise SourceUnavailable(_missing("places"))

    def collection_points(self, kind: str | None, near: Spot | None = None) -> NoReturn:
        raise SourceUnavailable(_missing("collection points"))

    def pages(self, query: str) -> NoReturn:
        raise SourceUnavailable(_missing("web pages"))

    def image(self, prompt: str) -> NoReturn:
        raise SourceUnavailable(_missing("pictures"))

    def district(self, name: str, region: str | None = None) -> None:
        """Return nothing: the rules' static contacts are what there is, and no less than was asked for."""
        del name, region

    def degraded(self, path: str) -> str:
        del path
        return ""

    def look(self, image: bytes) -> Found[Sight] | None:
        raise SourceUnavailable(_missing("picture recognition"))


def _missing(what: str) -> str:
    return f"no live source of {what}; set ECO2_WORLD=recorded to replay the frozen world"
