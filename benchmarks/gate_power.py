"""How often gates with a margin cry wolf, and how often they see a drop: `python -m benchmarks.gate_power [RUNS]`.

Two runs of an invented system are drawn case by case, scored by correlated metrics in conversations of several cases,
and held against one another by the gates as they ship. In A/A rows nothing changed: a failing gate is a false alarm. In
the others one metric of several lost as many points as the row says. 1,000 runs a row take about two minutes.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.console import say
from harness.baseline import Baseline
from harness.cases import Case, Figure, Gate, Turn
from harness.gate import Evidence, held
from harness.margins import Run, comparisons, members
from harness.stats.clusters import clustered
from harness.stats.power import chance_to_see, variance

RUNS = 1_000
SUITE = "invented"
ALPHA = 0.05
_GRADES = 4


@dataclass(frozen=True)
class World:
    """What is drawn.

    Attributes:
        cases: how many.
        together: cases of a conversation.
        metrics: gated ones.
        noise: how unsteady the system is from run to run, as a part of all that decides a value; 0 repeats itself.
        shared: the part of that noise which all cases of a conversation and all metrics have in common.
        graded: values are quarters, not 0 and 1.
        drop: what the first metric loses, on the mean.
        margin: of the gates.
    """

    cases: int = 230
    together: int = 1
    metrics: int = 20
    noise: float = 0.15
    shared: float = 0.5
    graded: bool = False
    drop: float = 0.0
    margin: float = 0.05

    @property
    def names(self) -> list[str]:
        return [f"metric_{index:02d}" for index in range(self.metrics)]


@dataclass(frozen=True)
class Rates:
    """Of many runs: the shares in which any gate failed and the first did, and what the formula forecasts for that."""

    any_fails: float
    first_fails: float
    forecast: float


AA = (
    World(),
    World(noise=0.03),
    World(graded=True),
    World(together=3),
    World(together=5, graded=True),
    World(cases=60, together=2),
    World(cases=39, metrics=6),
)
DROPS = tuple(
    replace(world, drop=drop)
    for world in (World(noise=0.0), World(noise=0.03), World(), World(graded=True), World(together=3), World(metrics=5))
    for drop in (0.03, 0.05, 0.10)
)


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    say(
        "| cases | of a talk | metrics | noise | values | planted drop | any gate fails | its gate fails | forecast |\n"
    )
    say("|" + "---|" * 9 + "\n")
    for world in (*AA, *DROPS):
        rates = simulated(world, runs)
        values = "quarters" if world.graded else "0 or 1"
        forecast = f"{rates.forecast:.1%}" if world.drop else ""
        say(
            f"| {world.cases} | {world.together} | {world.metrics} | {world.noise:g} | {values} | {world.drop:g} "
            f"| {rates.any_fails:.1%} | {rates.first_fails:.1%} | {forecast} |\n"
        )


def simulated(world: World, runs: int, seed: int = 1) -> Rates:
    """Draw `runs` pairs of runs and hold each against its gates."""
    fails = np.array([_fails(world, draw) for draw in _streams(seed, runs)])
    return Rates(float(fails.any(axis=1).mean()), float(fails[:, 0].mean()), forecast(world, seed))


def forecast(world: World, seed: int = 1) -> float:
    """The chance of the first gate to see the planted drop, by the formula of `harness.stats.power`."""
    if not world.drop:
        return 0.0
    talks = [f"{index // world.together:06d}" for index in range(world.cases)]
    noise = []
    for draw in _streams(seed, 50):
        before, after = drawn(replace(world, drop=0.0), draw)
        noise.append(variance(clustered(after[0] - before[0], talks)))
    return chance_to_see(world.drop, float(np.mean(noise)), len(set(talks)), ALPHA / world.metrics)


def _streams(seed: int, runs: int) -> Iterator[np.random.Generator]:
    return (np.random.default_rng((seed, run)) for run in range(runs))


def _fails(world: World, draw: np.random.Generator) -> list[bool]:
    """Whether each gate fails, in one pair of runs."""
    ids = tuple(f"case-{index}" for index in range(world.cases))
    before, after = (
        {name: row for name, row in zip(world.names, run.tolist(), strict=True)} for run in drawn(world, draw)
    )
    figures = [Figure(SUITE, name, sum(row) / len(row), len(row)) for name, row in after.items()]
    gates = [Gate(name, SUITE, margin=world.margin, alpha=ALPHA) for name in world.names]
    baseline = Baseline("", "", {}, {SUITE: ids}, {SUITE: {name: tuple(row) for name, row in before.items()}})
    values = {(SUITE, name): dict(zip(ids, row, strict=True)) for name, row in after.items()}
    run = Run({SUITE: members(_cases(world, ids))}, figures, values, {})
    evidence = Evidence(figures, {}, {}, {SUITE}, {}, comparisons(gates, run, baseline))
    return [result.standing == "fails" for result in held(gates, evidence)]


def _cases(world: World, ids: Sequence[str]) -> Iterator[Case]:
    for index, id_ in enumerate(ids):
        yield Case(id_, SUITE, "dev", (Turn(id_),), answerable=True, conversation=f"talk-{index // world.together}")


def drawn(world: World, draw: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(metrics, cases) values of the earlier and the later run, around nine in ten of what could be had."""
    ease = _mixed(world, draw)
    runs = [math.sqrt(1 - world.noise) * ease + math.sqrt(world.noise) * _mixed(world, draw) for _ in range(2)]
    before, after = (_valued(world, run) for run in runs)
    after[0] -= _loss(world, after[0], draw)
    return before, after


def _mixed(world: World, draw: np.random.Generator) -> NDArray[np.float64]:
    """(metrics, cases) normal deviates that conversations, and within them the metrics, have partly in common."""
    talks = math.ceil(world.cases / world.together)
    common = np.repeat(draw.standard_normal(talks), world.together)[: world.cases]
    own = draw.standard_normal((world.metrics, world.cases))
    return np.asarray(math.sqrt(world.shared) * common + math.sqrt(1 - world.shared) * own, dtype=np.float64)


def _valued(world: World, latent: NDArray[np.float64]) -> NDArray[np.float64]:
    if not world.graded:
        return (latent > -1.2816).astype(np.float64)
    steps = [latent > bar for bar in (-2.0, -1.5, -1.2, -0.8)]
    return np.asarray(np.sum(steps, axis=0) / _GRADES, dtype=np.float64)


def _loss(world: World, values: NDArray[np.float64], draw: np.random.Generator) -> NDArray[np.float64]:
    """(cases,) what is taken: whole conversations lose all they have, so many that the mean loses `drop` on average."""
    talks = np.arange(world.cases) // world.together
    share = world.drop / values.mean()
    return np.asarray(np.where((draw.random(talks[-1] + 1) < share)[talks], values, 0.0), dtype=np.float64)


if __name__ == "__main__":
    main()
