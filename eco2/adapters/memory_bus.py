"""The event bus within one process: numbers under a lock, keeps what was said until it is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

from eco2.events import Draft, Event


class MemoryBus:
    """Meets `ports.EventBus`. `now` gives the time of an event as ISO 8601."""

    def __init__(self, now: Callable[[], str]) -> None:
        self._now = now
        self._lock = Lock()
        self._jobs: dict[str, dict[str, Event]] = {}

    def publish(self, job_id: str, draft: Draft) -> Event:
        with self._lock:
            said = self._jobs.setdefault(job_id, {})
            if (first := said.get(draft.key)) is not None:
                return first
            id_ = f"{job_id}:{draft.key}"
            event = Event(
                job_id, len(said) + 1, id_, draft.type, draft.stage, draft.status, self._now(), dict(draft.payload)
            )
            said[draft.key] = event
            return event

    def history(self, job_id: str) -> Sequence[Event]:
        with self._lock:
            return tuple(self._jobs.get(job_id, {}).values())

    def forget(self, job_id: str) -> None:
        with self._lock:
            self._jobs.pop(job_id, None)
