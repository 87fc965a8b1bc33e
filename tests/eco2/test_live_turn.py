"""A whole turn with a live model: the pipeline understands, looks up and answers through a wire format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from eco2.adapters.openai_compatible import openai_compatible
from eco2.app import Bot
from eco2.asking import DECLINED
from eco2.cassettes import Cassettes, Recording, Replaying
from eco2.fallback import Fallback
from eco2.graph import build_graph
from eco2.intake import read_request
from eco2.ports import LanguageModel
from tests.eco2.wire_server import MODEL, Reply, WireServer, wire_server

UNDERSTOOD = {
    "sub_queries": [
        {"text": "유리병 어떻게 버려?", "standalone": "유리병 어떻게 버려?", "intents": ["waste"], "follow_up": None},
        {"text": "고철 얼마야?", "standalone": "고철 얼마야?", "intents": ["recyclable_price"], "follow_up": None},
    ],
    "left_out": None,
}
DRAFT = {
    "paragraphs": [
        [{"citations": ["rule:dispose-glass-bottle"], "text": "유리병은 깨지지 않게 내놓아 주세요."}],
        [
            {"citations": ["rule:price-iron"], "text": "고철은 280원이에요."},
            {"citations": ["rule:invented"], "text": "금은 공짜예요."},
        ],
    ]
}


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    with wire_server() as one:
        yield one


def with_model(bot: Bot, model: LanguageModel) -> Bot:
    steps = replace(bot.steps, model=model)
    return Bot(steps, build_graph(steps), bot.new_id)


def ask(bot: Bot) -> dict[str, Any]:
    return bot.answer(read_request("유리병 어떻게 버려? 고철 얼마야?"))


def scripted(server: WireServer) -> None:
    fenced = f"```json\n{json.dumps(DRAFT, ensure_ascii=False)}\n```"
    server.then(Reply(json.dumps(UNDERSTOOD, ensure_ascii=False)), Reply(fenced))


def test_a_turn_is_answered_with_checked_citations(wire: Callable[..., Bot], server: WireServer) -> None:
    scripted(server)
    with httpx.Client(trust_env=False) as client:
        response = ask(with_model(wire(), Fallback([openai_compatible(MODEL, server.url, client)])))

    assert response["intents"] == ["waste", "recyclable_price"]
    assert response["answer"] == (
        "유리병은 깨지지 않게 내놓아 주세요. [rule:dispose-glass-bottle]\n\n고철은 280원이에요. [rule:price-iron]"
    )
    tokens = [event["payload"]["text"] for event in response["events"] if event["type"] == "token"]
    assert "".join(tokens) == response["answer"]
    assert response["usage"]["input_tokens"] == 240
    assert any("dropped" in words for words in response["degraded"])


def test_a_recorded_turn_is_replayed_byte_for_byte(wire: Callable[..., Bot], server: WireServer, tmp_path: Any) -> None:
    scripted(server)
    tapes = Cassettes(tmp_path)
    with httpx.Client(trust_env=False) as client:
        live = Recording(openai_compatible(MODEL, server.url, client), tapes, "run")
        recorded = ask(with_model(wire(), live))

    replayed = [ask(with_model(wire(), Replaying(tapes, "run"))) for _ in range(2)]

    kept = ("answer", "citations", "passages", "usage", "sub_queries", "degraded", "intents")
    letters = [json.dumps([run[key] for key in kept], ensure_ascii=False) for run in (recorded, *replayed)]
    assert len(set(letters)) == 1
    assert len(server.asked) == 2


def test_a_refusal_to_read_is_declined_by_the_general_agent(wire: Callable[..., Bot], server: WireServer) -> None:
    server.then(Reply(refusal=True), Reply(json.dumps({"paragraphs": [[{"citations": [], "text": "음."}]]})))
    with httpx.Client(trust_env=False) as client:
        response = ask(with_model(wire(), Fallback([openai_compatible(MODEL, server.url, client)])))

    assert response["intents"] == ["general"]
    assert any("declines to answer" in words for words in response["degraded"])


def test_a_refusal_to_write_is_said_in_words_of_our_own(wire: Callable[..., Bot], server: WireServer) -> None:
    server.then(Reply(json.dumps(UNDERSTOOD)), Reply(refusal=True))
    with httpx.Client(trust_env=False) as client:
        response = ask(with_model(wire(), Fallback([openai_compatible(MODEL, server.url, client)])))

    tokens = [event["payload"]["text"] for event in response["events"] if event["type"] == "token"]
    assert "".join(tokens) == response["answer"] == DECLINED.text_ko
    assert any("declines to answer" in words for words in response["degraded"])


def test_who_was_left_for_whom_is_told_in_the_response(wire: Callable[..., Bot], server: WireServer) -> None:
    server.then(Reply(status=401))
    with httpx.Client(trust_env=False) as client:
        bot = wire()
        both = [openai_compatible(MODEL, server.url, client), bot.steps.model]
        response = ask(with_model(bot, Fallback(both)))

    assert response["degraded"] == [
        "understand: compatible:test-model left for another model (HTTP 401)",
        "compose: compatible:test-model left for another model (HTTP 401)",
    ]
    assert response["intents"] == ["waste", "recyclable_price"]
