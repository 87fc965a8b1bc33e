"""The bounds of an outside call, on a clock that moves only when told to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.policy import Breaker, BreakerOpen, CallFailed, Deadline, Limits, RetryBudget, TimedOut, call
from eco2.turns import SourceUnavailable

STEPS = st.lists(st.one_of(st.sampled_from(["ok", "fail", "abandon"]), st.integers(1, 40)), max_size=60)


class FakeTime:
    """A clock, and a sleep that moves it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def failing(*errors: Exception) -> Callable[[float], str]:
    """Work that raises each error in turn and then succeeds."""
    left = list(errors)

    def work(seconds: float) -> str:
        del seconds
        if left:
            raise left.pop(0)
        return "answer"

    return work


def run(work: Callable[[float], str], time: FakeTime, retries: int = 2, threshold: int = 9, **more: object) -> str:
    breaker = more.pop("breaker", None) or Breaker("source", threshold, clock=time)
    limits = Limits(10.0, retries, threshold)
    return call(work, limits, breaker=breaker, clock=time, sleep=time.sleep, jitter=lambda: 0.5, **more)  # type: ignore[arg-type]


@given(STEPS, st.integers(1, 6))
def test_a_breaker_follows_its_state_machine(steps: list[str | int], threshold: int) -> None:
    time = FakeTime()
    breaker = Breaker("source", threshold, recovery_s=30.0, clock=time)
    state, in_a_row, since = "closed", 0, 0.0
    for step in steps:
        if isinstance(step, int):
            time.now += step
            continue
        if state != "closed" and time.now < since + 30.0:
            with pytest.raises(BreakerOpen):
                breaker.check()
            continue
        breaker.check()
        assert breaker.state == ("closed" if state == "closed" else "half_open")
        trial = state != "closed"
        if step == "ok":
            breaker.succeeded()
            state, in_a_row = "closed", 0
        elif step == "fail":
            breaker.failed()
            in_a_row += 1
            if trial or in_a_row >= threshold:
                state, in_a_row, since = "open", 0, time.now
        else:
            breaker.abandoned()
        assert breaker.state == state


def test_an_open_breaker_says_when_to_ask_again() -> None:
    time = FakeTime()
    breaker = Breaker("Kakao Local", 1, recovery_s=30.0, clock=time)
    breaker.failed()
    time.now = 12.0
    with pytest.raises(BreakerOpen, match="Kakao Local failed repeatedly and is not asked again for 18 s") as caught:
        breaker.check()
    assert caught.value.retry_after_s == pytest.approx(18.0)


def test_half_open_lets_one_call_through() -> None:
    time = FakeTime()
    breaker = Breaker("source", 1, clock=time)
    breaker.failed()
    time.now = 31.0
    breaker.check()
    with pytest.raises(BreakerOpen):
        breaker.check()


def test_a_result_that_comes_after_it_opened_changes_nothing() -> None:
    breaker = Breaker("source", 2, clock=FakeTime())
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    assert breaker.state == "open"


def test_a_trial_that_says_nothing_makes_room_for_the_next() -> None:
    time = FakeTime()
    breaker = Breaker("source", 1, clock=time)
    breaker.failed()
    time.now = 31.0
    breaker.check()
    breaker.abandoned()
    breaker.check()
    assert breaker.state == "half_open"


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 20)), max_size=200), st.floats(0, 1), st.integers(0, 12))
def test_retries_stay_within_their_share_of_every_window(
    events: list[tuple[bool, float]], ratio: float, minimum: int
) -> None:
    time = FakeTime()
    budget = RetryBudget(ratio, minimum, 60.0, time)
    calls: list[float] = []
    retries: list[float] = []
    for is_call, pause in events:
        time.now += pause
        if is_call:
            budget.called()
            calls.append(time.now)
            continue
        before = sum(at > time.now - 60.0 for at in retries)
        allowed = max(minimum, int(ratio * sum(at > time.now - 60.0 for at in calls)))
        assert budget.spend() == (before < allowed)
        retries += [time.now] if before < allowed else []


def test_the_answer_after_a_failure_is_the_answer() -> None:
    time = FakeTime()
    assert run(failing(CallFailed("broke")), time) == "answer"
    assert time.slept == [pytest.approx(0.05)]


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 5))
def test_a_pause_lies_below_a_ceiling_that_doubles(chance: float, tries: int) -> None:
    time = FakeTime()
    errors = [CallFailed("broke")] * tries
    limits = Limits(1_000.0, tries, 99)
    breaker = Breaker("source", 99, clock=time)
    call(failing(*errors), limits, breaker=breaker, clock=time, sleep=time.sleep, jitter=lambda: chance)
    assert time.slept == [pytest.approx(chance * 0.1 * 2**number) for number in range(tries)]


def test_retries_end_with_the_last_error() -> None:
    time = FakeTime()
    with pytest.raises(CallFailed, match="third"):
        run(failing(CallFailed("first"), CallFailed("second"), CallFailed("third")), time)
    assert len(time.slept) == 2


@pytest.mark.parametrize(
    "error",
    [TimedOut("source", 1.0), CallFailed("bad key", retry=False), SourceUnavailable("away"), ValueError("a bug")],
    ids=["a time-out", "a refusal", "an absence", "a bug"],
)
def test_what_asking_again_cannot_mend_is_not_tried_again(error: Exception) -> None:
    time = FakeTime()
    with pytest.raises(type(error)):
        run(failing(error), time)
    assert time.slept == []


def test_retry_after_is_honoured_when_it_fits() -> None:
    time = FakeTime()
    assert run(failing(CallFailed("busy", retry_after_s=4.0)), time) == "answer"
    assert time.slept == [pytest.approx(4.05)]


def test_retry_after_beyond_the_deadline_ends_the_call_at_once() -> None:
    time = FakeTime()
    with pytest.raises(CallFailed, match="busy"):
        run(failing(CallFailed("busy", retry_after_s=11.0)), time)
    assert time.now == 0.0


def test_work_is_given_what_is_left_of_the_earlier_bound() -> None:
    time, given_s = FakeTime(), []

    def work(seconds: float) -> str:
        given_s.append(seconds)
        if len(given_s) == 1:
            time.now += 2.0
            raise CallFailed("broke")
        return "answer"

    run(work, time, deadline=Deadline.after(3.0, time))
    assert given_s == [pytest.approx(3.0), pytest.approx(0.95)]


def test_no_time_left_is_a_time_out_without_asking() -> None:
    time, asked = FakeTime(), []
    with pytest.raises(TimedOut):
        run(lambda seconds: asked.append(seconds) or "", time, deadline=Deadline(0.0, time))  # type: ignore[func-returns-value]
    assert asked == []


def test_a_deadline_of_the_caller_is_not_held_against_the_source() -> None:
    time = FakeTime()
    breaker = Breaker("source", 1, clock=time)
    with pytest.raises(TimedOut):
        run(failing(TimedOut("source", 0.1)), time, breaker=breaker, deadline=Deadline.after(0.1, time))
    assert breaker.state == "closed"


def test_a_breaker_that_opens_ends_the_retries_with_their_error() -> None:
    time = FakeTime()
    with pytest.raises(CallFailed, match="second"):
        run(failing(*[CallFailed(word) for word in ("first", "second", "third")]), time, retries=5, threshold=2)


def test_a_used_up_budget_ends_the_retries() -> None:
    time = FakeTime()
    with pytest.raises(CallFailed):
        run(failing(CallFailed("broke")), time, budget=RetryBudget(0.0, 0, clock=time))
    assert time.slept == []
