"""Targets whose latencies under load are known in advance: one that stands still for a while, and a queue with desks.

They hold the generator itself to the truth: `tests/harness/test_load.py`, `benchmarks/load_truth.py`.
"""

from __future__ import annotations

import asyncio

from harness.load.asking import Reply, Request


class Desks:
    """A queue with `desks` servers that take `service_s` a turn, first come first served: it serves desks/service_s."""

    def __init__(self, desks: int, service_s: float) -> None:
        self._free = asyncio.Semaphore(desks)
        self._service_s = service_s

    async def ask(self, request: Request) -> Reply:
        async with self._free:
            await asyncio.sleep(self._service_s)
        return Reply({"answer": str(request["id"])})


class Freezing:
    """Serves any number of turns at once, each in `service_s`; `at_s` after the first it stands still for a while."""

    def __init__(self, service_s: float, at_s: float, stall_s: float) -> None:
        self._service_s, self._at_s, self._until_s = service_s, at_s, at_s + stall_s
        self._began: float | None = None

    async def ask(self, request: Request) -> Reply:
        clock = asyncio.get_running_loop().time
        self._began = clock() if self._began is None else self._began
        now = clock() - self._began
        await asyncio.sleep(self._done(now) - now)
        return Reply({"answer": str(request["id"])})

    def _done(self, now: float) -> float:
        """When work that is begun now is over: a stall lengthens what it meets."""
        if self._at_s <= now < self._until_s:
            return self._until_s + self._service_s
        ends = now + self._service_s
        return ends + (self._until_s - self._at_s) if now < self._at_s < ends else ends
