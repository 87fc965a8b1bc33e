from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.cases import TargetUnusable
from harness.targets import CallableTarget, CommandTarget, door_of
from tests.harness import bots

REQUEST: Mapping[str, Any] = {"id": "a", "turns": ["페티가 누구야?"]}


@pytest.fixture(autouse=True)
def _rules(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_WORKSPACE", str(workspace))


@pytest.fixture
def command() -> Iterator[CommandTarget]:
    target = CommandTarget(f"cmd:{sys.executable} {bots.__file__}", 20, Path.cwd())
    yield target
    target.close()


@pytest.mark.parametrize(
    ("spec", "door"),
    [
        ("https://bot.example/answer", "address"),
        ("http://localhost:8000", "address"),
        ("eco2.app:answer", "callable"),
        ("examples/bot.py:answer", "callable"),
        ("bot:Bot.answer", "callable"),
        ("python bot.py", "command"),
        ("cmd:bot:answer", "command"),
    ],
)
def test_a_target_string_tells_its_door(spec: str, door: str) -> None:
    assert door_of(spec) == door


@pytest.mark.parametrize("name", ["answer", "later"], ids=["plain", "async"])
def test_a_callable_answers_plain_or_async(name: str) -> None:
    target = CallableTarget(getattr(bots, name), 5)
    assert target.ask(REQUEST)["intents"] == ["character"]
    assert target.ask(REQUEST) == target.ask(REQUEST)
    target.close()


def test_a_call_that_takes_too_long_is_given_up_and_the_next_one_answers() -> None:
    slow_first = iter([bots.hangs, bots.answer])
    target = CallableTarget(lambda request: next(slow_first)(request), 0.05)
    with pytest.raises(TimeoutError, match=r"no answer within 0\.05 s"):
        target.ask(REQUEST)
    assert target.ask(REQUEST)["agents"] == ["character"]


def test_a_timeout_of_the_target_itself_comes_through_as_it_is() -> None:
    def times_out(request: Mapping[str, Any]) -> Mapping[str, Any]:
        raise TimeoutError("the vendor did not answer")

    with pytest.raises(TimeoutError, match="vendor"):
        CallableTarget(times_out, 5).ask(REQUEST)


def test_a_target_that_leaves_the_process_does_not_take_the_run_along() -> None:
    with pytest.raises(RuntimeError, match=r"sys\.exit\(7\)"):
        CallableTarget(bots.leaves, 5).ask(REQUEST)


def test_what_is_no_callable_is_refused_at_once() -> None:
    with pytest.raises(TargetUnusable, match="is a int"):
        CallableTarget(bots.not_callable, 5, "bots:not_callable")


def test_a_command_answers_line_by_line(command: CommandTarget) -> None:
    assert command.ask(REQUEST)["intents"] == ["character"]
    assert command.ask({**REQUEST, "turns": ["시세?"]})["intents"] == ["recyclable_price"]


@pytest.mark.parametrize(
    ("code", "message"),
    [("import sys; sys.exit(4)", "exit code 4"), ("print('[1]')", "the command wrote")],
    ids=["ends", "no object"],
)
def test_a_command_that_does_not_answer_fails_its_case(code: str, message: str) -> None:
    target = CommandTarget(f'{sys.executable} -c "{code}"', 20, Path.cwd())
    with pytest.raises((RuntimeError, ValueError), match=message):
        target.ask(REQUEST)
    target.close()


def test_a_silent_command_times_out_and_is_ended() -> None:
    target = CommandTarget(f'{sys.executable} -c "input(); input()"', 0.5, Path.cwd())
    with pytest.raises(TimeoutError, match="flush"):
        target.ask(REQUEST)
    assert target._process is None


def test_a_command_that_cannot_start_is_unusable() -> None:
    with pytest.raises(TargetUnusable, match="cannot start"):
        CommandTarget("cmd:no-such-program-anywhere", 5, Path.cwd()).ask(REQUEST)
    with pytest.raises(TargetUnusable, match="empty"):
        CommandTarget("cmd:", 5, Path.cwd())
