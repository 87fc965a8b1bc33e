"""The events of a turn as moments in order of `seq`, and as spans: from the start of a run of a stage to its end."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from harness.event_contract import once

TURN = "turn"
"""The stage that frames all others; `*` in a rule never means it."""
STARTS = "started"
ENDS = ("completed", "failed", "skipped")
_SKIPPED = "skipped"


@dataclass(frozen=True)
class Moment:
    """One event. `at_ms` is its `ts` in milliseconds since 1970; None where it gives none that can be read."""

    seq: int
    stage: str
    status: str
    at_ms: float | None = None
    run: object = None
    text: str | None = None

    def __str__(self) -> str:
        return f"{self.stage} {self.status} (seq {self.seq})"


@dataclass(frozen=True)
class Span:
    """One run of a stage. `end` is None where it never ended."""

    stage: str
    start: Moment
    end: Moment | None


def moments(events: Iterable[Mapping[str, Any]]) -> list[Moment]:
    """Read events that carry a whole `seq`, in order of it; `run` tells runs of one stage apart (`payload.sub_query`).

    An event that was published again, known by its `id`, is read once. `text` is that of a token, None of all else.
    """
    return sorted(map(_moment, once(events)), key=lambda moment: moment.seq)


def spans(said: Sequence[Moment]) -> list[Span]:
    """Pair starts with ends, first with first, run by run; in order of their starts.

    An end without a start is a run of no length; skipped without a start is none, for it did not run. A stage that
    never says that it starts or ends is one run, from its first event to its last.
    """
    found: list[Span] = []
    for stage in dict.fromkeys(moment.stage for moment in said):
        own = [moment for moment in said if moment.stage == stage]
        tells = any(moment.status in (STARTS, *ENDS) for moment in own)
        found += _paired(own) if tells else [Span(stage, own[0], own[-1])]
    return sorted(found, key=lambda span: span.start.seq)


def _paired(own: Sequence[Moment]) -> list[Span]:
    waiting: defaultdict[object, deque[Moment]] = defaultdict(deque)
    found: list[Span] = []
    for moment in own:
        if moment.status == STARTS:
            waiting[moment.run].append(moment)
        elif moment.status in ENDS and (waiting[moment.run] or moment.status != _SKIPPED):
            start = waiting[moment.run].popleft() if waiting[moment.run] else moment
            found.append(Span(moment.stage, start, moment))
    return found + [Span(moment.stage, moment, None) for left in waiting.values() for moment in left]


def _moment(event: Mapping[str, Any]) -> Moment:
    payload = event.get("payload")
    given = payload if isinstance(payload, Mapping) else {}
    text = str(given.get("text", "")) if event.get("type") == "token" else None
    run = given.get("sub_query")
    stage, status = str(event.get("stage", "")), str(event.get("status", ""))
    return Moment(int(event["seq"]), stage, status, _milliseconds(event.get("ts")), str(run), text)


def _milliseconds(stamp: object) -> float | None:
    """A time without a zone is taken as UTC, lest it hang on where the harness runs."""
    if isinstance(stamp, bool) or not isinstance(stamp, str | int | float):
        return None
    try:
        at_s = _seconds(stamp) if isinstance(stamp, str) else float(stamp)
    except (ValueError, OverflowError):
        return None
    return at_s * 1000 if math.isfinite(at_s) else None


def _seconds(stamp: str) -> float:
    at = datetime.fromisoformat(stamp)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
