"""Put cases to a target and hand every observation on as it comes. Nothing is asked twice.

One at a time unless more are allowed: times of a target that is asked side by side measure the neighbours too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.case_files import fingerprint, request_of
from harness.cases import Case, Observation, TargetUnusable
from harness.jsonl import dump
from harness.pace import Pace
from harness.ports import Target
from harness.side_by_side import side_by_side

Complaint = Callable[[str, object], str | None]
_EMPTY: Mapping[str, object] = {"answer": "", "timings_ms": {}, "usage": {}, "cached": False, "answerable": False}
"""What stands for a part of a wrong shape; a list without anything for all others."""
Ask = tuple[Case, int]
"""A case and which of its repeats is asked."""


@dataclass(frozen=True)
class Door:
    """How the target of a suite is asked.

    Attributes:
        lanes: what is asked, one a lane; the same target may stand in several where it can be asked side by side.
        pace: its rate limit.
        complaint: says what is wrong with a response, given the name of the schema.
        clock_s: a monotonic clock in seconds.
    """

    lanes: Sequence[Target]
    pace: Pace
    complaint: Complaint
    clock_s: Callable[[], float]


def unasked(cases: Iterable[Case], repeats: int, has: Callable[[str, int], bool]) -> Iterator[Ask]:
    """What is still to be asked: all cases once, then all of them again, so that repeats lie apart.

    A case that failed counts as finished: asking again until it passes would hide what a user met.
    """
    for repeat in range(repeats):
        for case in cases:
            if not has(case.id, repeat):
                yield case, repeat


def observe(asks: Iterable[Ask], door: Door) -> Iterator[Observation]:
    """Yield an observation of each ask, as it comes.

    Raises:
        TargetUnusable: the target cannot be started at all.
    """
    return side_by_side(lambda ask, lane: _observation(*ask, door.lanes[lane], door), asks, len(door.lanes))


def _observation(case: Case, repeat: int, target: Target, door: Door) -> Observation:
    door.pace.wait()
    started = door.clock_s()
    response, error = _asked(_request(case, repeat), target)
    elapsed_ms = (door.clock_s() - started) * 1000
    if response is not None and (wrong := door.complaint("response", response)) is not None:
        response, error = _mended(response, door.complaint), f"the response breaks the contract: {wrong}"
    return Observation(
        id=case.id,
        suite=case.suite,
        split=case.split,
        question=case.question,
        response=response,
        error=error,
        elapsed_ms=elapsed_ms,
        fingerprint=fingerprint(case),
        repeat=repeat,
    )


def _request(case: Case, repeat: int) -> dict[str, object]:
    """The request of the contract; a repeat says so, lest the target takes it for the same call again."""
    return {**request_of(case), **({"repeat": repeat} if repeat else {})}


def _mended(response: Mapping[str, object], complaint: Complaint) -> Mapping[str, object]:
    """A response without the parts of a wrong shape: an empty one stands for each, since reports read what is there."""
    return {**response, **{name: _EMPTY.get(name, ()) for name in breaches(response, complaint)}}


def breaches(response: Mapping[str, object], complaint: Complaint) -> dict[str, str]:
    """The parts of a response that have a shape that the contract does not know, each with what is wrong."""
    found = ((name, complaint("response", {"answer": "", name: part})) for name, part in response.items())
    return {name: wrong for name, wrong in found if wrong is not None}


def _asked(request: Mapping[str, object], target: Target) -> tuple[Mapping[str, object] | None, str | None]:
    try:
        response: object = target.ask(request)
    except TargetUnusable:
        raise
    except TimeoutError as error:
        return None, f"timed out: {error}"
    except Exception as error:  # noqa: BLE001 - foreign code: what a target raises is this case's failure, not the run's
        return None, f"{type(error).__name__}: {error}"
    if not isinstance(response, Mapping):
        return None, f"gave a {type(response).__name__}, not an object with an answer"
    return _written(response)


def _written(response: Mapping[str, object]) -> tuple[Mapping[str, object] | None, str | None]:
    """The response, where it can be kept: a key that is no text, or what holds itself, would end the run later."""
    try:
        dump(response)
    except Exception as error:  # noqa: BLE001 - foreign code: how a target's own objects become text is its own
        return None, f"gave what cannot be written as JSON: {type(error).__name__}: {error}"
    return dict(response), None
