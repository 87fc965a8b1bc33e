"""An event loop whose clock jumps to the next thing that is due: an hour of waiting takes no time and is exact."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from harness.cases import Case
from harness.load.asking import Ask
from harness.load.generate import generate
from harness.load.plan import Plan
from harness.load.samples import Sample
from tests.harness.support import a_case

T = TypeVar("T")


class _Jumping(selectors.SelectSelector):
    """Never waits; tells the loop how long it would have."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("everything waits and nothing is due: the test hangs")
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run_virtually(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


def put_load(plan: Plan, ask: Ask, case: Case | None = None) -> list[Sample]:
    """The samples of a load on a target, in virtual time."""
    samples: list[Sample] = []
    run_virtually(generate(plan, [case or a_case()], ask, (), samples.append))
    return samples
