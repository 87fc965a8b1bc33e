"""What load is put on a target, and when each turn is meant to start."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harness.cases import ConfigError

Arrival = Literal["poisson", "constant", "closed"]
ARRIVALS: tuple[Arrival, ...] = ("poisson", "constant", "closed")


@dataclass(frozen=True)
class Plan:
    """A load.

    Attributes:
        arrival: "poisson" and "constant" are open: turns start when they are due, whatever became of those before.
            "closed" has every user wait for an answer before the next turn, which hides a stall from the latencies.
        vus: users. Of an open load each begins a turn every `every_s` seconds on average; of a closed one each has one
            turn on its way at a time and rests `think_s` after an answer.
        duration_s: how long turns begin.
        every_s: seconds between two turns of one user, open only.
        think_s: rest after an answer, closed only.
        seed: of arrivals and of the order of cases.
        timeout_s: after which a turn has failed.
        most_in_flight: turns on their way at once, open only; a turn due beyond them is dropped and counted.
    """

    arrival: Arrival
    vus: int
    duration_s: float
    every_s: float = 10.0
    think_s: float = 0.0
    seed: int = 0
    timeout_s: float = 60.0
    most_in_flight: int = 512

    @property
    def is_open(self) -> bool:
        return self.arrival != "closed"

    @property
    def rate_per_s(self) -> float:
        """Turns due a second of an open load."""
        return self.vus / self.every_s


def arrival_of(word: str) -> Arrival:
    """Raises: ConfigError: it is none of the arrivals."""
    for arrival in ARRIVALS:
        if word == arrival:
            return arrival
    raise ConfigError(f"--arrival is {word!r}; use {', '.join(ARRIVALS)}")


def due(plan: Plan) -> Iterator[float]:
    """When the turns of an open load are due, seconds from its start, rising, below its duration.

    Poisson arrivals are those of independent users: many of them together have exponential times between turns.
    """
    drawn, at = random.Random(plan.seed), 0.0
    if plan.arrival == "poisson":
        at = drawn.expovariate(plan.rate_per_s)
    count = 0
    while at < plan.duration_s:
        yield at
        count += 1
        at = at + drawn.expovariate(plan.rate_per_s) if plan.arrival == "poisson" else count / plan.rate_per_s
