"""What each sub-agent may cost and what happens without its source, as data: the table of `docs/pipeline.md`.

Time, retries and threshold are those of the platform that this continues (eco2-team/backend, NodePolicy); modes
differ where its table promised a fallback that no code gave, or dropped in silence what a user had asked for. A
time-out is not tried again. Time bounds all of an agent's outside work, retries and second providers included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eco2.policy import Limits

Mode = Literal["open", "fallback", "closed"]
"""open: left out of the answer, marked degraded. fallback: static data or another source, marked degraded.
closed: the answer says that it cannot."""


@dataclass(frozen=True)
class FailureMode:
    """A row. `asked`: the mode of what was asked for; `tip`: of the same as an enrichment; `instead`: for readers.

    `source` is empty for an agent that reads rules alone and has nothing to wait for.
    """

    agent: str
    source: str
    limits: Limits
    asked: Mode
    instead: str
    tip: Mode = "open"


FAILURE_MODES: tuple[FailureMode, ...] = (
    FailureMode("scan", "vision model", Limits(10.0, 1, 5), "closed", "asks for the thing's name"),
    FailureMode("classify", "", Limits(1.0, 1, 5), "closed", "says that it failed"),
    FailureMode("character", "vision model, for a picture", Limits(10.0, 1, 5), "closed", "asks for the thing's name"),
    FailureMode("location", "Kakao Local", Limits(3.0, 2, 5), "closed", "says that places cannot be looked up"),
    FailureMode("collection_point", "KECO, Kakao Local", Limits(10.0, 2, 5), "fallback", "what the rules say"),
    FailureMode("bulk_waste", "MOIS", Limits(10.0, 2, 5), "fallback", "fees and contacts of kb/rules/bulky.yaml"),
    FailureMode("recyclable_price", "", Limits(10.0, 2, 5), "closed", "says that it failed"),
    FailureMode("weather", "KMA", Limits(5.0, 1, 3), "closed", "says that the weather is not known now"),
    FailureMode("web_search", "OpenAI, Gemini", Limits(10.0, 2, 5), "fallback", "the other one, then says so"),
    FailureMode("image_generation", "OpenAI, Gemini", Limits(30.0, 1, 3), "fallback", "the other one, then says so"),
    FailureMode("general", "", Limits(30.0, 2, 3), "closed", "says that it failed"),
)  # fmt: skip


def limits_of(agent: str) -> Limits:
    """Return the limits of an agent.

    Raises:
        KeyError: there is no such row.
    """
    return {row.agent: row.limits for row in FAILURE_MODES}[agent]
