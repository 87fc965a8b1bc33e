"""Put cases to a target, one after the other, and hand every observation on at once. Nothing is asked twice.

One at a time on purpose: times of a target that is asked side by side measure the neighbours too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from harness.case_files import fingerprint, request_of
from harness.cases import Case, Observation, TargetUnusable
from harness.ports import Target

Complaint = Callable[[str, object], str | None]


def observe(
    cases: Sequence[Case],
    target: Target,
    finished: Mapping[str, Observation],
    complaint: Complaint,
    clock_s: Callable[[], float],
) -> Iterator[Observation]:
    """Yield an observation of each case that has none yet, in the order of the cases.

    A case that failed counts as finished: asking again until it passes would hide what a user met.

    Args:
        cases: of one suite.
        target: what is asked.
        finished: earlier observations by case id; one of another question does not count.
        complaint: says what is wrong with a response, given the name of the schema.
        clock_s: a monotonic clock in seconds.

    Raises:
        TargetUnusable: the target cannot be started at all.
    """
    for case in cases:
        earlier = finished.get(case.id)
        if earlier is None or earlier.fingerprint != fingerprint(case):
            yield _observation(case, target, complaint, clock_s)


def _observation(case: Case, target: Target, complaint: Complaint, clock_s: Callable[[], float]) -> Observation:
    started = clock_s()
    response, error = _asked(case, target, complaint)
    return Observation(
        id=case.id,
        suite=case.suite,
        split=case.split,
        question=case.question,
        response=response,
        error=error,
        elapsed_ms=(clock_s() - started) * 1000,
        fingerprint=fingerprint(case),
    )


def _asked(case: Case, target: Target, complaint: Complaint) -> tuple[Mapping[str, object] | None, str | None]:
    try:
        response: object = target.ask(request_of(case))
    except TargetUnusable:
        raise
    except TimeoutError as error:
        return None, f"timed out: {error}"
    except Exception as error:  # noqa: BLE001 - foreign code: what a target raises is this case's failure, not the run's
        return None, f"{type(error).__name__}: {error}"
    if not isinstance(response, Mapping):
        return None, f"gave a {type(response).__name__}, not an object with an answer"
    if (wrong := complaint("response", response)) is not None:
        return dict(response), f"the response breaks the contract: {wrong}"
    return dict(response), None
