"""What targets, metrics and judges may do to a run: a case or a score fails, the run goes on and is not green."""

from __future__ import annotations

import asyncio
import math
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.adapters.http import HttpTarget
from harness.adapters.json_schema import complaint
from harness.cases import Measured, Observation, TargetUnusable
from harness.jsonl import dump
from harness.latency import milliseconds
from harness.loading import load
from harness.observe import Door, observe
from harness.pace import Pace
from harness.ports import Target
from harness.score import score
from harness.stats.repeats import response_digest
from harness.targets import CallableTarget, CommandTarget
from harness.trial import Trial, higher
from tests.harness.support import a_case, an_observation, resources

REQUEST = {"id": "a", "turns": ["안녕"]}


def _observed(target: Target) -> Observation:
    door = Door([target], Pace(0, lambda: 0.0, lambda _: None), complaint, lambda: 0.0)
    (found,) = observe([(a_case(), 0)], door)
    target.close()
    return found


def _circle() -> dict[str, object]:
    found: dict[str, object] = {"answer": "네"}
    found["self"] = found
    return found


def _deep() -> dict[str, object]:
    found: list[object] = []
    for _ in range(5000):
        found = [found]
    return {"answer": "네", "deep": found}


@pytest.mark.parametrize(
    "response", [{"answer": "네", "x": {(1, 2): 3}}, _circle(), _deep()], ids=["a key is no text", "a circle", "deep"]
)
def test_a_response_that_cannot_be_written_fails_its_case_and_not_the_run(response: object) -> None:
    found = _observed(CallableTarget(lambda _: response, 5))
    assert found.response is None
    assert str(found.error).startswith("gave what cannot be written as JSON")


def test_half_a_character_and_numbers_of_numpy_can_be_written() -> None:
    found = _observed(CallableTarget(lambda _: {"answer": "네 \ud83d", "timings_ms": {"total": np.float32(2.5)}}, 5))
    assert found.error is None
    assert dump(found.response) == '{"answer": "네 ?", "timings_ms": {"total": 2.5}}'


@pytest.mark.parametrize(
    ("part", "value", "kept"),
    [("timings_ms", [1], {}), ("events", ["x"], ()), ("passages", {"a": 1}, ()), ("usage", "free", {})],
)
def test_a_part_of_a_wrong_shape_is_kept_out_of_what_reports_read(part: str, value: object, kept: object) -> None:
    found = _observed(CallableTarget(lambda _: {"answer": "네", part: value}, 5))
    assert str(found.error).startswith("the response breaks the contract")
    assert found.response == {"answer": "네", part: kept}


def _raising(error: BaseException) -> Callable[[object], object]:
    def target(_: object) -> object:
        raise error

    return target


@pytest.mark.parametrize("error", [KeyboardInterrupt(), asyncio.CancelledError(), GeneratorExit()], ids=repr)
def test_what_a_target_raises_is_said_at_once_whatever_it_is(error: BaseException) -> None:
    target = CallableTarget(_raising(error), 30)
    with pytest.raises(RuntimeError, match=type(error).__name__):
        target.ask(REQUEST)
    target.close()


def test_an_async_target_that_raises_an_interrupt_does_not_take_the_loop_with_it() -> None:
    async def target(request: Mapping[str, object]) -> dict[str, object]:
        if request["id"] == "a":
            raise KeyboardInterrupt
        return {"answer": "네"}

    found = CallableTarget(target, 30)
    with pytest.raises(RuntimeError, match="KeyboardInterrupt"):
        found.ask(REQUEST)
    assert found.ask({**REQUEST, "id": "b"}) == {"answer": "네"}
    found.close()


def _command(tmp_path: Path, code: str) -> CommandTarget:
    script = tmp_path / "bot.py"
    script.write_text(f"import json, os, sys, time\n{code}", encoding="utf-8")
    return CommandTarget(f"{sys.executable} {script}", 20, tmp_path)


def _answers(target: CommandTarget, ids: str) -> list[str]:
    """For each question the answer, or the first words of what went wrong."""
    found = []
    for id_ in ids:
        try:
            found.append(str(target.ask({"id": id_, "turns": [id_]})["answer"]))
        except (ValueError, RuntimeError) as error:
            found.append(str(error))
    target.close()
    return found


LATE = """
late = ""
for line in sys.stdin:
    id_ = json.loads(line)["id"]
    print(json.dumps({"id": late, "answer": late}) if late else "{\\"answer\\": \\"ready\\"}", flush=True)
    late = id_
"""


def test_a_command_that_answers_the_question_before_is_found_out(tmp_path: Path) -> None:
    assert _answers(_command(tmp_path, LATE), "ab") == ["ready", "the command answered 'a', which was asked before"]


def test_a_log_line_among_the_answers_fails_each_case_rather_than_shift_them(tmp_path: Path) -> None:
    code = 'print("Loading", flush=True)\nfor line in sys.stdin: print(json.dumps({"answer": line}), flush=True)'
    assert all("'Loading'" in found for found in _answers(_command(tmp_path, code), "abc"))


def test_a_line_too_many_is_no_answer_to_the_next_question(tmp_path: Path) -> None:
    code = 'for line in sys.stdin: print(json.dumps({"answer": "x"}) + "\\n" + json.dumps({"answer": "y"}), flush=True)'
    target = _command(tmp_path, code)
    assert target.ask(REQUEST) == {"answer": "x"}
    for _ in range(200):  # the second line was written with the first, but may not be read yet
        if not target._lines.empty():
            break
        threading.Event().wait(0.01)
    with pytest.raises(ValueError, match="a line more than it was asked for"):
        target.ask(REQUEST)
    target.close()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("input(); sys.stdout.buffer.write(bytes([255, 10])); sys.stdout.flush(); time.sleep(60)", "not a JSON object"),
        ("input(); os.close(1); time.sleep(60)", "closed its output"),
    ],
    ids=["no UTF-8", "output closed"],
)
def test_a_command_that_lives_on_without_answering_is_not_waited_for(tmp_path: Path, code: str, message: str) -> None:
    assert message in _answers(_command(tmp_path, code), "a")[0]


class _Dripping(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("content-type", self.path.removeprefix("/"))
        self.send_header("content-length", "1000")
        self.end_headers()
        try:
            for _ in range(1000):
                self.wfile.write(b" ")
                threading.Event().wait(0.05)
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def drips() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Dripping)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
def test_an_answer_that_drips_is_given_up(drips: str, kind: str) -> None:
    target = HttpTarget(f"{drips}/{kind}", 0.3)
    with pytest.raises(TimeoutError, match=r"within 0\.3 s"):
        target.ask(REQUEST)
    target.close()


def _scored(measure: Callable[[Trial], Any]) -> tuple[str, str]:
    metric = higher("mine", measure, ("answer",), "")
    case, seen = a_case(), an_observation({"answer": "네"})
    (found,) = score([case], {case.id: seen}, [metric], {"answer"}, resources(), 5.0)
    return found.verdict, found.reason


@pytest.mark.parametrize(
    ("measure", "verdict", "reason"),
    [
        (lambda _: sys.exit(0), "UNMEASURED", "SystemExit: 0"),
        (_raising(asyncio.CancelledError()), "UNMEASURED", "CancelledError"),
        (lambda _: 10**400, "UNMEASURED", "not a number"),
        (lambda _: "0.9", "UNMEASURED", "gave '0.9', not a number"),
        (lambda _: Measured(1.0, "", {"a": {("a", 1): 2}}), "UNMEASURED", "cannot be written as JSON"),
        (lambda _: Measured(1.0, "", _circle()), "UNMEASURED", "cannot be written as JSON"),
        (lambda _: np.float32(1), "PASS", ""),
        (lambda _: np.bool_(False), "FAIL", ""),
    ],
    ids=["exits", "is cancelled", "huge", "text", "odd details", "a circle", "float32", "numpy's truth"],
)
def test_a_metric_gives_a_number_or_the_score_is_unmeasured(
    measure: Callable[[Trial], Any], verdict: str, reason: str
) -> None:
    found = _scored(measure)
    assert found[0] == verdict
    assert reason in found[1]


def test_a_user_can_still_interrupt_scoring() -> None:
    with pytest.raises(KeyboardInterrupt):
        _scored(_raising(KeyboardInterrupt()))


def test_a_module_that_exits_when_it_is_imported_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "leaver.py").write_text("import sys\nsys.exit(0)\n", encoding="utf-8")
    for spec in ("leaver.py:answer", "leaver:answer"):
        with pytest.raises(TargetUnusable, match="SystemExit: 0"):
            load(spec, tmp_path)


def test_times_beyond_all_floats_are_no_times() -> None:
    assert [milliseconds(value) for value in (10**400, math.inf, 1e308)] == [None, None, 1e308]


def test_what_the_contract_does_not_know_makes_no_other_answer() -> None:
    same = [response_digest({"answer": "네", "trace_id": trace}) for trace in ("a", "b")]
    assert same[0] == same[1] != response_digest({"answer": "아니요"})
