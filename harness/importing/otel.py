"""Traces of OpenTelemetry's GenAI conventions into exchanges: who asked what, what was retrieved, called, answered.

The conversation stands on the outermost spans that carry messages; a trace's question is the first of theirs, its
answer the last that ended. Both message forms are read: attributes (`gen_ai.input.messages`, JSON) and the events of
earlier versions (`gen_ai.user.message`, `gen_ai.choice`, `gen_ai.content.prompt`), and `gen_ai.prompt.0.content`.

Source:
    OpenTelemetry semantic conventions for generative AI, spans and events, versions 1.28 to 1.41.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from harness.importing.exchanges import Bad, Exchange, stage_events, told
from harness.importing.files import Entry
from harness.importing.messages import answer_in, unpacked, user_turns
from harness.importing.otlp import Span, is_export, spans_in

OPEN_TRACES = 1000
"""Traces kept open at once: a trace is closed when so many others began after its last span."""
_EVENTS: Mapping[str, str] = MappingProxyType({"user": "gen_ai.user.message", "assistant": "gen_ai.choice"})
_ASIDE = frozenset(("embeddings", "execute_tool", "retrieval", "create_agent"))
_TEXT_KEYS = ("content", "text", "page_content", "document.content", "body")


def exchanges(entries: Iterable[Entry | Bad], window: int = OPEN_TRACES) -> Iterator[Exchange | Bad]:
    """Gather spans by trace and tell each trace when no more is to be expected of it.

    Args:
        entries: exports, one a record.
        window: how many traces may be open; memory is theirs alone.
    """
    open_traces: OrderedDict[str, list[Span]] = OrderedDict()
    for entry in entries:
        for span in _spans(entry):
            if isinstance(span, Bad):
                yield span
                continue
            open_traces.setdefault(span.trace, []).append(span)
            open_traces.move_to_end(span.trace)
            if len(open_traces) > window:
                yield from _told(open_traces.popitem(last=False)[1])
    for spans in open_traces.values():
        yield from _told(spans)


def _spans(entry: Entry | Bad) -> Iterator[Span | Bad]:
    if isinstance(entry, Bad):
        yield entry
    elif isinstance(entry.value, Mapping) and is_export(entry.value):
        for span in spans_in(entry.value, entry.where):
            yield span if isinstance(span, Span) else Bad(span)
    else:
        yield Bad(f"{entry.where}: no 'resourceSpans'; give OTLP/JSON, or another --format")


def _told(spans: Sequence[Span]) -> Iterator[Exchange | Bad]:
    spans = sorted(spans, key=lambda span: (span.start_s, -span.end_s))
    talking = _outermost([span for span in spans if _inputs(span) or _output(span)], spans)
    turns = next((turns for span in talking if (turns := _inputs(span))), ())
    if turns:
        yield _exchange(spans, talking, turns)
    elif any(name.startswith("gen_ai.") for span in spans for name in span.attributes):
        yield Bad(f"{spans[0].where}: trace {spans[0].trace} has no message of a user; was content capture off?")


def _exchange(spans: Sequence[Span], talking: Sequence[Span], turns: tuple[str, ...]) -> Exchange:
    by_end = sorted(talking, key=lambda span: span.end_s)
    answer = next((said for span in reversed(by_end) if (said := _output(span))), "")
    started, ended = min(span.start_s for span in spans), max(span.end_s for span in spans)
    error = next((span.error for span in reversed(by_end) if span.error), None)
    return Exchange(
        id=spans[0].trace,
        conversation=_first(spans, "gen_ai.conversation.id", "session.id", "thread.id") or spans[0].trace,
        turns=turns,
        answer=answer,
        where=spans[0].where,
        started_s=started,
        error=None if answer else error or "the trace holds no answer",
        parts=_parts(spans, started, ended),
        elapsed_ms=max(0.0, ended - started) * 1000,
    )


def _parts(spans: Sequence[Span], started: float, ended: float) -> dict[str, object]:
    steps = [(name, span.start_s, span.end_s, span.error is not None) for span in spans if (name := _stage(span))]
    return told(
        {
            "passages": [passage for span in spans for passage in _passages(span)],
            "agents": list(dict.fromkeys(name for span in spans if (name := _agent(span)))),
            "events": stage_events(steps),
            "timings_ms": told({"total": (ended - started) * 1000, "first_token": _first_token_ms(spans, started)}),
            "usage": _usage(spans),
        }
    )


def _outermost(chosen: Sequence[Span], spans: Sequence[Span]) -> list[Span]:
    """Those that no other chosen span is around."""
    parents = {span.id: span.parent for span in spans}
    ids = {span.id for span in chosen}
    return [span for span in chosen if not ids.intersection(_ancestors(span.id, parents))]


def _ancestors(id_: str, parents: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    while (id_ := parents.get(id_, "")) and id_ not in found:
        found.append(id_)
    return found


def _operation(span: Span) -> str:
    kind = span.text("openinference.span.kind").lower()
    named = {"retriever": "retrieval", "tool": "execute_tool", "embedding": "embeddings", "agent": "invoke_agent"}
    return span.text("gen_ai.operation.name") or named.get(kind, kind)


def _inputs(span: Span) -> tuple[str, ...]:
    return next((turns for form in _forms(span, "input", "prompt", "user") if (turns := user_turns(form))), ())


def _output(span: Span) -> str:
    return next((said for form in _forms(span, "output", "completion", "assistant") if (said := answer_in(form))), "")


def _forms(span: Span, side: str, older: str, role: str) -> Iterator[object]:
    """The ways in which a span may tell one side of a call, newest convention first; none for a step aside."""
    if _operation(span) in _ASIDE:
        return
    keys = (f"gen_ai.{side}.messages", f"gen_ai.{older}")
    yield from (span.attributes.get(key) for key in keys)
    yield _numbered(span, older)
    yield [_event(attributes, role) for name, attributes in span.events if name == _EVENTS[role]]
    yield from (attributes[key] for _, attributes in span.events for key in keys if key in attributes)
    yield span.attributes.get(f"{side}.value")


def _event(attributes: Mapping[str, object], role: str) -> dict[str, object]:
    """The message of an event: its content, or the message within a choice."""
    message = unpacked(attributes.get("message"))
    inner = message if isinstance(message, Mapping) else attributes
    return {"role": role, "content": inner.get("content") or attributes.get("gen_ai.event.content") or ""}


def _numbered(span: Span, kind: str) -> list[dict[str, object]]:
    """Messages that were flattened into `gen_ai.prompt.0.role`, `gen_ai.prompt.0.content`, …"""
    found: list[dict[str, object]] = []
    default = "user" if kind == "prompt" else "assistant"
    while (content := span.attributes.get(f"gen_ai.{kind}.{len(found)}.content")) is not None:
        role = span.attributes.get(f"gen_ai.{kind}.{len(found)}.role") or default
        found.append({"role": role, "content": content})
    return found


def _stage(span: Span) -> str:
    return _agent(span) or (_operation(span) if _operation(span) in ("retrieval", "chat", "generate_content") else "")


def _agent(span: Span) -> str:
    if _operation(span) == "execute_tool":
        return span.text("gen_ai.tool.name", "tool.name") or span.name.removeprefix("execute_tool ")
    if _operation(span) == "invoke_agent":
        return span.text("gen_ai.agent.name", "agent.name") or span.name.removeprefix("invoke_agent ")
    return ""


def _passages(span: Span) -> list[dict[str, object]]:
    documents = unpacked(span.attributes.get("gen_ai.retrieval.documents"))
    listed = documents if isinstance(documents, list) else _flattened(span)
    parsed = (unpacked(document) for document in listed)
    return [_passage(document, index) for index, document in enumerate(parsed, 1) if isinstance(document, Mapping)]


def _passage(document: Mapping[str, Any], index: int) -> dict[str, object]:
    text = next((str(document[key]) for key in _TEXT_KEYS if document.get(key)), "")
    id_ = document.get("id") or document.get("document.id") or f"passage-{index}"
    return {"id": str(id_), "text": text, **told({"path": document.get("path") or document.get("uri")})}


def _flattened(span: Span) -> list[dict[str, object]]:
    """OpenInference: `retrieval.documents.0.document.content`, …"""
    found: list[dict[str, object]] = []
    while document := _below(span, f"retrieval.documents.{len(found)}."):
        found.append(document)
    return found


def _below(span: Span, prefix: str) -> dict[str, object]:
    return {name.removeprefix(prefix): value for name, value in span.attributes.items() if name.startswith(prefix)}


def _first_token_ms(spans: Sequence[Span], started: float) -> float | None:
    names = ("gen_ai.response.time_to_first_chunk", "gen_ai.server.time_to_first_token")
    firsts = [span.start_s - started + seconds for span in spans if (seconds := span.number(*names)) is not None]
    return min(firsts) * 1000 if firsts else None


def _usage(spans: Sequence[Span]) -> dict[str, object]:
    """Tokens of the innermost spans that count them: an agent's span repeats what its calls used."""
    counting = [
        span for span in spans if span.number("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens") is not None
    ]
    parents = {span.id: span.parent for span in spans}
    around = {ancestor for span in counting for ancestor in _ancestors(span.id, parents)}
    calls = [span for span in counting if span.id not in around]
    if not calls:
        return {}
    names = {"input": ("input_tokens", "prompt_tokens"), "output": ("output_tokens", "completion_tokens")}
    return {
        f"{side}_tokens": int(sum(span.number(*(f"gen_ai.usage.{key}" for key in keys)) or 0 for span in calls))
        for side, keys in names.items()
    }


def _first(spans: Sequence[Span], *names: str) -> str:
    return next((text for span in spans if (text := span.text(*names))), "")
