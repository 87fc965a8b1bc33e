"""An embedded model, a frozen world and a recorded eye that take the time that a pace declares for their calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eco2.districts import DistrictWaste
from eco2.outside import CollectionPoint, Found, Image, Place, Sight, Spot, Weather, WebPage
from eco2.pace import Pace
from eco2.ports import Completion, LanguageModel, OutsideFacts, Prompt, VisionModel


@dataclass(frozen=True)
class PacedModel:
    """A language model whose calls take the time of their task."""

    model: LanguageModel
    pace: Pace

    @property
    def name(self) -> str:
        return self.model.name

    def complete(self, prompt: Prompt) -> Completion:
        self.pace.wait(prompt.task)
        return self.model.complete(prompt)


@dataclass(frozen=True)
class PacedVision:
    """A vision model whose calls take the time of `look`."""

    model: VisionModel
    pace: Pace

    def look(self, image: bytes) -> Found[Sight] | None:
        self.pace.wait("look")
        return self.model.look(image)


@dataclass(frozen=True)
class PacedWorld:
    """Outside facts that take the time of the method that asks. The gazetteer is at hand and takes none."""

    world: OutsideFacts
    pace: Pace

    @property
    def recorded_at(self) -> str | None:
        return self.world.recorded_at

    def spots(self) -> Sequence[Found[Spot]]:
        return self.world.spots()

    def weather(self, spot: Spot) -> Found[Weather] | None:
        self.pace.wait("weather", spot.id)
        return self.world.weather(spot)

    def locate(self, name: str) -> Found[Spot] | None:
        self.pace.wait("locate", name)
        return self.world.locate(name)

    def places(self, category: str | None, near: Spot | None = None) -> Sequence[Found[Place]]:
        self.pace.wait("places", category)
        return self.world.places(category, near)

    def collection_points(self, kind: str | None, near: Spot | None = None) -> Sequence[Found[CollectionPoint]]:
        self.pace.wait("collection_points", kind)
        return self.world.collection_points(kind, near)

    def district(self, name: str, region: str | None = None) -> DistrictWaste | None:
        self.pace.wait("district", name)
        return self.world.district(name, region)

    def pages(self, query: str) -> Sequence[Found[WebPage]]:
        self.pace.wait("pages", query)
        return self.world.pages(query)

    def image(self, prompt: str) -> Found[Image] | None:
        self.pace.wait("image", prompt)
        return self.world.image(prompt)

    def degraded(self, path: str) -> str:
        return self.world.degraded(path)
