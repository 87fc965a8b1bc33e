"""What the pipeline needs from elsewhere. Each port is met by an embedded adapter and, later, by live ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from eco2.districts import DistrictWaste
from eco2.events import Draft, Event
from eco2.outside import CollectionPoint, Found, Image, Place, Sight, Spot, Weather, WebPage


@dataclass(frozen=True)
class Prompt:
    """A task for a language model: words for a model that reads, the input as data, the JSON Schema to answer in."""

    task: str
    instructions: str
    input: Mapping[str, object]
    schema: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Completion:
    """What a model answered, parsed, and what it used. Tokens are the provider's, `cost_usd` by its price list."""

    output: Mapping[str, object]
    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


class LanguageModel(Protocol):
    """Does the language work of a turn: `understand` a message, `compose` an answer."""

    @property
    def name(self) -> str: ...

    def complete(self, prompt: Prompt) -> Completion:
        """Do the task and return an output of the prompt's schema.

        Raises:
            ModelError: the model cannot do this task, or gave something else than asked for.
        """
        ...


class VisionModel(Protocol):
    """Says what is on a picture."""

    def look(self, image: bytes) -> Found[Sight] | None:
        """Return what is seen, None when it is not recognised.

        Raises:
            SourceUnavailable: no model can be asked now.
        """
        ...


class EventBus(Protocol):
    """Numbers the events of a job and hands them on."""

    def publish(self, job_id: str, draft: Draft) -> Event:
        """Give the next `seq` of the job; the same key again returns the first event. Safe from many threads."""
        ...

    def history(self, job_id: str) -> Sequence[Event]:
        """Return the events of a job in `seq` order."""
        ...

    def forget(self, job_id: str) -> None:
        """Drop a job that everyone has read."""
        ...


class OutsideFacts(Protocol):
    """Facts about here and now. Every method may raise `SourceUnavailable`."""

    @property
    def recorded_at(self) -> str | None:
        """When the facts were recorded, ISO 8601; None for a live source."""
        ...

    def spots(self) -> Sequence[Found[Spot]]:
        """Return the gazetteer; empty when there is none."""
        ...

    def weather(self, spot: Spot) -> Found[Weather] | None: ...

    def locate(self, name: str) -> Found[Spot] | None:
        """Return where a place lies that the gazetteer does not have; None when it is not known."""
        ...

    def places(self, category: str | None, near: Spot | None = None) -> Sequence[Found[Place]]:
        """Return the places of a category (all for None), in no order of distance.

        A live source looks around `near` only and has none without it; a recorded one has them all.
        """
        ...

    def collection_points(self, kind: str | None, near: Spot | None = None) -> Sequence[Found[CollectionPoint]]:
        """Return the bins of a kind; `near` as in `places`."""
        ...

    def district(self, name: str, region: str | None = None) -> DistrictWaste | None:
        """Return how a district has bulky waste put out now; None where only the rules know."""
        ...

    def pages(self, query: str) -> Sequence[Found[WebPage]]:
        """Return the pages that answer the query, best first."""
        ...

    def image(self, prompt: str) -> Found[Image] | None: ...

    def degraded(self, path: str) -> str:
        """Return in words what is less than asked for in facts of this path; empty when nothing is."""
        ...
