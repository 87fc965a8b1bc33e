"""The last resort against work that does not keep its own time: wait for it so long and no longer."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar, cast

from eco2.policy import TimedOut

T = TypeVar("T")


def bounded(work: Callable[[], T], seconds: float, name: str) -> T:
    """Do `work` on a thread of its own and wait for it no longer than `seconds`.

    What does not end in time is left behind: nothing can stop a thread that waits for a name to resolve. It keeps no
    program from ending.

    Raises:
        TimedOut: the seconds are over.
        Exception: whatever `work` raised.
    """
    done: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def _run() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            done.put((None, error))

    Thread(target=copy_context().run, args=(_run,), name=name, daemon=True).start()
    try:
        result, error = done.get(timeout=seconds)
    except Empty:
        raise TimedOut(name, seconds) from None
    if error is not None:
        raise error
    return cast("T", result)
