"""What became of each turn of a load; times are seconds from the start of the load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DROPPED = "dropped"
TIMEOUT = "timeout"
EMPTY = "empty answer"
CUT_OFF = "cut off"
"""The load was interrupted while the turn was on its way."""


@dataclass(frozen=True)
class Sample:
    """One turn. `error` is the kind of what went wrong, empty when it was answered.

    `due_s` is when it was meant to start: of an open load by its plan, of a closed one when its user was free. It was
    dropped when `started_s` is None. `kept` are the parts of the response that its quality is told by.
    """

    number: int
    case: str
    due_s: float
    started_s: float | None = None
    ended_s: float | None = None
    first_token_s: float | None = None
    error: str = ""
    cached: bool = False
    kept: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_timed(self) -> bool:
        """It was answered, and not from a cache: its times say something of the target."""
        return not self.error and not self.cached

    @property
    def latency_ms(self) -> float:
        """From when it was due to its whole answer: what a user waits, also for a start that was late."""
        return _ms(self.due_s, self.ended_s)

    @property
    def service_ms(self) -> float:
        """From its start to its answer: what a generator sees that forgets how late it started."""
        return _ms(self.started_s, self.ended_s)

    @property
    def lag_ms(self) -> float:
        """How late the generator started it."""
        return _ms(self.due_s, self.started_s)

    @property
    def first_token_ms(self) -> float | None:
        """From when it was due to its first token; None where the target tells none."""
        return None if self.first_token_s is None else _ms(self.due_s, self.first_token_s)


def _ms(start: float | None, end: float | None) -> float:
    if start is None or end is None:
        raise ValueError("a turn that did not start or end has no time; ask `is_timed` first")
    return (end - start) * 1000


def sample_row(sample: Sample) -> dict[str, object]:
    """A row of the ledger."""
    return {
        "number": sample.number, "case": sample.case, "due_s": sample.due_s, "started_s": sample.started_s,
        "ended_s": sample.ended_s, "first_token_s": sample.first_token_s, "error": sample.error,
        "cached": sample.cached, "response": dict(sample.kept),
    }  # fmt: skip
