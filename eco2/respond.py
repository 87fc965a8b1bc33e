"""The end state of a turn as the response of the target contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from eco2.agents.row import Agent
from eco2.events import Event
from eco2.turns import GENERAL, INTENTS, Cited, Response


def respond(
    state: Mapping[str, Any], events: Sequence[Event], started: float, ended: float, agents: Sequence[Agent]
) -> dict[str, object]:
    """Return the response; `started` and `ended` are seconds of the clock of the steps."""
    understood, findings, composed = state["understood"], state["gathered"], state["composed"]
    order = [agent.name for agent in agents]
    response = Response(
        answer=composed["answer"],
        answerable=any(finding["status"] == "answered" and not finding["tip"] for finding in findings),
        intents=_intents(understood),
        sub_queries=tuple(_sub_query(index, query, findings) for index, query in enumerate(understood["sub_queries"])),
        agents=tuple(sorted({finding["agent"] for finding in findings}, key=order.index)),
        passages=_passages(findings),
        citations=tuple(Cited(**{**cited, "span": tuple(cited["span"])}) for cited in composed["citations"]),
        degraded=_degraded(findings, understood, composed),
        language=understood["language"],
        events=tuple(asdict(event) for event in events),
        timings_ms=_timings(state["timings"], composed["first_at"], started, ended),
        usage=_usage(understood["usage"], *_looked(findings), composed["usage"]),
    )
    return {key: _json(value) for key, value in asdict(response).items()}


def _intents(understood: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the intents of all questions in the order of the message; general only when there is no other."""
    known = dict.fromkeys(
        intent for query in understood["sub_queries"] for intent in query["intents"] if intent in INTENTS
    )
    return tuple(known) or (GENERAL,)


def _sub_query(index: int, query: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    mine = [finding for finding in findings if finding["index"] == index]
    return {
        "text": query["text"],
        "standalone": query["standalone"],
        "intents": list(query["intents"]),
        "agents": [finding["agent"] for finding in mine],
        "answerable": any(finding["status"] == "answered" and not finding["tip"] for finding in mine),
    }


def _passages(findings: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, object], ...]:
    """Return what was injected, in the order of the findings, each passage once an agent."""
    rows = [{**passage, "agent": finding["agent"]} for finding in findings for passage in finding["evidence"]]
    return tuple({(row["id"], row["agent"]): row for row in rows}.values())


def _degraded(
    findings: Sequence[Mapping[str, Any]], understood: Mapping[str, Any], composed: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return what was less than asked for: models and sources that were away, replayed facts, dropped sentences."""
    words = [*understood["degraded"], *composed["degraded"]]
    for finding in findings:
        words += list(finding["degraded"])
        words += [f"{finding['agent']}: recorded at {finding['recorded_at']}"] if finding["recorded_at"] else []
    words += (
        [f"compose: {composed['dropped']} sentences dropped that cited nothing injected"] if composed["dropped"] else []
    )
    return tuple(dict.fromkeys(words))


def _timings(timings: Sequence[Sequence[Any]], first_at: float, started: float, ended: float) -> dict[str, float]:
    """Return the milliseconds of each node (its longest run), of the whole, and to the first word."""
    found: dict[str, float] = {}
    for name, elapsed in timings:
        found[name] = max(found.get(name, 0.0), elapsed)
    return {"total": round((ended - started) * 1000, 3), "first_token": round((first_at - started) * 1000, 3), **found}


def _looked(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what sub-agents used of models, such as for a look at a picture."""
    return [used for finding in findings for used in finding.get("usage", ())]


def _usage(*parts: Mapping[str, Any]) -> dict[str, object]:
    used = [part for part in parts if part]
    summed = {key: sum(part[key] for part in used) for key in ("input_tokens", "output_tokens", "cost_usd", "calls")}
    notes = list(dict.fromkeys(note for part in used for note in part["notes"]))
    return {"models": sorted({part["model"] for part in used}), **summed, **({"notes": notes} if notes else {})}


def _json(value: Any) -> Any:
    """Return a value with its tuples as lists, as JSON would have it."""
    if isinstance(value, Mapping):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return value
