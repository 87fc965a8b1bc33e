"""The nouns of the room: what is asked, what it is split into, what the sub-agents found, and what can go wrong.

Eco2Error                 anything a user can mend; the message says what, which value, where, what to do
├── RequestError          a request that is not shaped as the contract says
├── SettingsError         an environment variable or a folder that cannot be used
├── WorldError            a row of the frozen world that cannot be read
├── SourceUnavailable     an outside source has no answer now; a sub-agent turns it into a degraded finding
└── ModelError            a language model cannot do the task, or its output has another shape than asked for
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["ko", "en"]
Status = Literal["answered", "unknown", "aside", "failed"]
"""What a sub-agent came back with: an answer; a plain "not known"; words that claim nothing; nothing, it broke."""

INTENTS: tuple[str, ...] = (
    "waste", "character", "location", "collection_point", "bulk_waste", "recyclable_price", "weather", "web_search",
    "image_generation",
)  # fmt: skip
GENERAL = "general"
MOST_SUB_QUERIES = 3


class Eco2Error(Exception):
    """Something the user can mend; printed as one line."""


class RequestError(Eco2Error):
    """The request is not shaped as the contract says."""


class SettingsError(Eco2Error):
    """An environment variable or a folder cannot be used."""


class WorldError(Eco2Error):
    """A row of the frozen world cannot be read."""


class SourceUnavailable(Eco2Error):
    """An outside source has no answer now."""


class ModelError(Eco2Error):
    """A language model cannot do the task, or its output has another shape than asked for."""


@dataclass(frozen=True)
class Location:
    """Where the user is: a name, coordinates in degrees, or both."""

    name: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True)
class Turn:
    """One message of the user. `image` is a path."""

    text: str
    image: str | None = None
    location: Location | None = None


@dataclass(frozen=True)
class Given:
    """A passage that a request wants injected, by id; with a text, in those words; for the agent that it names."""

    id: str
    text: str = ""
    agent: str = ""


@dataclass(frozen=True)
class Overrides:
    """What a request puts in the place of a step's own work (`overrides`); None of passages leaves them alone."""

    route: tuple[str, ...] = ()
    questions: tuple[SubQuery, ...] = ()
    passages: tuple[Given, ...] | None = None
    ranking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """The messages of a conversation, oldest first; the last one is to be answered."""

    id: str
    turns: tuple[Turn, ...]
    overrides: Overrides = Overrides()

    @property
    def last(self) -> Turn:
        return self.turns[-1]


@dataclass(frozen=True)
class SubQuery:
    """One question of a message. `text` is the user's own wording, `standalone` is understood without the conversation.

    `follow_up` says that words of earlier questions were taken over.
    """

    text: str
    standalone: str
    intents: tuple[str, ...]
    follow_up: bool = False


@dataclass(frozen=True)
class Task:
    """What one sub-agent is given: its sub-query and nothing of the others."""

    index: int
    text: str
    language: Language
    intents: tuple[str, ...] = ()
    image: str | None = None
    location: Location | None = None
    follow_up: bool = False


@dataclass(frozen=True)
class Statement:
    """A finished sentence in both languages with the id of what it rests on; None for words that claim nothing.

    `also` are further ids for a sentence that sums up several.
    """

    text_ko: str
    text_en: str
    citation: str | None = None
    also: tuple[str, ...] = ()

    @property
    def citations(self) -> tuple[str, ...]:
        return (self.citation, *self.also) if self.citation else ()

    def text(self, language: str) -> str:
        return self.text_en if language == "en" else self.text_ko


@dataclass(frozen=True)
class Evidence:
    """A passage that was injected for a sub-agent. Lines are 1-based and inclusive."""

    id: str
    path: str
    line_start: int
    line_end: int
    text: str


@dataclass(frozen=True)
class Finding:
    """What a sub-agent found for one sub-query.

    `recorded_at` is set when the facts were replayed; `degraded` says in words what was less than asked for.
    `tip` marks an enrichment: never the reason why a question counts as answered. `usage` is what models used on the
    way, one row a call.
    """

    agent: str
    index: int
    status: Status
    statements: tuple[Statement, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    recorded_at: str | None = None
    degraded: tuple[str, ...] = ()
    error: str | None = None
    tip: bool = False
    elapsed_ms: float = 0.0
    usage: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True)
class Cited:
    """A citation in an answer: `answer[span[0]:span[1]]` is the claim that the cited lines carry, in code points."""

    id: str
    path: str
    line_start: int
    line_end: int
    span: tuple[int, int]


@dataclass(frozen=True)
class Response:
    """What a turn gives back, in the shape of the target contract."""

    answer: str
    answerable: bool
    intents: tuple[str, ...]
    sub_queries: tuple[Mapping[str, object], ...]
    agents: tuple[str, ...]
    passages: tuple[Mapping[str, object], ...]
    citations: tuple[Cited, ...]
    degraded: tuple[str, ...]
    language: Language
    events: tuple[Mapping[str, object], ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    usage: Mapping[str, object] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ("route", "passages", "ranking")
