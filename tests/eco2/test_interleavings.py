"""Every order in which three sub-agents can speak: numbers have no gaps, causes come first, and one state comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from threading import Condition
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.adapters.memory_bus import MemoryBus
from eco2.agents.row import Agent, Policy, Sources
from eco2.app import Bot
from eco2.events import Draft, Event, JobState, fold
from eco2.graph import build_graph
from eco2.intake import read_request
from eco2.steps import Steps, request_json
from eco2.turns import Finding, Task

NAMES = ("classify", "character", "weather")
BEFORE, AFTER = ("understand",), ("gather", "compose")
JOB = "job"
Wire = Callable[..., Bot]
Order = tuple[str, ...]


def _merged(left: dict[str, int]) -> Iterator[Order]:
    """Yield every order of the agents' two events each, each agent's own in order."""
    if not any(left.values()):
        yield ()
    for name, count in left.items():
        if count:
            status = "started" if count == 2 else "completed"
            yield from ((f"{name}:0:{status}", *rest) for rest in _merged({**left, name: count - 1}))


ORDERS: tuple[Order, ...] = tuple(_merged(dict.fromkeys(NAMES, 2)))


def _whole(order: Order) -> Order:
    """A turn's keys around an order of its agents' events."""

    def steps(names: Sequence[str]) -> Order:
        return tuple(f"{name}:{status}" for name in names for status in ("started", "completed"))

    return ("turn:started", *steps(BEFORE), *order, *steps(AFTER), "turn:completed")


def _draft(key: str, **payload: object) -> Draft:
    return Draft(key.split(":")[0], key.split(":")[-1], key, payload=payload)


def _causes(key: str) -> Order:
    """The keys that must have been said before this one."""
    stage, status = key.split(":")[0], key.split(":")[-1]
    if key == "turn:started":
        return ()
    if key == "turn:completed":
        return ("compose:completed",)
    if status == "completed":
        return (key.replace("completed", "started"),)
    ends = tuple(f"{name}:0:completed" for name in NAMES)
    return {"understand": ("turn:started",), "gather": ends, "compose": ("gather:completed",)}.get(
        stage, ("understand:completed",)
    )


def _is_causal(events: Sequence[Event]) -> bool:
    at = {event.id.removeprefix(f"{JOB}:"): event.seq for event in events}
    return all(at[cause] < seq for key, seq in at.items() for cause in _causes(key))


@cache
def _said(order: Order) -> tuple[Event, ...]:
    bus = MemoryBus(lambda: "now")
    return tuple(bus.publish(JOB, _draft(key)) for key in _whole(order))


def test_there_are_ninety_orders() -> None:
    assert len(set(ORDERS)) == len(ORDERS) == 90


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_whatever_the_order_is_numbers_have_no_gaps_and_causes_come_first(order: Order) -> None:
    events = _said(order)
    assert [event.seq for event in events] == list(range(1, len(_whole(order)) + 1))
    assert _is_causal(events)
    assert fold(events).stages == dict.fromkeys([event.stage for event in events], "completed")


def test_a_number_out_of_order_is_seen_by_this_test() -> None:
    first, second, *rest = _said(ORDERS[0])
    assert not _is_causal([replace(first, seq=second.seq), replace(second, seq=first.seq), *rest])


@given(st.sampled_from(ORDERS), st.data())
def test_publishing_again_at_any_later_moment_changes_nothing(order: Order, data: st.DataObject) -> None:
    bus, keys = MemoryBus(lambda: "now"), _whole(order)
    first: dict[str, Event] = {}
    for place, key in enumerate(keys):
        first[key] = bus.publish(JOB, _draft(key))
        for again in data.draw(st.lists(st.sampled_from(keys[: place + 1]), max_size=2)):
            assert bus.publish(JOB, _draft(again, later=place)) == first[again]
    assert tuple(bus.history(JOB)) == _said(order)


@given(st.sampled_from(ORDERS), st.data())
def test_hearing_in_any_order_with_repeats_gives_one_state(order: Order, data: st.DataObject) -> None:
    events = _said(order)
    repeats = data.draw(st.lists(st.sampled_from(events), max_size=8))
    heard = data.draw(st.permutations([*events, *repeats]))
    assert fold(heard) == fold(events)


@given(st.sampled_from(ORDERS), st.data())
def test_whoever_missed_events_catches_up_from_what_is_missing(order: Order, data: st.DataObject) -> None:
    events = _said(order)
    state = fold(data.draw(st.lists(st.sampled_from(events), min_size=1)))
    latest = max(state.heard)
    gaps = [event for event in events if event.seq in state.missing]
    assert fold(gaps, state) == fold(events[:latest])
    assert fold(events[latest:], fold(gaps, state)) == fold(events)


@given(st.sampled_from(ORDERS), st.lists(st.lists(st.integers(0, 13), max_size=6), min_size=3, max_size=3))
def test_joining_what_several_heard_is_the_same_in_any_grouping(order: Order, parts: list[list[int]]) -> None:
    one, two, three = ([_said(order)[number] for number in part] for part in parts)

    def heard(state: JobState) -> list[Event]:
        return list(state.heard.values())

    together = fold([*one, *two, *three])
    assert fold(heard(fold(three)), fold(heard(fold(two)), fold(one))) == together
    assert fold(heard(fold(one)), fold(heard(fold(three)), fold(two))) == together


@dataclass
class _Conductor:
    """A bus on which the sub-agents speak in a given order, whichever thread is ready first."""

    order: Order
    bus: MemoryBus = field(default_factory=lambda: MemoryBus(lambda: "now"))
    turn: Condition = field(default_factory=Condition)
    said: int = 0

    def publish(self, job_id: str, draft: Draft) -> Event:
        if draft.key not in self.order:
            return self.bus.publish(job_id, draft)
        with self.turn:
            assert self.turn.wait_for(lambda: self.order[self.said] == draft.key, timeout=10)
            event = self.bus.publish(job_id, draft)
            self.said += 1
            self.turn.notify_all()
        return event

    def history(self, job_id: str) -> Sequence[Event]:
        return self.bus.history(job_id)

    def forget(self, job_id: str) -> None:
        self.bus.forget(job_id)


def _speaks(task: Task, sources: Sources) -> Finding:
    return Finding("", task.index, "aside")


def _agents() -> tuple[Agent, ...]:
    def run(name: str) -> Callable[[Task, Sources], Finding]:
        return lambda task, sources: replace(_speaks(task, sources), agent=name)

    intents = {"classify": ("waste",), "character": ("character",), "weather": ("weather",)}
    return tuple(Agent(name, intents[name], run(name), Policy()) for name in NAMES)


def _conducted(steps: Steps, order: Order) -> tuple[dict[str, Any], Sequence[Event]]:
    bus = _Conductor(order)
    request = request_json(read_request({"turns": ["상자"], "overrides": {"route": ["waste", "character", "weather"]}}))
    state = build_graph(replace(steps, bus=bus)).invoke({"job": JOB, "request": request})
    return state, bus.history(JOB)


def test_the_graph_itself_in_every_order_tells_one_story(wire: Wire) -> None:
    steps = wire(_agents()).steps
    gathered = set()
    for order in ORDERS:
        state, events = _conducted(steps, order)
        keys = [event.id.removeprefix(f"{JOB}:") for event in events]
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert tuple(key for key in keys if key in order) == order
        at = {key: place for place, key in enumerate(keys)}
        assert all(at[cause] < at[key] for key in keys for cause in _known(key) if "token" not in key)
        gathered.add((tuple(finding["agent"] for finding in state["gathered"]), state["composed"]["answer"]))
    assert len(gathered) == 1


def _known(key: str) -> Order:
    """The causes within the graph, which does not say when the turn as a whole begins."""
    return () if key.startswith("token") else tuple(cause for cause in _causes(key) if not cause.startswith("turn"))


def test_tokens_come_while_the_answer_is_composed(wire: Wire) -> None:
    _, events = _conducted(wire(_agents()).steps, ORDERS[45])
    stages = [(event.type, event.status) for event in events if event.stage == "compose"]
    assert stages[0] == ("event", "started")
    assert stages[-1] == ("event", "completed")
    assert {kind for kind, _ in stages[1:-1]} == {"token"}
