"""Events of a job are numbered without gaps, and hearing them in any order, with repeats, gives one state."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.adapters.memory_bus import MemoryBus
from eco2.events import Draft, Event, JobState, fold

_KEYS = st.lists(
    st.sampled_from([f"stage-{number}:{status}" for number in range(4) for status in ("started", "completed")])
)


def _said(keys: Sequence[str]) -> tuple[Event, ...]:
    bus = MemoryBus(lambda: "now")
    for key in keys:
        stage, status = key.split(":")
        bus.publish("job", Draft(stage, status, key))
    return tuple(bus.history("job"))


@given(_KEYS)
def test_numbers_begin_at_one_and_have_no_gaps(keys: list[str]) -> None:
    assert [event.seq for event in _said(keys)] == list(range(1, len(set(keys)) + 1))


@given(_KEYS, st.randoms(use_true_random=False))
def test_any_order_with_repeats_folds_into_one_state(keys: list[str], chance: object) -> None:
    events = list(_said(keys))
    heard = events * 2
    chance.shuffle(heard)  # type: ignore[attr-defined]
    assert fold(heard) == fold(events)


@given(_KEYS, st.integers(min_value=0, max_value=8))
def test_hearing_in_two_parts_is_hearing_at_once(keys: list[str], cut: int) -> None:
    events = _said(keys)
    assert fold(events[cut:], fold(events[:cut])) == fold(events)


def test_publishing_again_gives_the_first_event() -> None:
    bus = MemoryBus(lambda: "now")
    first = bus.publish("job", Draft("turn", "started", "k", payload={"a": 1}))
    assert bus.publish("job", Draft("turn", "started", "k", payload={"a": 2})) is first


def test_jobs_are_numbered_apart() -> None:
    bus = MemoryBus(lambda: "now")
    assert [bus.publish(job, Draft("turn", "started", "k")).seq for job in ("a", "b", "a")] == [1, 1, 1]


def test_many_threads_get_every_number_once() -> None:
    bus = MemoryBus(lambda: "now")
    with ThreadPoolExecutor(8) as pool:
        events = list(pool.map(lambda number: bus.publish("job", Draft("s", "x", str(number))), range(200)))
    assert sorted(event.seq for event in events) == list(range(1, 201))


def test_a_forgotten_job_begins_anew() -> None:
    bus = MemoryBus(lambda: "now")
    bus.publish("job", Draft("turn", "started", "k"))
    bus.forget("job")
    assert bus.history("job") == ()


def test_a_state_tells_stages_text_and_what_is_missing() -> None:
    events = [
        Event("j", 1, "a", "event", "compose", "started", "now"),
        Event("j", 2, "b", "token", "compose", "running", "now", {"text": "안"}),
        Event("j", 3, "c", "token", "compose", "running", "now", {"text": "녕"}),
        Event("j", 4, "d", "event", "compose", "completed", "now"),
    ]
    state = fold(reversed(events))
    assert state.stages == {"compose": "completed"}
    assert state.text == "안녕"
    assert fold(events[2:]).missing == (1, 2)


@pytest.mark.parametrize("state", [JobState(), fold([])])
def test_an_empty_job_has_an_empty_state(state: JobState) -> None:
    assert (state.stages, state.text, state.missing) == ({}, "", ())
