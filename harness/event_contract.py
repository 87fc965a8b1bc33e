"""What must hold of the events of one turn: numbered 1, 2, 3 … and in a causal order.

A partial order, checked on `seq` alone; the order in which events arrived is nobody's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

ORDER = ("understand", "*", "gather", "compose")
"""Stages in causal order; `*` is every other stage but `turn`: the sub-agents, which are free among themselves."""
_TURN = "turn"


def has_stages(events: Sequence[Mapping[str, Any]], order: Sequence[str] = ORDER) -> bool:
    """Some event is of a stage that the order names; a target with other steps is bound by its numbering alone."""
    return any(event.get("stage") in order for event in events)


def violation(events: Sequence[Mapping[str, Any]], order: Sequence[str] = ORDER) -> str | None:
    """Name the first breach, or None.

    Args:
        events: of one job, in any order.
        order: stages of which every event of one comes before every event of the next; absent stages are passed over,
            but the first and the last named one must be there.
    """
    return misnumbered(events) or _missing(events, order) or _disorder(events, order)


def misnumbered(events: Sequence[Mapping[str, Any]]) -> str | None:
    """Say what keeps the events from being those of one job, numbered 1, 2, 3 …, or None.

    An event that was published again, known by its `id` and `seq`, counts once.
    """
    if not events:
        return "no events"
    jobs = {str(event["job_id"]) for event in events if event.get("job_id") is not None}
    if len(jobs) > 1:
        return f"events of {len(jobs)} jobs: {', '.join(sorted(jobs)[:3])}"
    events = once(events)
    numbers = [event["seq"] for event in events if _whole(event.get("seq"))]
    if len(numbers) < len(events):
        return f"{len(events) - len(numbers)} events have no whole `seq`"
    return _numbering(sorted(numbers))


def once(events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Without the repeats of a publish that was retried; events without an `id` are all different ones."""
    first: dict[object, Mapping[str, Any]] = {}
    for at, event in enumerate(events):
        first.setdefault(at if event.get("id") is None else (str(event["id"]), event.get("seq")), event)
    return list(first.values())


def _whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def _numbering(numbers: Sequence[int]) -> str | None:
    for wanted, number in enumerate(numbers, start=1):
        if number != wanted:
            return f"seq {wanted} is missing" if number > wanted else f"seq {number} is one too many"
    return None


def _missing(events: Sequence[Mapping[str, Any]], order: Sequence[str]) -> str | None:
    seen = {event.get("stage") for event in events}
    return next((f"no event of stage {stage!r}" for stage in order if stage != "*" and stage not in seen), None)


def _disorder(events: Sequence[Mapping[str, Any]], order: Sequence[str]) -> str | None:
    spans: dict[int, list[Mapping[str, Any]]] = {}
    for event in sorted(events, key=lambda event: int(event["seq"])):
        stage = event.get("stage")
        if stage != _TURN:
            spans.setdefault(order.index(stage) if stage in order else order.index("*"), []).append(event)
    groups = [spans[index] for index in sorted(spans)]
    for earlier, later in pairwise(groups):
        if earlier[-1]["seq"] > later[0]["seq"]:
            return (
                f"{later[0].get('stage')} (seq {later[0]['seq']}) comes before {earlier[-1].get('stage')}"
                f" (seq {earlier[-1]['seq']})"
            )
    return None
