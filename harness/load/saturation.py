"""Find the rate of turns up to which a target keeps up: double until it does not, then halve what lies between."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.load.samples import Sample

MOST_LOST = 0.01
STEEPEST = 0.03
"""Seconds by which latency may grow each second. Above its capacity a queue's grows by (rate / capacity - 1)."""
LENGTHS = (1, 2, 4, 8)
"""How much longer a rate is tried, again from an empty queue, while chance could have decided."""
_SURE = 4.0
"""Standard errors between a growth and `STEEPEST` that leave no doubt."""
_BLOCKS = 8
"""Means over so many stretches of a step: one turn's latency is much like the next one's, which a line through single
turns takes for certainty.
"""
PRECISION = 1.05
_MOST_STEPS = 24


@dataclass(frozen=True)
class Step:
    """A rate that was tried, turns a second, and whether the target kept up."""

    rate_per_s: float
    kept_up: bool


@dataclass(frozen=True)
class Saturation:
    """The highest rate kept and the lowest that was not; None where none was found on that side."""

    kept: float | None
    lost: float | None
    steps: tuple[Step, ...]

    @property
    def rate_per_s(self) -> float | None:
        """The middle of the two; None where the target was not brought to its limit, or never kept up."""
        return None if self.kept is None or self.lost is None else (self.kept * self.lost) ** 0.5


@dataclass(frozen=True)
class Growth:
    """By how many seconds the latency of a constant load grows each second, and the standard error of that."""

    slope: float
    error: float

    @property
    def keeps_up(self) -> bool:
        """Whether the target kept up, as far as one can see."""
        return self.slope <= STEEPEST

    @property
    def is_plain(self) -> bool:
        """Whether chance has no part in it."""
        return abs(self.slope - STEEPEST) > _SURE * self.error


def growth(samples: Sequence[Sample]) -> Growth:
    """How the latencies of a constant load went; where turns are lost they grow beyond all bounds.

    The first quarter, in which queues fill, is left out.
    """
    timed = sorted((sample for sample in samples if sample.is_timed), key=lambda sample: sample.due_s)
    if len(timed) < (1 - MOST_LOST) * len(samples) or len(timed) < 4:
        return Growth(math.inf, 0.0)
    late = timed[len(timed) // 4 :]
    return _line([one.due_s for one in late], [one.latency_ms / 1000 for one in late])


def keeps_up(samples: Sequence[Sample]) -> bool:
    """Whether a target kept up with a constant load."""
    return growth(samples).keeps_up


async def search(
    start_per_s: float,
    tries: Callable[[float], Awaitable[bool]],
    least_per_s: float = 0.0,
    precision: float = PRECISION,
) -> Saturation:
    """Search for the rate that a target keeps up with.

    Args:
        start_per_s: the first rate tried, turns a second.
        tries: puts a rate on the target and says whether it kept up.
        least_per_s: no lower rate is tried, save the first.
        precision: ratio of the two bounds at which the search ends.
    """
    steps: list[Step] = []
    kept: float | None = None
    lost: float | None = None
    rate = start_per_s
    while len(steps) < _MOST_STEPS and (kept is None or lost is None or lost / kept > precision):
        steps.append(Step(rate, await tries(rate)))
        kept, lost = (rate, lost) if steps[-1].kept_up else (kept, rate)
        rate = (kept * lost) ** 0.5 if kept and lost else rate * (2 if kept else 0.5)
        if rate < least_per_s:
            break
    return Saturation(kept, lost, tuple(steps))


def _line(at: Sequence[float], values: Sequence[float]) -> Growth:
    """The least-squares line through the means of stretches; level for moments that do not differ."""
    count = min(_BLOCKS, len(at))
    x, y = (np.asarray([part.mean() for part in np.array_split(np.asarray(row), count)]) for row in (at, values))
    x, y = x - x.mean(), y - y.mean()
    spread = float(x @ x)
    if not spread:
        return Growth(0.0, 0.0)
    slope = float(x @ y) / spread
    rest = y - slope * x
    return Growth(slope, float(np.sqrt(rest @ rest / max(1, count - 2) / spread)))
