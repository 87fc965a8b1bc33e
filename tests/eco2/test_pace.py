"""Declared latencies: what is known of a source is what calls take, the same in every run, and only within a turn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eco2.adapters.recorded_world import RecordedWorld
from eco2.agents.table import AGENTS
from eco2.app import Bot, answer, bot
from eco2.graph import build_graph
from eco2.intake import read_request
from eco2.outside import Spot
from eco2.pace import Pace, in_turn, pace_of
from eco2.paced import PacedModel, PacedWorld
from eco2.settings import Settings
from eco2.turns import SettingsError
from tests.eco2.conftest import WORLD, Wire


def _real(scale: float = 1.0, seed: int = 0) -> Pace:
    pace = pace_of(f"real*{scale}@{seed}")
    assert pace is not None
    return pace


def _drawn(pace: Pace, source: str, n: int = 20_000) -> Any:
    return np.array([pace.delay_s(str(turn), source, "", 1) for turn in range(n)])


@pytest.mark.parametrize(
    ("source", "percent", "seconds"),
    [("understand", 10, 10.0), ("understand", 90, 20.0), ("compose", 99, 46.6), ("look", 99, 37.9), ("pages", 50, 3.0)],
)
def test_calls_take_what_is_known_of_them(source: str, percent: float, seconds: float) -> None:
    assert np.percentile(_drawn(_real(), source), percent) == pytest.approx(seconds, rel=0.06)


@pytest.mark.parametrize(("source", "seconds"), [("compose", 14.13), ("look", 12.25)])
def test_on_average_calls_take_what_was_measured(source: str, seconds: float) -> None:
    assert _drawn(_real(), source).mean() == pytest.approx(seconds, rel=0.02)


def test_the_scale_stretches_time_and_nothing_else() -> None:
    assert _drawn(_real(0.01), "compose", 50) == pytest.approx(_drawn(_real(), "compose", 50) / 100)


def test_a_call_takes_as_long_in_every_run_and_differs_by_turn_number_and_seed() -> None:
    pace = _real()
    first = pace.delay_s("a", "compose", "", 1)
    others = [("b", "compose", "", 1), ("a", "compose", "", 2), ("a", "look", "", 1)]
    assert first == _real().delay_s("a", "compose", "", 1)
    assert first not in [pace.delay_s(*other) for other in others] + [_real(seed=1).delay_s("a", "compose", "", 1)]


def test_nothing_waits_outside_a_turn_or_for_a_source_that_is_not_declared() -> None:
    slept: list[float] = []
    pace = replace(_real(), sleep=slept.append)
    pace.wait("compose")
    with in_turn("t"):
        pace.wait("weather")
    assert slept == [0.0]


def _paced(wire: Wire, slept: list[float]) -> Bot:
    """The bot of the small rulebook with a pace that only writes down."""
    built, pace = wire(), replace(_real(), sleep=slept.append)
    world = PacedWorld(RecordedWorld(WORLD, "world"), pace)
    sources = {agent.name: replace(built.steps.sources[agent.name], outside=world) for agent in AGENTS}
    steps = replace(built.steps, model=PacedModel(built.steps.model, pace), sources=sources)
    return Bot(steps, build_graph(steps), built.new_id)


def test_a_turn_waits_for_its_model_and_its_sources_on_whatever_thread(wire: Wire) -> None:
    request = read_request({"id": "t", "turns": ["페트병 어떻게 버려? 그리고 강남 수거함 어디 있어?"]})
    slept: list[float] = []
    again: list[float] = []
    plain, told = wire().answer(request), _paced(wire, slept).answer(request)
    _paced(wire, again).answer(request)
    assert told["answer"] == plain["answer"]
    assert {_real().delay_s("t", task, "''", 1) for task in ("understand", "compose")} < set(slept)
    assert 1.0 in slept
    assert sorted(slept) == sorted(again)


def test_the_same_question_asked_again_in_a_turn_takes_another_time() -> None:
    slept: list[float] = []
    pace = Pace({"weather": _real().delays["compose"]}, sleep=slept.append)
    world = PacedWorld(RecordedWorld(WORLD, "world"), pace)
    spot = Spot("s", "강남", "Gangnam", 37.5, 127.0)
    with in_turn("t"):
        found = [world.weather(spot), world.weather(spot)]
    assert (found[0], len(set(slept))) == (found[1], 2)


def test_a_setting_makes_the_repository_s_bot_wait(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_WORKSPACE", str(repository))
    monkeypatch.setenv("ECO2_PACE", "real*0.005@3")
    timings = answer({"id": "t", "turns": ["페트병 어떻게 버려?"]})["timings_ms"]
    expected = _real(0.005, 3).delay_s("t", "compose", "''", 1) * 1000
    assert isinstance(timings, dict)
    assert timings["compose"] >= expected > 10


def test_without_a_setting_nothing_is_wrapped(repository: Path) -> None:
    assert not isinstance(bot(Settings(workspace=repository), Path.cwd()).steps.model, PacedModel)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("imagined", "ECO2_PACE names 'imagined'; known are real"),
        ("real*fast", "after '\\*' comes a number"),
        ("real*-1", "after '\\*' comes a number"),
        ("real*1@x", "after '@' comes a whole number"),
        ("none.toml", "cannot be read"),
    ],
)
def test_a_pace_that_cannot_be_read_is_one_line(text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Settings.from_env({"ECO2_PACE": text})


@pytest.mark.parametrize(
    "row", ["{mean = 1.0}", "{mean = 1.0, p99 = 16.0}", "{p10 = 2, p90 = 1}", "3", "{fixed = -1}", "{fixed = true}"]
)
def test_figures_that_no_lognormal_has_are_refused(tmp_path: Path, row: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f"compose = {row}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"compose is .* give seconds above 0 as a table of fixed or of mean, p99"):
        pace_of(str(file))


def test_a_file_of_one_s_own_is_a_pace(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("compose = {fixed = 2}\n", encoding="utf-8")
    pace = pace_of(f"{file}*0.5")
    assert pace is not None
    assert pace.delay_s("t", "compose", "", 1) == 1.0
