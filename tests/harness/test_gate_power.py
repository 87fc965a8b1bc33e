"""The short form; the long one is `tests/soak/test_statistics_soak.py`, the table `python -m benchmarks.gate_power`."""

from __future__ import annotations

import math
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.stats.permutation import sign_flip

RUNS = 40


def most(rate: float, runs: int) -> float:
    """What a true rate may look like in so many runs, three standard errors up."""
    return rate + 3 * math.sqrt(rate * (1 - rate) / runs)


@pytest.fixture
def benchmark(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(repository))
    return import_module("benchmarks.gate_power")


@pytest.mark.parametrize("labels", [{}, {"together": 4, "graded": True}], ids=["shares", "conversations of grades"])
def test_a_run_against_itself_seldom_fails_any_gate(benchmark: Any, labels: dict[str, Any]) -> None:
    world = benchmark.World(cases=100, metrics=6, **labels)
    assert benchmark.simulated(world, RUNS).any_fails <= most(0.05, RUNS)


def test_a_planted_drop_of_five_points_is_caught_as_often_as_forecast(benchmark: Any) -> None:
    rates = benchmark.simulated(benchmark.World(noise=0.0, metrics=5, drop=0.05), RUNS)
    assert rates.forecast > 0.9
    assert rates.first_fails >= rates.forecast - 3 * math.sqrt(0.25 / RUNS)


def test_conversations_taken_for_single_cases_would_cry_wolf(benchmark: Any) -> None:
    world = benchmark.World(cases=150, together=10, metrics=1, shared=1.0, noise=0.5)
    runs = [benchmark.drawn(world, np.random.default_rng(seed)) for seed in range(RUNS)]
    apart = [sign_flip(before[0] - after[0])[0] <= 0.05 for before, after in runs]
    assert sum(apart) / RUNS > most(0.05, RUNS)
    assert benchmark.simulated(world, RUNS).any_fails <= most(0.05, RUNS)
