from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from harness.adapters.http import HttpTarget
from harness.sse import StreamFailed, data_of, response_of

REQUEST = {"id": "a", "turns": ["안녕"]}
STREAM = (
    ': keep-alive\n\nid: 1\ndata: {"type": "event", "seq": 1, "stage": "understand"}\n\n'
    'data: {"type": "token", "seq": 2, "payload": {"text": "안"}}\n\n'
    'data: {"type": "token", "seq": 3, "payload": {"text": "녕"}}\n\n'
)


def _target(answer: Callable[[httpx.Request], httpx.Response]) -> HttpTarget:
    return HttpTarget("http://bot.test/answer", 5, httpx.MockTransport(answer))


def test_a_json_reply_is_the_response() -> None:
    target = _target(lambda request: httpx.Response(200, json={"answer": json.loads(request.content)["turns"][0]}))
    assert target.ask(REQUEST) == {"answer": "안녕"}
    target.close()


def test_a_stream_of_tokens_is_joined_and_its_first_token_timed() -> None:
    reply = httpx.Response(200, text=STREAM, headers={"content-type": "text/event-stream; charset=utf-8"})
    response = _target(lambda request: reply).ask(REQUEST)
    events, timings = response["events"], response["timings_ms"]
    assert response["answer"] == "안녕"
    assert isinstance(events, list)
    assert len(events) == 3
    assert isinstance(timings, dict)
    assert timings["first_token"] >= 0


def test_a_whole_response_in_a_stream_wins_over_its_tokens() -> None:
    last = 'data: {"type": "state", "seq": 4, "payload": {"answer": "안녕!", "intents": ["general"]}}\n\ndata: [DONE]'
    response = response_of((STREAM + last).split("\n"), lambda: 7.0)
    assert (response["answer"], response["intents"]) == ("안녕!", ["general"])
    assert response["timings_ms"] == {"first_token": 7.0}


def test_data_over_several_lines_is_one_event() -> None:
    assert list(data_of(["data: a", "data:b", "", "event: x", "", "data: c"])) == ["a\nb", "c"]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (httpx.Response(500), "500"),
        (httpx.Response(200, json=["a"]), "expected a JSON object"),
        (httpx.Response(200, text="<html>"), "Expecting value"),
    ],
    ids=["status", "list", "html"],
)
def test_a_bad_reply_raises(reply: httpx.Response, message: str) -> None:
    with pytest.raises((ConnectionError, TypeError, ValueError), match=message):
        _target(lambda request: reply).ask(REQUEST)


def test_a_timeout_is_a_timeout() -> None:
    def late(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late", request=request)

    with pytest.raises(TimeoutError, match="within 5 s"):
        _target(late).ask(REQUEST)


@pytest.mark.parametrize(
    "end",
    [
        'data: {"type": "error", "message": "model overloaded"}\n\n',
        "event: error\ndata: model overloaded\n\n",
        'data: {"error": "model overloaded"}\n\ndata: [DONE]\n\n',
        "event: error\ndata: model overloaded",
    ],
    ids=["by type", "by name", "by key", "cut off"],
)
def test_a_stream_that_ends_in_an_error_is_no_answer(end: str) -> None:
    with pytest.raises(StreamFailed, match="model overloaded"):
        response_of((STREAM + end).split("\n"), lambda: 7.0)


def test_an_event_with_an_error_of_its_own_is_none_of_the_stream() -> None:
    last = 'data: {"type": "event", "seq": 4, "stage": "weather", "status": "failed", "error": "no key"}\n\n'
    assert response_of((STREAM + last).split("\n"), lambda: 7.0)["answer"] == "안녕"
