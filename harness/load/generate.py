"""Start turns when they are due and write down what became of them. Time is the event loop's own, whatever that is."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.case_files import request_of
from harness.cases import Case
from harness.jsonl import dump
from harness.latency import from_cache
from harness.load.asking import Ask, AskFailed, Reply, Request
from harness.load.plan import Plan, due
from harness.load.samples import CUT_OFF, DROPPED, EMPTY, TIMEOUT, Sample

Record = Callable[[Sample], None]
_REST_S = 0.1
"""Least rest of a user whose turn was lost: a target that refuses at once would be asked without end."""


async def generate(plan: Plan, cases: Sequence[Case], ask: Ask, parts: Sequence[str], record: Record) -> None:
    """Put a load on a target; return when its last turn is answered or given up. Cancelled, it tells of those as well
    that were on their way.

    Args:
        plan: the load.
        cases: what is asked, over and over in an order of the plan's seed; a turn's id is `CASE#NUMBER`.
        ask: puts a turn to the target.
        parts: parts of a response that are kept for its quality.
        record: is told of each turn when it is over.
    """
    run = _Run(plan, _shuffled(cases, plan.seed), ask, tuple(parts), record)
    await (run.open() if plan.is_open else run.closed())


def _shuffled(cases: Sequence[Case], seed: int) -> list[Case]:
    order = list(cases)
    random.Random(seed).shuffle(order)
    return order


@dataclass
class _Run:
    """A load on its way."""

    plan: Plan
    cases: Sequence[Case]
    ask: Ask
    parts: tuple[str, ...]
    record: Record

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._known: dict[str, Mapping[str, object]] = {}

    async def open(self) -> None:
        """Start each turn when it is due; only the limit on turns in flight can keep one from starting."""
        in_flight: set[asyncio.Task[bool]] = set()
        try:
            await self._start_when_due(in_flight)
            await asyncio.gather(*in_flight)
        finally:
            for task in in_flight:
                task.cancel()
            await asyncio.gather(*in_flight, return_exceptions=True)

    async def _start_when_due(self, in_flight: set[asyncio.Task[bool]]) -> None:
        for number, due_s in enumerate(due(self.plan)):
            await asyncio.sleep(max(0.0, due_s - self._now()))
            if len(in_flight) >= self.plan.most_in_flight:
                self.record(Sample(number, self._case(number).id, due_s, error=DROPPED))
                continue
            task = self._loop.create_task(self._turn(number, due_s))
            in_flight.add(task)
            task.add_done_callback(in_flight.discard)

    async def closed(self) -> None:
        """Let each user ask, wait for the answer, rest, ask again."""
        numbers = itertools.count()
        await asyncio.gather(*(self._user(numbers) for _ in range(self.plan.vus)))

    async def _user(self, numbers: itertools.count[int]) -> None:
        while self._now() < self.plan.duration_s:
            is_answered = await self._turn(next(numbers), self._now())
            await asyncio.sleep(self.plan.think_s if is_answered else max(self.plan.think_s, _REST_S))

    async def _turn(self, number: int, due_s: float) -> bool:
        case, started_s = self._case(number), self._now()
        sample = Sample(number, case.id, due_s, started_s)
        outcome = replace(sample, error=CUT_OFF)
        try:
            outcome = await self._asked(sample, {**request_of(case), "id": f"{case.id}#{number}"})
        finally:
            self.record(replace(outcome, ended_s=self._now()))
        return not outcome.error

    async def _asked(self, sample: Sample, request: Request) -> Sample:
        try:
            async with asyncio.timeout(self.plan.timeout_s):
                return self._answered(sample, await self.ask(request))
        except TimeoutError:
            return replace(sample, error=TIMEOUT)
        except asyncio.CancelledError as error:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            return replace(sample, error=type(error).__name__)  # the target's own: it ends its turn, not the load
        except AskFailed as error:
            return replace(sample, error=error.kind)
        except Exception as error:  # noqa: BLE001 - foreign code: what a target raises is this turn's failure
            return replace(sample, error=type(error).__name__)

    def _answered(self, sample: Sample, reply: Reply) -> Sample:
        first = (
            None if reply.first_token_s is None or sample.started_s is None else sample.started_s + reply.first_token_s
        )
        kept = self._kept(reply.response)
        error_kind = _problem(kept.get("answer"))
        return replace(sample, first_token_s=first, cached=from_cache(reply.response), kept=kept, error=error_kind)

    def _kept(self, response: Mapping[str, object]) -> Mapping[str, object]:
        """The parts that matter; equal ones are held once, since a load asks the same things over and over."""
        kept = {part: response[part] for part in ("answer", *self.parts) if part in response}
        return self._known.setdefault(dump(kept), kept)

    def _case(self, number: int) -> Case:
        return self.cases[number % len(self.cases)]

    def _now(self) -> float:
        return self._loop.time() - self._began


def _problem(answer: object) -> str:
    """What keeps an answer from being one; empty for nothing."""
    if answer is not None and not isinstance(answer, str):
        return f"the answer is a {type(answer).__name__}"
    return "" if answer and answer.strip() else EMPTY
