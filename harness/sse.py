"""Read a server-sent event stream into one response. Pure: lines in, response out, whoever brings the lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from textwrap import shorten
from typing import Any

_LONGEST = 200


class StreamFailed(Exception):
    """The stream itself says that something went wrong: what came before it is no answer."""


def data_of(lines: Iterable[str]) -> Iterable[str]:
    """Yield the data of each event: `data:` lines up to a blank one, joined by newlines; the rest is passed over.

    Raises:
        StreamFailed: an event is named `error`.
    """
    data: list[str] = []
    name = ""
    for line in chain(lines, ("",)):
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line == "" and name == "error":
            raise StreamFailed(_said(" ".join(data)))
        elif line == "":
            if data:
                yield "\n".join(data)
            data, name = [], ""


def response_of(lines: Iterable[str], clock_ms: Callable[[], float]) -> dict[str, object]:
    """Fold a stream into a response.

    An object with an `answer` (or a `state` event whose payload has one) is the response; `token` events are joined
    when no such object comes. Events are kept under `events`, the first token's time under `timings_ms.first_token`.

    Args:
        lines: the stream without line ends.
        clock_ms: milliseconds since the request was sent.

    Raises:
        StreamFailed: an event is an error: named so, of that type, or with an `error` and no answer.
    """
    response: dict[str, object] = {}
    events: list[dict[str, object]] = []
    tokens: list[str] = []
    first_token: float | None = None
    for item in _objects(data_of(lines)):
        if _is_error(item):
            raise StreamFailed(_said(item.get("error") or item.get("message") or item.get("payload")))
        if item.get("type") in ("event", "token", "state"):
            events.append(item)
        if item.get("type") == "token":
            first_token = clock_ms() if first_token is None else first_token
            tokens.append(_token(item.get("payload")))
        response.update(_whole(item))
    return _filled(response, events, "".join(tokens), first_token)


def _objects(data: Iterable[str]) -> Iterable[dict[str, Any]]:
    for text in data:
        if text.strip() == "[DONE]":
            return
        item = json.loads(text)
        if isinstance(item, dict):
            yield item


def _is_error(item: Mapping[str, Any]) -> bool:
    told = bool(item.get("error")) and "type" not in item and not isinstance(item.get("answer"), str)
    return told or item.get("type") == "error"


def _said(what: object) -> str:
    return f"the stream ended in an error: {shorten(str(what or 'nothing was said of it'), _LONGEST)}"


def _whole(item: Mapping[str, Any]) -> Mapping[str, Any]:
    payload = item.get("payload")
    for candidate in (item, payload):
        if isinstance(candidate, dict) and isinstance(candidate.get("answer"), str):
            return candidate
    return {}


def _token(payload: object) -> str:
    if isinstance(payload, dict):
        return next((str(payload[key]) for key in ("text", "token", "content") if key in payload), "")
    return payload if isinstance(payload, str) else ""


def _filled(
    response: dict[str, object], events: list[dict[str, object]], text: str, first_token: float | None
) -> dict[str, object]:
    if text:
        response.setdefault("answer", text)
    if events:
        response.setdefault("events", events)
    if first_token is not None:
        timings = response.get("timings_ms")
        own = dict(timings) if isinstance(timings, dict) else {}
        response["timings_ms"] = {"first_token": first_token, **own}
    return response
