"""What a turn says while it runs, and the state that any order of hearing it folds into. The bus: `ports.EventBus`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

EventType = Literal["event", "token", "state"]


@dataclass(frozen=True)
class Draft:
    """An event before the bus numbers it. `key` names it within its job: publishing it again changes nothing."""

    stage: str
    status: str
    key: str
    type: EventType = "event"
    payload: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """One numbered event. `seq` starts at 1 a job, has no gaps, and is larger than that of whatever caused it."""

    job_id: str
    seq: int
    id: str
    type: EventType
    stage: str
    status: str
    ts: str
    payload: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class JobState:
    """What is known of a job: its events by `seq`. States that heard the same events are equal, whatever the order."""

    heard: Mapping[int, Event] = field(default_factory=dict)

    @property
    def stages(self) -> dict[str, str]:
        """The latest status of each stage, in the order in which the stages began."""
        ordered = [self.heard[seq] for seq in sorted(self.heard)]
        return {event.stage: event.status for event in ordered if event.type == "event"}

    @property
    def text(self) -> str:
        """The answer as far as its tokens were heard."""
        tokens = (self.heard[seq] for seq in sorted(self.heard) if self.heard[seq].type == "token")
        return "".join(str(event.payload.get("text", "")) for event in tokens)

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers below the largest heard that were not heard yet."""
        return tuple(seq for seq in range(1, max(self.heard, default=0)) if seq not in self.heard)


def fold(events: Iterable[Event], state: JobState | None = None) -> JobState:
    """Add events to a state. Order and repeats do not matter."""
    heard = dict(state.heard) if state else {}
    for event in events:
        heard.setdefault(event.seq, event)
    return JobState(dict(sorted(heard.items())))
