"""Hold the load generator against what is known in advance: `python -m benchmarks.load_truth`. Takes two minutes.

A server that stands still for two seconds has latencies that can be calculated; a queue of desks has a capacity. Both
are served by HTTP on this machine's own sockets. A closed load on the same stalled server stands beside, to show what
it hides. A busy machine adds its own time to the figures.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from benchmarks.console import say
from benchmarks.load_servers import Server, serving
from harness.adapters.http_load import HttpLoad
from harness.cases import Case, Turn
from harness.load.generate import generate
from harness.load.known import Desks, Freezing
from harness.load.measure import Measures, Objective, measure
from harness.load.plan import Plan
from harness.load.samples import Sample
from harness.load.saturation import keeps_up, search

SERVICE_S, STALL_S, STALL_AT_S = 0.2, 2.0, 5.0
STALLED = Plan("constant", vus=40, duration_s=20.0, every_s=2.0)
DESKS, DESK_S = 2, 0.1
_CASE = Case("c", "load", "dev", (Turn("?"),), True)
_FREEZING = partial(Freezing, SERVICE_S, STALL_AT_S, STALL_S)
_STEP_S = 6.0


@dataclass(frozen=True)
class Row:
    """A figure as it must be and as it was reported."""

    name: str
    known: float
    reported: float

    @property
    def off(self) -> float:
        return self.reported / self.known - 1


def stalled_rows() -> list[Row]:
    """Mean and percentiles of even arrivals at a server that stalls, in milliseconds.

    Turns due during the stall wait for its end, those on their way wait all of it. So the longest latencies are those
    of turns that were on their way, and from these on they fall by a second each second.
    """
    found = _on(_FREEZING, STALLED)
    mean_s = SERVICE_S + (SERVICE_S * STALL_S + STALL_S**2 / 2) / STALLED.duration_s
    rows = [Row("stall, mean ms", mean_s * 1000, found.mean_latency_ms or 0.0)]
    for quantile in found.latency[1:]:
        longer_s = (1 - quantile.percent / 100) * STALLED.duration_s
        known_s = SERVICE_S + STALL_S - max(0.0, longer_s - SERVICE_S)
        rows.append(Row(f"stall, p{quantile.percent:g} ms", known_s * 1000, quantile.value or 0.0))
    return rows


def hidden_ms() -> float:
    """What a closed load of three users reports as the 95th percentile of the same server."""
    found = _on(_FREEZING, replace(STALLED, arrival="closed", vus=3))
    return found.latency[1].value or 0.0


def saturation_row() -> Row:
    """The capacity of a queue of desks with a fixed service time (D/D/c), turns a second."""
    with serving(partial(Desks, DESKS, DESK_S)) as address:

        async def tries(rate: float) -> bool:
            step = Plan("constant", 1, duration_s=_STEP_S, every_s=1 / rate, timeout_s=120)
            return keeps_up(await _samples(address, step))

        found = asyncio.run(search(5.0, tries))
    return Row("saturation, turns a second", DESKS / DESK_S, found.rate_per_s or 0.0)


def main() -> None:
    """Print a table."""
    say(f"{'figure':<28}{'known':>10}{'reported':>10}{'off':>9}\n")
    for row in [*stalled_rows(), saturation_row()]:
        say(f"{row.name:<28}{row.known:10.1f}{row.reported:10.1f}{row.off:9.2%}\n")
    say(f"{'stall, p95 ms, closed load':<28}{'':>10}{hidden_ms():10.1f}   hides the stall\n")


def _on(make: Callable[[], Server], plan: Plan) -> Measures:
    with serving(make) as address:
        samples = asyncio.run(_samples(address, plan))
    return measure(plan, samples, {sample.number: True for sample in samples}, Objective())


async def _samples(address: str, plan: Plan) -> list[Sample]:
    samples: list[Sample] = []
    async with HttpLoad(address, plan.timeout_s) as target:
        await generate(plan, [_CASE], target.ask, (), samples.append)
    return samples


if __name__ == "__main__":
    main()
