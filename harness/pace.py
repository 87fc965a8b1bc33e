"""Keep a target's rate limit: calls start at least so far apart, whichever thread makes them."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Pace:
    """Hands out starting times.

    Args:
        per_minute: most calls that may start in a minute; 0 for no limit.
        clock_s: a monotonic clock in seconds.
        sleep_s: waits.
    """

    def __init__(self, per_minute: float, clock_s: Callable[[], float], sleep_s: Callable[[float], None]) -> None:
        self._apart_s = 60 / per_minute if per_minute else 0.0
        self._clock_s, self._sleep_s = clock_s, sleep_s
        self._next_s = float("-inf")
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next call may start."""
        if self._apart_s and (delay := self._reserved()) > 0:
            self._sleep_s(delay)

    def _reserved(self) -> float:
        """Seconds until the next free start, which is taken by asking."""
        with self._lock:
            now = self._clock_s()
            start = max(now, self._next_s)
            self._next_s = start + self._apart_s
            return start - now
