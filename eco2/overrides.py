"""What a request puts in the place of a step's own work: the route, what is injected, which of it leads.

A harness asks so to find out which step went wrong (`harness blame`); users never do. Read and written as JSON here;
`injected` puts passages and ranking to what the sub-agents found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from eco2.language import tidy
from eco2.turns import GENERAL, INTENTS, MOST_SUB_QUERIES, Given, Overrides, RequestError, SubQuery

Json = dict[str, Any]
_KNOWN = (*INTENTS, GENERAL)


def read_overrides(raw: object) -> Overrides:
    """Read `{"route"?, "passages"?, "ranking"?}`; None and other keys override nothing.

    `route` is a list of intents, then the whole message is one question, or of at most three questions
    `{"text", "intents"}`. `passages` are ids or `{"id", "text"?, "agent"?}`; an empty list injects nothing. `ranking`
    is a list of ids.

    Raises:
        RequestError: a field has another shape, or an intent is unknown; names the field and what was there.
    """
    given = raw if isinstance(raw, Mapping) else {}
    route, questions = _route(given.get("route"))
    passages = given.get("passages")
    return Overrides(
        route, questions, None if passages is None else _passages(passages), _ranking(given.get("ranking"))
    )


def routed(request: Json) -> Json | None:
    """Return the understanding that the request's route asks for; None when it asks for none."""
    last = request["turns"][-1]
    queries = (request.get("overrides") or {}).get("questions") or []
    if request.get("route"):
        queries = [_question(last["text"], request["route"])]
    if not queries:
        return None
    return {"sub_queries": queries, "image": last.get("image"), "location": last.get("location"), "left_out": 0}


def overrides_json(overrides: Overrides) -> Json:
    """Return overrides as the steps are given them, beside the bare route; empty when there are none."""
    passages = overrides.passages
    written: Json = {
        "questions": [_question(query.text, query.intents) for query in overrides.questions],
        "passages": None if passages is None else [asdict(one) for one in passages],
        "ranking": list(overrides.ranking),
    }
    return {key: value for key, value in written.items() if value or (key == "passages" and value is not None)}


def _question(text: str, intents: Sequence[str]) -> Json:
    return {"text": text, "standalone": text, "intents": list(intents), "follow_up": False}


def _route(raw: object) -> tuple[tuple[str, ...], tuple[SubQuery, ...]]:
    """Return the intents for the whole message, or the questions."""
    if raw is None:
        return (), ()
    if isinstance(raw, list) and raw and all(isinstance(one, Mapping) for one in raw):
        if len(raw) > MOST_SUB_QUERIES:
            raise RequestError(f"overrides.route has {len(raw)} questions; at most {MOST_SUB_QUERIES} are answered")
        return (), tuple(_asked(one) for one in raw)
    return _intents(raw, "overrides.route"), ()


def _asked(raw: Mapping[str, object]) -> SubQuery:
    text = raw.get("text")
    if not isinstance(text, str) or not text.strip():
        raise RequestError(f"overrides.route: a question has a 'text' and 'intents', got {raw!r:.60}")
    return SubQuery(tidy(text), tidy(text), _intents(raw.get("intents"), "overrides.route: 'intents'"))


def _intents(raw: object, where: str) -> tuple[str, ...]:
    intents = tuple(raw) if isinstance(raw, list) else ()
    if not intents or not all(isinstance(one, str) and one in _KNOWN for one in intents):
        raise RequestError(f"{where} must be a list out of {', '.join(_KNOWN)}, got {raw!r:.60}")
    return intents


def _passages(raw: object) -> tuple[Given, ...]:
    if not isinstance(raw, list):
        raise RequestError(f"overrides.passages must be a list of ids or {{'id', 'text'?, 'agent'?}}, got {raw!r:.60}")
    return tuple({one.id: one for one in map(_given, raw)}.values())


def _given(raw: object) -> Given:
    row = {"id": raw} if isinstance(raw, str) else raw
    fields = [row.get(key) or "" for key in ("id", "text", "agent")] if isinstance(row, Mapping) else [None]
    if not all(isinstance(one, str) for one in fields) or not str(fields[0]).strip():
        raise RequestError(f"overrides.passages: a passage is an id or {{'id', 'text'?, 'agent'?}}, got {raw!r:.60}")
    return Given(_full_id(str(fields[0])), str(fields[1]), str(fields[2]))


def _ranking(raw: object) -> tuple[str, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list) or not all(isinstance(one, str) and one for one in raw):
        raise RequestError(f"overrides.ranking must be a list of ids, got {raw!r:.60}")
    return tuple(map(_full_id, raw))


def _full_id(id_: str) -> str:
    return id_ if ":" in id_ else f"rule:{id_}"
