"""The noun of imports: an exchange is one message of a user and what the bot made of it, whatever wrote it down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Step = Mapping[str, object]


@dataclass(frozen=True)
class Exchange:
    """One turn as a trace tells it.

    Attributes:
        id: of the trace, as its system named it.
        conversation: what turns of one talk share; the id where nothing is shared.
        turns: the user's messages up to this one, oldest first; earlier ones only where the trace repeats them.
        answer: what the user got to read; empty when nothing came.
        where: file and line.
        started_s: seconds since the epoch; 0 where unknown, then the order of the file counts.
        error: why there is no answer.
        parts: other parts of a response that the trace tells: passages, agents, events, timings_ms, usage.
        elapsed_ms: from start to end, 0 where unknown.
        tags: what its system tagged it with.
    """

    id: str
    conversation: str
    turns: tuple[str, ...]
    answer: str
    where: str
    started_s: float = 0.0
    error: str | None = None
    parts: Mapping[str, object] = field(default_factory=dict)
    elapsed_ms: float = 0.0
    tags: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        return self.turns[-1]


@dataclass(frozen=True)
class Bad:
    """A record that cannot be used: file and line, what is wrong, what to do."""

    line: str


Found = Iterator[Exchange | Bad]


def told(parts: Mapping[str, object]) -> dict[str, object]:
    """The parts that say something; a part that is left out makes metrics N/A, an empty one makes them fail."""
    return {name: value for name, value in parts.items() if value not in (None, "", [], {}, ())}


def stage_events(steps: Sequence[tuple[str, float, float, bool]]) -> list[Step]:
    """Started and completed (or failed) events in the order of their times; what ends goes before what then starts.

    Args:
        steps: (name, start, end, failed), times in seconds.
    """
    moments = [(start, 1, name, "started") for name, start, _, _ in steps]
    moments += [
        (end, 0 if start < end else 2, name, "failed" if bad else "completed") for name, start, end, bad in steps
    ]
    told_in_order = enumerate(sorted(moments), start=1)
    return [
        {"seq": seq, "type": "event", "stage": name, "status": status, "ts": ts}
        for seq, (ts, _, name, status) in told_in_order
    ]
