"""A turn through the graph: each sub-agent gets its own question, failures stay where they are, nothing leaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from eco2.agents.row import Agent, Policy, Sources
from eco2.agents.table import AGENTS, ENRICHED, agents_for
from eco2.app import Bot
from eco2.events import Event, fold
from eco2.graph import build_graph
from eco2.intake import read_request
from eco2.steps import request_json
from eco2.turns import GENERAL, INTENTS, Finding, Location, SourceUnavailable, Statement, Task

Wire = Callable[..., Bot]
TWO = "페트병 어떻게 버려? 강남역 근처 건전지 수거함도 알려줘"


def _answer(bot: Bot, *turns: object) -> dict[str, Any]:
    return bot.answer(read_request({"id": "t", "turns": list(turns)}))


def _with(name: str, **changes: Any) -> tuple[Agent, ...]:
    return tuple(replace(agent, **changes) if agent.name == name else agent for agent in AGENTS)


def _broken(task: Task, sources: Sources) -> Finding:
    raise ZeroDivisionError("no")


def _away(task: Task, sources: Sources) -> Finding:
    raise SourceUnavailable("away")


def test_there_are_eleven_sub_agents_and_each_has_a_policy() -> None:
    assert len(AGENTS) == len({agent.name for agent in AGENTS}) == 11
    assert all(isinstance(agent.policy, Policy) and agent.intents for agent in AGENTS)


def test_every_intent_has_a_sub_agent() -> None:
    assert {intent for agent in AGENTS for intent in agent.intents} == {*INTENTS, GENERAL}


@pytest.mark.parametrize("intents", list(permutations(["waste", "weather", "character"])))
def test_sub_agents_come_in_table_order(intents: tuple[str, ...]) -> None:
    assert agents_for(intents, image=False, location=None) == ("classify", "character", "weather")


@pytest.mark.parametrize("intent", ENRICHED)
def test_a_known_location_adds_the_weather(intent: str) -> None:
    assert "weather" in agents_for([intent], image=False, location=Location("강남역"))
    assert "weather" not in agents_for([intent], image=False, location=None)


def test_a_picture_is_for_scan() -> None:
    assert agents_for(["waste"], image=True, location=None) == ("scan",)


def test_each_sub_agent_gets_its_own_question_alone(wire: Wire) -> None:
    heard: list[tuple[str, str]] = []

    def listen(agent: Agent) -> Agent:
        def run(task: Task, sources: Sources) -> Finding:
            heard.append((agent.name, task.text))
            return agent.run(task, sources)

        return replace(agent, run=run)

    _answer(wire(tuple(map(listen, AGENTS))), TWO)
    assert sorted(heard) == [
        ("classify", "페트병 어떻게 버려?"),
        ("collection_point", "강남역 근처 건전지 수거함도 알려줘"),
    ]


def test_each_sub_agent_sees_the_rules_of_its_kinds_alone(wire: Wire) -> None:
    sources = wire().steps.sources
    for agent in AGENTS:
        assert {rule.kind for rule in sources[agent.name].rules.rules.values()} <= set(agent.knows)


def test_a_broken_sub_agent_does_not_break_the_turn(wire: Wire) -> None:
    response = _answer(wire(_with("collection_point", run=_broken)), TWO)
    assert "rule:dispose-pet-bottle" in response["answer"]
    assert "수거함에 대한 답은 지금 드리지 못했어요" in response["answer"]
    assert response["degraded"] == ["collection_point: failed"]
    assert [event["stage"] for event in response["events"] if event["status"] == "failed"] == ["collection_point"]


def test_a_broken_enrichment_is_left_out(wire: Wire) -> None:
    response = _answer(wire(_with("weather", run=_broken)), {"text": "상자 어떻게 버려?", "location": "강남역"})
    assert response["answer"] == "상자는 접어서 종이로 내놓으세요. [rule:item-box]"
    assert response["degraded"] == ["weather: failed"]


def test_a_source_that_is_away_is_asked_once_and_the_fallback_answers(wire: Wire) -> None:
    tried: list[int] = []

    def flaky(task: Task, sources: Sources) -> Finding:
        tried.append(1)
        raise SourceUnavailable("away")

    response = _answer(wire(_with("weather", run=flaky)), "강남역 날씨")
    assert len(tried) == 1
    assert response["degraded"] == ["weather: no live source"]


def test_a_sub_agent_without_a_fallback_fails_when_its_source_is_away(wire: Wire) -> None:
    response = _answer(wire(_with("character", run=_away)), "페티가 누구야?")
    assert response["degraded"] == ["character: failed"]


def test_a_broken_fallback_is_a_failure_too(wire: Wire) -> None:
    response = _answer(wire(_with("weather", run=_away, fallback=_broken)), "강남역 날씨")
    assert response["degraded"] == ["weather: failed"]


def test_events_are_contiguous_and_causal(wire: Wire) -> None:
    events = _answer(wire(), TWO)["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert len({event["id"] for event in events}) == len(events)
    order = [(event["stage"], event["status"]) for event in events]
    for agent in ("classify", "collection_point"):
        assert order.index(("understand", "completed")) < order.index((agent, "started"))
        assert order.index((agent, "started")) < order.index((agent, "completed")) < order.index(("gather", "started"))
    assert order[0] == ("turn", "started")
    assert order[-1] == ("turn", "completed")


def test_the_tokens_of_a_turn_are_its_answer(wire: Wire) -> None:
    response = _answer(wire(), TWO)
    assert fold(Event(**event) for event in response["events"]).text == response["answer"]


def test_two_turns_at_the_same_moment_stay_apart(wire: Wire) -> None:
    bot = wire()
    first, second = _answer(bot, "페트병"), _answer(bot, "상자")
    assert first["events"][0]["job_id"] != second["events"][0]["job_id"]
    assert "dispose-pet-bottle" not in second["answer"]


def test_findings_of_one_turn_never_reach_the_next(wire: Wire) -> None:
    steps = wire().steps
    graph = build_graph(steps, InMemorySaver())
    thread = {"configurable": {"thread_id": "one"}}
    for number, text in enumerate(("페트병 어떻게 버려?", "상자 어떻게 버려?")):
        request = request_json(read_request(text))
        state = graph.invoke({"job": str(number), "request": request}, thread)
    assert [finding["evidence"][0]["id"] for finding in state["gathered"]] == ["rule:item-box"]
    assert len(state["timings"]) == 4


def test_the_state_holds_json_alone(wire: Wire) -> None:
    steps = wire().steps
    state = build_graph(steps).invoke({"job": "j", "request": request_json(read_request(TWO))})
    assert _is_json(state)


def test_an_override_of_the_route_is_honoured(wire: Wire) -> None:
    bot = wire()
    request = {"turns": ["상자"], "overrides": {"route": ["character"]}}
    assert bot.answer(read_request(request))["intents"] == ["character"]


def test_a_sub_agent_that_cites_nothing_injected_is_not_quoted(wire: Wire) -> None:
    def lie(task: Task, sources: Sources) -> Finding:
        return Finding("classify", task.index, "answered", (Statement("거짓이에요.", "A lie.", "rule:nowhere"),))

    response = _answer(wire(_with("classify", run=lie)), "페트병 어떻게 버려?")
    assert "거짓" not in response["answer"]
    assert response["citations"] == []
    assert response["degraded"] == ["compose: 1 sentences dropped that cited nothing injected"]


def _is_json(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_json, value))
    return value is None or isinstance(value, str | int | float | bool)
