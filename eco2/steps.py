"""The steps of a turn as functions of JSON: understand, plan, one sub-agent, gather, compose. `graph` only wires them.

State and messages between steps are JSON types; every step says what it does on the event bus.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from eco2.agents.row import Agent, Sources
from eco2.agents.table import agents_for
from eco2.asking import bill_notes, less_than_asked, until, write
from eco2.bounded import bounded
from eco2.completions import Bills, Refused
from eco2.compose import findings_from, render
from eco2.events import Draft
from eco2.injected import overridden
from eco2.intake import read_location
from eco2.language import language_of
from eco2.overrides import overrides_json, routed
from eco2.ports import Completion, EventBus, LanguageModel
from eco2.prompts import compose_prompt, understand_prompt
from eco2.switching import silent
from eco2.turns import (
    GENERAL,
    INTENTS,
    MOST_SUB_QUERIES,
    Evidence,
    Finding,
    Language,
    ModelError,
    Request,
    SourceUnavailable,
    SubQuery,
    Task,
)

Json = dict[str, Any]
_OWN_WORK_S = 0.5


@dataclass(frozen=True)
class Steps:
    """What the steps of a turn need. `clock` is in seconds; `sources` holds what each agent may see."""

    model: LanguageModel
    agents: Sequence[Agent]
    sources: Mapping[str, Sources]
    bus: EventBus
    clock: Callable[[], float]

    def understand(self, job: str, request: Json, deadline_at: float | None = None) -> Json:
        """Return {"sub_queries", "image", "location", "left_out", "language", "degraded", "usage", "elapsed_ms"}.

        `deadline_at` is a time of `clock` after which the answer is of no use.
        """
        started = self.clock()
        self._say(job, "understand", "started")
        language = _language(request)
        understood = self._understood(request, deadline_at)
        intents = sorted({intent for query in understood["sub_queries"] for intent in query["intents"]})
        heard = {"intents": intents, "sub_queries": len(understood["sub_queries"]), "degraded": understood["degraded"]}
        self._say(job, "understand", "completed", heard)
        return {**understood, "language": language, "elapsed_ms": self._since(started)}

    def plan(self, understood: Json) -> list[tuple[str, Json]]:
        """Return (agent, task) pairs in table order: each agent gets its own sub-query and nothing of the others."""
        planned = []
        for index, query in enumerate(understood["sub_queries"]):
            image = understood["image"] if "waste" in query["intents"] and _is_seen(query, understood) else None
            location = read_location(understood["location"])
            names = agents_for(query["intents"], image=bool(image), location=location)
            planned += [(name, _task(index, query, understood, image, name, self.agents)) for name in names]
        order = [agent.name for agent in self.agents]
        return sorted(planned, key=lambda pair: (order.index(pair[0]), pair[1]["index"]))

    def work(self, job: str, agent: Agent, given: Json) -> Json:
        """Run one sub-agent on its task; whatever goes wrong in it becomes a finding marked `failed`."""
        started = self.clock()
        task = Task(**{**given, "intents": tuple(given["intents"]), "location": read_location(given["location"])})
        key = f"{agent.name}:{task.index}"
        self._say(job, agent.name, "started", {"sub_query": task.index}, key=key)
        finding = replace(self._attempt(agent, task), elapsed_ms=self._since(started))
        status = "failed" if finding.status == "failed" else "completed"
        payload = {
            "sub_query": task.index,
            "found": finding.status,
            "recorded_at": finding.recorded_at,
            "degraded": list(finding.degraded),
        }
        self._say(job, agent.name, status, payload, key=key)
        return asdict(finding)

    def gather(self, job: str, findings: Sequence[Json], request: Json | None = None) -> list[Json]:
        """Put findings into the order of the answer, by question, then by the table; overrides of `request` go in."""
        self._say(job, "gather", "started")
        order = {agent.name: place for place, agent in enumerate(self.agents)}
        found = sorted(findings, key=lambda finding: (finding["index"], order[finding["agent"]]))
        gathered = overridden(found, request or {}, self.sources)
        failed = [finding["agent"] for finding in gathered if finding["status"] == "failed"]
        self._say(job, "gather", "completed", {"findings": len(gathered), "failed": failed})
        return gathered

    def compose(self, job: str, understood: Json, findings: Sequence[Json], deadline_at: float | None = None) -> Json:
        """Return {"answer", "citations", "dropped", "degraded", "usage", "elapsed_ms", "first_at"}.

        What a model streams is published as it comes, of another one each line is a token.
        """
        started = self.clock()
        self._say(job, "compose", "started")
        leave_out = [agent.name for agent in self.agents if agent.policy.mode == "open"]
        given = {
            "language": understood["language"],
            "findings": list(findings),
            "leave_out": leave_out,
            "left_out": understood["left_out"],
            "questions": [query["standalone"] for query in understood["sub_queries"]],
        }
        said: list[float] = []

        def publish(text: str) -> None:
            said.append(self.clock())
            self.bus.publish(job, Draft("compose", "running", f"token:{len(said) - 1}", "token", {"text": text}))

        evidence = evidence_of(findings)
        model = until(self.model, deadline_at, self.clock, understood.get("silent", ()))
        completion = write(model, compose_prompt(given), evidence, publish)
        answer = render(completion.output, evidence, understood["language"])
        degraded = less_than_asked("compose", completion)
        self._say(job, "compose", "completed", {"characters": len(answer.text), "degraded": degraded})
        return {
            "answer": answer.text,
            "citations": [asdict(cited) for cited in answer.citations],
            "dropped": answer.dropped,
            "degraded": degraded,
            "usage": _usage(completion),
            "elapsed_ms": self._since(started),
            "first_at": said[0],
        }

    def _understood(self, request: Json, deadline_at: float | None) -> Json:
        """Have the questions read; a message that a model declines to read is one for the general agent."""
        if route := routed(request):
            return {**route, "degraded": [], "usage": {}}
        request = {key: value for key, value in request.items() if key != "overrides"}
        try:
            completion = until(self.model, deadline_at, self.clock).complete(understand_prompt(request))
        except Refused as error:
            general = routed({**request, "route": [GENERAL]}) or {}
            return {**general, "degraded": [f"understand: {error}"], "usage": {}}
        degraded = less_than_asked("understand", completion)
        known = {"degraded": degraded, "usage": _usage(completion), "silent": list(silent(completion))}
        return {**checked(completion.output, request), **known}

    def _attempt(self, agent: Agent, task: Task) -> Finding:
        try:
            return self._run(agent, task)
        except SourceUnavailable as error:
            return self._fall_back(agent, task, error)
        except Exception as error:  # noqa: BLE001  a sub-agent may be anybody's; its failure must not end the turn
            return _failed(agent, task, error)

    def _run(self, agent: Agent, task: Task) -> Finding:
        """Run an agent; one that asks the outside no longer than its policy allows, and a little for its own work."""
        used: list[Completion] = []
        sources, timeout_s = self._billed(self.sources[agent.name], used), agent.policy.timeout_s
        if timeout_s is None:
            finding = agent.run(task, sources)
        else:
            finding = bounded(lambda: agent.run(task, sources), timeout_s + _OWN_WORK_S, agent.name)
        return replace(finding, usage=tuple(map(_usage, used))) if used else finding

    def _billed(self, sources: Sources, used: list[Completion]) -> Sources:
        """Have what looking at a picture used written down, where a model that is paid for looks."""
        vision = sources.vision
        return replace(sources, vision=vision.billed(used.append)) if isinstance(vision, Bills) else sources

    def _fall_back(self, agent: Agent, task: Task, error: Exception | None) -> Finding:
        if agent.fallback is None:
            return _failed(agent, task, error)
        try:
            return agent.fallback(task, self.sources[agent.name])
        except Exception as broken:  # noqa: BLE001  as above
            return _failed(agent, task, broken)

    def _say(self, job: str, stage: str, status: str, payload: Json | None = None, key: str | None = None) -> None:
        self.bus.publish(job, Draft(stage, status, f"{key or stage}:{status}", payload=payload or {}))

    def _since(self, started: float) -> float:
        return round((self.clock() - started) * 1000, 3)


def checked(output: Mapping[str, object], request: Json) -> Json:
    """Return a model's understanding in the shape that the steps rely on.

    Raises:
        ModelError: it has no sub-queries, or one without a text or with an unknown intent.
    """
    rows = output.get("sub_queries")
    if not isinstance(rows, list | tuple) or not rows:
        raise ModelError(f"'sub_queries' must be a list of at least one question, got {rows!r:.60}")
    queries = [asdict(_query(row)) for row in rows[:MOST_SUB_QUERIES]]
    left_out = output.get("left_out", 0)
    return {
        "sub_queries": [{**query, "intents": list(query["intents"])} for query in queries],
        "image": output.get("image", _latest(request, "image")),
        "location": output.get("location", _latest(request, "location")),
        "left_out": left_out if isinstance(left_out, int) else 0,
    }


def _latest(request: Json, given: str) -> Any:
    """Return what the latest turn gave that gave any: a picture or a place holds until the next one."""
    return next((turn[given] for turn in reversed(request["turns"]) if turn.get(given) is not None), None)


def evidence_of(findings: Sequence[Json]) -> list[Evidence]:
    return [passage for finding in findings_from(findings) for passage in finding.evidence]


def _query(row: object) -> SubQuery:
    if (
        not isinstance(row, Mapping)
        or not isinstance(row.get("text"), str)
        or not isinstance(row.get("intents"), list | tuple)
    ):
        raise ModelError(f"a sub-query has 'text' and a list of 'intents', got {row!r:.80}")
    intents = tuple(str(intent) for intent in row["intents"])
    if not intents or set(intents) - {*INTENTS, GENERAL}:
        raise ModelError(f"a sub-query's intents are out of {', '.join((*INTENTS, GENERAL))}, got {intents}")
    return SubQuery(row["text"], str(row.get("standalone") or row["text"]), intents, bool(row.get("follow_up")))


def _is_seen(query: Json, understood: Json) -> bool:
    """Whether a question is about the picture: the first one about waste is."""
    first = next(other for other in understood["sub_queries"] if "waste" in other["intents"])
    return bool(understood["image"]) and query is first


def _task(index: int, query: Json, understood: Json, image: str | None, name: str, agents: Sequence[Agent]) -> Json:
    own = next(agent.intents for agent in agents if agent.name == name)
    looks_at = {"scan": image, "character": understood["image"]}
    intents = [intent for intent in query["intents"] if intent in own]
    return {
        "index": index,
        "text": query["standalone"],
        "language": understood["language"],
        "intents": intents,
        "image": looks_at.get(name),
        "location": understood["location"],
        "follow_up": query["follow_up"],
    }


def _language(request: Json) -> Language:
    """Return the language of the last message; one without words is in the language of those before."""
    language: Language = "ko"
    for turn in request["turns"]:
        language = language_of(turn["text"], language)
    return language


def _failed(agent: Agent, task: Task, error: Exception | None) -> Finding:
    tip = agent.name == "weather" and "weather" not in task.intents
    what = f"{type(error).__name__}: {error}" if error else "unknown error"
    return Finding(agent.name, task.index, "failed", degraded=(f"{agent.name}: failed",), error=what, tip=tip)


def _usage(completion: Completion) -> Json:
    return {
        "model": completion.model,
        "input_tokens": completion.input_tokens,
        "output_tokens": completion.output_tokens,
        "cost_usd": completion.cost_usd,
        "calls": 1,
        "notes": bill_notes(completion),
    }


def request_json(request: Request) -> Json:
    """Return a request as the JSON that models and steps are given."""
    overrides = overrides_json(request.overrides)
    return {
        "id": request.id,
        "turns": [
            {"text": turn.text, "image": turn.image, "location": asdict(turn.location) if turn.location else None}
            for turn in request.turns
        ],
        "route": list(request.overrides.route),
        **({"overrides": overrides} if overrides else {}),
    }
