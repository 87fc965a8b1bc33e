"""Measure what the pipeline costs without a model's time: `python -m benchmarks.pipeline [--repeats 100]`.

Whole turns of this repository's bot with the embedded model and the recorded world, so that nothing waits for anybody.
Beside LangGraph stands the alternative: the same steps called one after the other by a plain function. Both take turns
on the same messages, since figures of a busy machine compare only with each other. What the embedded model takes of a
turn (it reads and writes without a network) is counted apart.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.console import say
from eco2.app import Bot, Settings, bot
from eco2.events import Draft
from eco2.graph import build_graph
from eco2.intake import read_request
from eco2.ports import Completion, LanguageModel, Prompt
from eco2.respond import respond
from eco2.steps import Steps, request_json
from eco2.turns import Request

ROOT = Path(__file__).resolve().parent.parent
REPEATS, WARM_UP = 100, 12
AIM_MS = 25.0
TURNS: Mapping[str, Sequence[object]] = {
    "one intent": ["유리병 어떻게 버려?", "고철 얼마야?", "강남역 지금 날씨 어때?", "Where do I put a pizza box?"],
    "two intents": [
        "유리병 어떻게 버려? 고철 얼마야?",
        "소파 버리는 법이랑 강남역 근처 폐건전지 수거함 알려줘",
        "페트병은 어떻게 버리고 페트병 캐릭터는 누구야?",
        "How do I throw away a mattress, and what is the price of newspaper?",
    ],
    "three intents": [
        "유리병 어떻게 버려? 고철 얼마야? 강남역 지금 날씨 어때?",
        "건전지 어떻게 버려? 강남역 근처 재활용센터 어디야? 캔 캐릭터 누구야?",
        "소파 수수료 얼마야? 파지 시세 알려줘. 우유팩은 어떻게 버려?",
    ],
    "a picture": [
        {"text": "이거 어떻게 버려?", "image": "pictures/aluminium-can.png"},
        {"text": "이거 어떻게 버려?", "image": "pictures/battery.png"},
    ],
}


@dataclass
class Timed:
    """A language model that adds up the seconds it takes."""

    model: LanguageModel
    seconds: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.model.name

    def complete(self, prompt: Prompt) -> Completion:
        started = time.perf_counter()
        try:
            return self.model.complete(prompt)
        finally:
            self.seconds.append(time.perf_counter() - started)


@dataclass(frozen=True)
class Taken:
    """Milliseconds of every repeat of a kind of turn; `nodes` as the responses of the graph have them."""

    graph: Sequence[float]
    straight: Sequence[float]
    model: Sequence[float]
    nodes: Mapping[str, Sequence[float]]


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--repeats", type=int, default=REPEATS)
    repeats = options.parse_args().repeats
    taken = {kind: measure(messages, repeats) for kind, messages in TURNS.items()}
    say(f"{repeats} repeats; {os.cpu_count()} cores with a load of {os.getloadavg()[0]:.1f}\n\n")
    _totals(taken)
    _nodes(taken)


def measure(messages: Sequence[object], repeats: int) -> Taken:
    """Answer the messages in turn, by the graph and one step after the other alternately."""
    wired = bot(Settings(workspace=ROOT, world="recorded"), ROOT)
    model = Timed(wired.steps.model)
    steps = replace(wired.steps, model=model)
    by_graph = Bot(steps, build_graph(steps), wired.new_id)
    graph, straight, inside, nodes = list[float](), list[float](), list[float](), defaultdict[str, list[float]](list)
    for number in range(-WARM_UP, repeats):
        request = read_request({"turns": [messages[number % len(messages)]]})
        model.seconds.clear()
        response, took = _timed(partial(by_graph.answer, request))
        within = sum(model.seconds) * 1000
        _, one_by_one = _timed(partial(one_after_another, steps, request))
        if number >= 0:
            graph.append(took)
            straight.append(one_by_one)
            inside.append(within)
            for node, elapsed in response["timings_ms"].items():
                nodes[node].append(elapsed)
    return Taken(graph, straight, inside, nodes)


def one_after_another(steps: Steps, request: Request) -> dict[str, object]:
    """Answer as `eco2.app.Bot` does, with a loop in place of the graph."""
    started, job, agents = steps.clock(), "straight", {agent.name: agent for agent in steps.agents}
    steps.bus.publish(job, Draft("turn", "started", "turn:started", payload={"id": request.id}))
    understood = steps.understand(job, request_json(request))
    findings = [steps.work(job, agents[name], task) for name, task in steps.plan(understood)]
    gathered = steps.gather(job, findings)
    composed = steps.compose(job, understood, gathered)
    steps.bus.publish(job, Draft("turn", "completed", "turn:completed", "event"))
    events = steps.bus.history(job)
    steps.bus.forget(job)
    timings = [(finding["agent"], finding["elapsed_ms"]) for finding in findings]
    state = {"understood": understood, "gathered": gathered, "composed": composed, "timings": timings}
    return respond(state, events, started, steps.clock(), steps.agents)


def _timed(work: Callable[[], dict[str, object]]) -> tuple[dict[str, Any], float]:
    started = time.perf_counter()
    response = work()
    return response, (time.perf_counter() - started) * 1000


def _totals(taken: Mapping[str, Taken]) -> None:
    _head("ms a turn", "p50", "p95", "of it the model, p50", "without LangGraph, p50", "p95", "times")
    for kind, found in taken.items():
        middle, plain = _at(found.graph, 0.5), _at(found.straight, 0.5)
        _row(
            kind,
            *(f"{ms:.1f}" for ms in (middle, _at(found.graph, 0.95), _at(found.model, 0.5), plain)),
            f"{_at(found.straight, 0.95):.1f}",
            f"{middle / plain:.1f}",
        )
    two = _at(taken["two intents"].graph, 0.5)
    say(f"\nAim: two intents, p50 within {AIM_MS:.0f} ms: {'held' if two <= AIM_MS else 'missed'} ({two:.1f} ms).\n\n")


def _nodes(taken: Mapping[str, Taken]) -> None:
    _head("ms a node, p50 / p95", *taken)
    names = dict.fromkeys(node for found in taken.values() for node in found.nodes if node != "total")
    for node in names:
        cells = [found.nodes.get(node, ()) for found in taken.values()]
        _row(node, *(f"{_at(ms, 0.5):.2f} / {_at(ms, 0.95):.2f}" if ms else "–" for ms in cells))


def _at(milliseconds: Sequence[float], share: float) -> float:
    return float(np.quantile(milliseconds, share))


def _row(*cells: str) -> None:
    say(f"| {' | '.join(cells)} |\n")


def _head(*cells: str) -> None:
    _row(*cells)
    _row(*["---"] * len(cells))


if __name__ == "__main__":
    main()
