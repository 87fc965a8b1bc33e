"""Tiny targets for the tests: one that quotes the rules of a workspace, and the same with one thing broken each."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

_TOPICS = {
    "페트병": ("waste", "classify", "dispose-pet-bottle"),
    "뚜껑": ("waste", "classify", "dispose-pet-bottle-cap"),
    "페티": ("character", "character", "character-petty"),
    "시세": ("recyclable_price", "recyclable_price", "price-pet"),
}
Response = dict[str, Any]


def answer(request: Mapping[str, Any]) -> Response:
    """Quote the rule of every word of `_TOPICS` that the question holds, each with its citation."""
    return respond(_question(request), _rules())


def respond(question: str, rules: Mapping[str, tuple[str, int]]) -> Response:
    found = [(intent, agent, rule) for word, (intent, agent, rule) in _TOPICS.items() if word in question]
    text, citations = "", []
    for _, _, rule in found:
        sentence, line = rules[rule]
        span = [len(text), len(text) + len(sentence)]
        citations.append({"id": f"rule:{rule}", "path": "rules/waste.yaml", "line_start": line, "span": span})
        text += f"{sentence} [rule:{rule}]\n"
    agents = list(dict.fromkeys(agent for _, agent, _ in found)) or ["general"]
    return {
        "answer": text or "그건 제가 가진 자료에 없어요.",
        "intents": list(dict.fromkeys(intent for intent, _, _ in found)) or ["general"],
        "agents": agents,
        "passages": [
            {"id": f"rule:{rule}", "text": rules[rule][0], "agent": agent, "path": "rules/waste.yaml"}
            for _, agent, rule in found
        ],
        "citations": citations,
        "events": events(agents),
        "timings_ms": {"total": 12.0, "first_token": 8.0, "understand": 1.0, **dict.fromkeys(agents, 3.0)},
        "usage": {"calls": {"understand": 1, "compose": 1}},
        "degraded": [],
    }


def events(agents: list[str]) -> list[Response]:
    stages = ["understand", *agents, "gather", "compose"]
    told = [(stage, status) for stage in stages for status in ("started", "completed")]
    return [
        {"seq": seq, "stage": stage, "status": status, "type": "event"} for seq, (stage, status) in enumerate(told, 1)
    ]


def drops_an_intent(request: Mapping[str, Any]) -> Response:
    """Answers only the first thing that was asked, and says it understood no more."""
    response = answer(request)
    first = response["passages"][:1]
    kept = {**response, "intents": response["intents"][:1], "agents": response["agents"][:1], "passages": first}
    return {**kept, "answer": response["answer"].split("\n")[0], "citations": response["citations"][:1]}


def answers_half(request: Mapping[str, Any]) -> Response:
    """Understands all, runs all, and leaves all but the first out of the answer."""
    response = answer(request)
    return {**response, "answer": response["answer"].split("\n")[0], "citations": response["citations"][:1]}


def alters_a_number(request: Mapping[str, Any]) -> Response:
    response = answer(request)
    return {**response, "answer": response["answer"].replace("350", "530")}


def slow_node(request: Mapping[str, Any]) -> Response:
    response = answer(request)
    return {**response, "timings_ms": {**response["timings_ms"], "character": 303.0}}


def raises(request: Mapping[str, Any]) -> Response:
    raise ValueError(f"no idea about {request['id']}")


def raises_on_characters(request: Mapping[str, Any]) -> Response:
    if "페티" in _question(request):
        raise ValueError("character service is down")
    return answer(request)


def leaves(request: Mapping[str, Any]) -> Response:
    sys.exit(7)


def empty(request: Mapping[str, Any]) -> Response:
    return {**answer(request), "answer": "  "}


def hangs(request: Mapping[str, Any]) -> Response:
    threading.Event().wait(30)
    return {}


def gives_a_list(request: Mapping[str, Any]) -> list[str]:
    return ["not an object"]


def breaks_the_contract(request: Mapping[str, Any]) -> Response:
    return {"answer": "네", "intents": "waste"}


def no_context(request: Mapping[str, Any]) -> Response:
    """Answers out of its head: nothing was found, nothing is injected."""
    return {**answer(request), "passages": []}


def forgets_the_citations(request: Mapping[str, Any]) -> Response:
    response = answer(request)
    del response["citations"]
    return response


def words_only(request: Mapping[str, Any]) -> Response:
    return {"answer": answer(request)["answer"].split(" [")[0]}


def from_cache(request: Mapping[str, Any]) -> Response:
    return {**answer(request), "cached": True}


async def later(request: Mapping[str, Any]) -> Response:
    await asyncio.sleep(0)
    return answer(request)


def which_world(request: Mapping[str, Any]) -> Response:
    return {"answer": os.environ.get("ECO2_WORLD", "none")}


def broken_metric(trial: object) -> float:
    raise RuntimeError("the judge model is out of memory")


def no_number(trial: object) -> float:
    return float("nan")


not_callable = 3
TARGETS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {"answer": answer}


def _question(request: Mapping[str, Any]) -> str:
    turn = request["turns"][-1]
    return turn if isinstance(turn, str) else str(turn["text"])


def _rules() -> dict[str, tuple[str, int]]:
    path = Path(os.environ["KB_WORKSPACE"]) / "rules" / "waste.yaml"
    text = path.read_text(encoding="utf-8")
    lines = {line.split("id: ")[1]: number for number, line in enumerate(text.split("\n"), 1) if "- id: " in line}
    return {rule["id"]: (rule["ko"], lines[rule["id"]]) for rule in yaml.safe_load(text)["rules"]}


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
