"""How a target is asked: several at a time, at its pace, each question once."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cases import Case, Turn
from harness.observe import Door, observe, unasked
from harness.pace import Pace
from harness.side_by_side import side_by_side
from harness.targets import CallableTarget, CommandTarget

ECHO = "import json, sys\nfor line in sys.stdin: print(json.dumps({'answer': json.loads(line)['id']}), flush=True)\n"


class Rendezvous:
    """A target that answers only when so many ask at once."""

    def __init__(self, many: int) -> None:
        self._barrier = threading.Barrier(many)

    def __call__(self, request: Mapping[str, Any]) -> dict[str, str]:
        self._barrier.wait(10)
        return {"answer": str(request["id"])}


class Clock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def read(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def _case(id_: str) -> Case:
    return Case(id_, "s", "dev", (Turn("?"),), answerable=True)


def _door(*lanes: Any) -> Door:
    return Door(lanes, Pace(0, time.monotonic, time.sleep), lambda schema, row: None, time.perf_counter)


@given(st.lists(st.integers()), st.integers(1, 5))
def test_each_item_is_worked_on_once_whatever_the_lanes(items: list[int], lanes: int) -> None:
    found = list(side_by_side(lambda item, lane: item * 2, items, lanes))
    assert sorted(found) == sorted(item * 2 for item in items)
    if lanes == 1:
        assert found == [item * 2 for item in items]


def test_no_lane_has_two_calls_at_a_time_and_no_item_is_read_ahead_of_need() -> None:
    busy, read = [0, 0, 0], []

    def items() -> Any:
        for number in range(30):
            read.append(number)
            yield number

    def work(item: int, lane: int) -> int:
        busy[lane] += 1
        assert busy[lane] == 1
        assert len(read) <= item + 2 * len(busy) + 1
        busy[lane] -= 1
        return item

    assert len(list(side_by_side(work, items(), 3))) == 30


def test_what_a_lane_raises_ends_the_work() -> None:
    def work(item: int, lane: int) -> int:
        raise LookupError(str(item))

    with pytest.raises(LookupError):
        list(side_by_side(work, range(100), 4))


def test_a_callable_is_asked_by_several_lanes_at_once() -> None:
    target = CallableTarget(Rendezvous(3), 10)
    asks = unasked([_case(name) for name in "abcdef"], 1, lambda id_, repeat: False)
    found = list(observe(asks, _door(target, target, target)))
    assert sorted(one.answer for one in found) == list("abcdef")
    assert [one.error for one in found] == [None] * 6
    target.close()


def test_async_calls_side_by_side_share_one_event_loop() -> None:
    loops, ready = set(), []

    async def answer(request: Mapping[str, Any]) -> dict[str, str]:
        loops.add(id(asyncio.get_running_loop()))
        ready.append(request["id"])
        while len(ready) < 2:
            await asyncio.sleep(0.001)
        return {"answer": "네"}

    target = CallableTarget(answer, 10)
    asks = unasked([_case("a"), _case("b")], 1, lambda id_, repeat: False)
    assert [one.answer for one in observe(asks, _door(target, target))] == ["네", "네"]
    assert len(loops) == 1
    target.close()


def test_commands_side_by_side_answer_each_its_own_question(tmp_path: Path) -> None:
    (tmp_path / "echo.py").write_text(ECHO, encoding="utf-8")
    targets = [CommandTarget(f"{sys.executable} echo.py", 20, tmp_path) for _ in range(2)]
    asks = unasked([_case(str(number)) for number in range(20)], 1, lambda id_, repeat: False)
    found = list(observe(asks, _door(*targets)))
    assert {one.id: one.answer for one in found} == {str(number): str(number) for number in range(20)}
    for target in targets:
        target.close()


def test_repeats_lie_apart_and_the_target_is_told_which_one_it_is() -> None:
    asked: list[Mapping[str, Any]] = []

    def answer(request: Mapping[str, Any]) -> dict[str, str]:
        asked.append(request)
        return {"answer": "네"}

    asks = unasked([_case("a"), _case("b")], 2, lambda id_, repeat: (id_, repeat) == ("b", 0))
    found = list(observe(asks, _door(CallableTarget(answer, 5))))
    assert [(one.id, one.repeat) for one in found] == [("a", 0), ("a", 1), ("b", 1)]
    assert [request.get("repeat") for request in asked] == [None, 1, 1]


def test_calls_start_no_closer_than_the_target_allows() -> None:
    clock = Clock()
    pace = Pace(120, clock.read, clock.sleep)
    starts = []
    for spent_s in (0.0, 0.2, 3.0, 0.0):
        pace.wait()
        starts.append(clock.now_s)
        clock.now_s += spent_s
    assert starts == pytest.approx([0.0, 0.5, 1.0, 4.0])


def test_without_a_limit_nobody_waits() -> None:
    clock = Clock()
    Pace(0, clock.read, clock.sleep).wait()
    assert clock.now_s == 0
