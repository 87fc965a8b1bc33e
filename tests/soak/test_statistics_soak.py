"""The long form of `tests/harness/test_gate_power.py`."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

RUNS = 2_000
FEWER = 400
"""For worlds whose runs take long to draw and for power, which needs no such precision."""


def _error(rate: float, runs: int) -> float:
    return 3 * math.sqrt(rate * (1 - rate) / runs)


@pytest.fixture
def benchmark(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(repository))
    return import_module("benchmarks.gate_power")


@pytest.mark.soak
def test_a_run_against_itself_fails_at_most_one_time_in_twenty(benchmark: Any) -> None:
    for world in benchmark.AA:
        runs = FEWER if world.graded or world.together > 1 else RUNS
        assert benchmark.simulated(world, runs).any_fails <= 0.05 + _error(0.05, runs), world


@pytest.mark.soak
@pytest.mark.parametrize("drop", [0.03, 0.05, 0.1])
@pytest.mark.parametrize(
    "labels",
    [{"noise": 0.0}, {"noise": 0.03}, {"metrics": 5}, {"noise": 0.0, "metrics": 5}],
    ids=["no noise", "little noise", "five metrics", "five metrics, no noise"],
)
def test_planted_drops_are_caught_as_often_as_forecast(benchmark: Any, labels: dict[str, Any], drop: float) -> None:
    rates = benchmark.simulated(replace(benchmark.World(**labels), drop=drop), FEWER)
    assert rates.first_fails == pytest.approx(rates.forecast, abs=0.05 + _error(0.5, FEWER))
