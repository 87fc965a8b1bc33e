"""Keep one call to the outside within bounds: how long it may take, how often it is tried, when it is not tried at all.

`call` puts the parts together; each part stands alone. Nothing here knows HTTP; time and chance come in as arguments.

SourceUnavailable (eco2.turns)
├── CallFailed     the source answered with an error, or with something else than it documents
├── TimedOut       it did not answer in the time it was given; never tried again in the same call
└── BreakerOpen    it failed too often a moment ago and is not asked
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Literal, TypeVar

from eco2.turns import SourceUnavailable

T = TypeVar("T")
Clock = Callable[[], float]
State = Literal["closed", "open", "half_open"]


class CallFailed(SourceUnavailable):
    """A source refused or broke. `retry`: whether asking again can help; `retry_after_s`: what the source asks for."""

    def __init__(self, message: str, *, retry: bool = True, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry, self.retry_after_s = retry, retry_after_s


class TimedOut(SourceUnavailable):
    """A source gave no answer in the time it was given."""

    def __init__(self, name: str, after_s: float) -> None:
        super().__init__(f"{name} gave no answer within {after_s:.1f} s; ask again later")
        self.after_s = after_s


class BreakerOpen(SourceUnavailable):
    """A source failed too often a moment ago; it is not asked again before `retry_after_s` seconds."""

    def __init__(self, name: str, retry_after_s: float) -> None:
        super().__init__(f"{name} failed repeatedly and is not asked again for {retry_after_s:.0f} s")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Limits:
    """The bounds of one call: `timeout_s` for all tries and pauses together, `threshold` failures in a row to open."""

    timeout_s: float
    retries: int
    threshold: int
    recovery_s: float = 30.0
    backoff_s: float = 0.1


@dataclass(frozen=True)
class Deadline:
    """A point on a clock, in seconds, after which an answer is of no use."""

    at: float
    clock: Clock = time.monotonic

    @classmethod
    def after(cls, seconds: float, clock: Clock = time.monotonic) -> Deadline:
        return cls(clock() + seconds, clock)

    @property
    def remaining_s(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self.at - self.clock())

    @property
    def expired(self) -> bool:
        return self.remaining_s == 0.0


class Breaker:
    """Stops asking a source that fails: closed, open after `threshold` failures in a row, half-open for one trial.

    Ask `check` before a call and report it with exactly one of `succeeded`, `failed`, `abandoned`. Results of calls
    that were under way when it opened change nothing. Safe from many threads.
    """

    def __init__(self, name: str, threshold: int, recovery_s: float = 30.0, clock: Clock = time.monotonic) -> None:
        if threshold < 1:
            raise ValueError(f"threshold must be 1 or more, got {threshold}")
        self.name, self.threshold, self.recovery_s = name, threshold, recovery_s
        self._clock, self._lock = clock, Lock()
        self._state: State = "closed"
        self._failures, self._since = 0, 0.0

    @property
    def state(self) -> State:
        return self._state

    def check(self) -> None:
        """Let a call pass, or raise.

        Raises:
            BreakerOpen: it is open, or half-open with its trial under way.
        """
        with self._lock:
            if self._state == "closed":
                return
            wait = self._since + self.recovery_s - self._clock()
            if wait > 0:
                raise BreakerOpen(self.name, wait)
            # After another `recovery_s` a new trial may go: one that never reports must not shut the source out.
            self._enter("half_open")

    def succeeded(self) -> None:
        with self._lock:
            if self._state != "open":
                self._enter("closed")

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._state == "half_open" or (self._state == "closed" and self._failures >= self.threshold):
                self._enter("open")

    def abandoned(self) -> None:
        """Report a call that says nothing about the source; a trial makes room for the next one at once."""
        with self._lock:
            if self._state == "half_open":
                self._enter("open", self._clock() - self.recovery_s)

    def _enter(self, state: State, since: float | None = None) -> None:
        self._state, self._failures = state, 0
        self._since = self._clock() if since is None else since


class RetryBudget:
    """Retries of all calls together: at most `ratio` of the calls of the last `window_s` seconds, or `minimum` if more.

    When every call fails, retries would multiply the load on a source that is already down. Safe from many threads.
    """

    def __init__(
        self, ratio: float = 0.2, minimum: int = 10, window_s: float = 60.0, clock: Clock = time.monotonic
    ) -> None:
        self._ratio, self._minimum, self._window_s = ratio, minimum, window_s
        self._clock, self._lock = clock, Lock()
        self._calls: deque[float] = deque()
        self._retries: deque[float] = deque()

    def called(self) -> None:
        """Count a call, not its retries."""
        with self._lock:
            self._forget()
            self._calls.append(self._clock())

    def spend(self) -> bool:
        """Take one retry; False when there is none left."""
        with self._lock:
            self._forget()
            if len(self._retries) >= max(self._minimum, int(self._ratio * len(self._calls))):
                return False
            self._retries.append(self._clock())
            return True

    def _forget(self) -> None:
        oldest = self._clock() - self._window_s
        for times in (self._calls, self._retries):
            while times and times[0] <= oldest:
                times.popleft()


def call(
    work: Callable[[float], T],
    limits: Limits,
    *,
    breaker: Breaker,
    budget: RetryBudget | None = None,
    deadline: Deadline | None = None,
    clock: Clock = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    jitter: Callable[[], float] = random.random,
) -> T:
    """Do `work` within its limits, trying again what may pass.

    Args:
        work: is given the seconds it may take. It raises `TimedOut` when they are over, `CallFailed` when the source
            fails; any other exception than `SourceUnavailable` is not the source's and passes through uncounted.
        limits: bounds of the whole call.
        breaker: the source's; each try is reported to it, save one that the caller's own deadline cut short.
        budget: shared by the calls whose retries should not add up.
        deadline: the caller's; the earlier of it and the limits counts.
        clock: seconds, rising.
        sleep: waits between two tries.
        jitter: a number in [0, 1) for each pause.

    Raises:
        BreakerOpen: the breaker lets nothing pass.
        TimedOut: no time was left, or `work` ran out of it.
        SourceUnavailable: the last try's error.
    """
    own = Deadline.after(limits.timeout_s, clock)
    within = min(own, deadline or own, key=lambda one: one.remaining_s)
    if budget is not None:
        budget.called()
    tries = 0
    while True:
        try:
            return _tried(work, within, breaker, own)
        except CallFailed as error:
            pause_s = _pause_s(error, tries, limits, jitter)
            tries += 1
            if not error.retry or tries > limits.retries or pause_s >= within.remaining_s or breaker.state == "open":
                raise
            if budget is not None and not budget.spend():
                raise
        sleep(pause_s)


def _tried(work: Callable[[float], T], within: Deadline, breaker: Breaker, own: Deadline) -> T:
    """Do `work` once and report it to the breaker."""
    seconds = within.remaining_s
    if not seconds:
        raise TimedOut(breaker.name, 0.0)
    breaker.check()
    try:
        result = work(seconds)
    except TimedOut:
        (breaker.failed if within is own else breaker.abandoned)()
        raise
    except SourceUnavailable:
        breaker.failed()
        raise
    except BaseException:
        breaker.abandoned()
        raise
    breaker.succeeded()
    return result


def _pause_s(error: CallFailed, tries: int, limits: Limits, jitter: Callable[[], float]) -> float:
    """Return full jitter below a ceiling that doubles with each try, on top of what the source asks for."""
    return (error.retry_after_s or 0.0) + jitter() * limits.backoff_s * float(2**tries)
