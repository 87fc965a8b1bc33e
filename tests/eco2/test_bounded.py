"""Work on a thread of its own is waited for so long and no longer."""

from __future__ import annotations

from contextvars import ContextVar
from threading import Event

import pytest

from eco2.bounded import bounded
from eco2.policy import Deadline, TimedOut


def broken() -> str:
    raise ValueError("a bug")


def test_bounded_work_gives_its_result_or_its_error() -> None:
    assert bounded(lambda: "answer", 5.0, "agent") == "answer"
    with pytest.raises(ValueError, match="a bug"):
        bounded(broken, 5.0, "agent")


def test_work_that_does_not_end_is_left_behind() -> None:
    hold, limit = Event(), Deadline.after(2.0)
    with pytest.raises(TimedOut, match=r"agent gave no answer within 0\.1 s"):
        bounded(lambda: hold.wait(10.0), 0.1, "agent")
    hold.set()
    assert not limit.expired


def test_bounded_work_sees_the_context_of_its_caller() -> None:
    word: ContextVar[str] = ContextVar("word", default="")
    word.set("here")
    assert bounded(word.get, 5.0, "agent") == "here"
