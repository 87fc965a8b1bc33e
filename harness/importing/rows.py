"""Free JSONL into exchanges: where each thing stands is told by a mapping, or found under its usual names.

A path is keys and indexes with dots between: `request.messages.0.content`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.cases import ConfigError
from harness.importing.exchanges import Bad, Exchange, told
from harness.importing.files import Entry
from harness.importing.messages import answer_in, unpacked, user_turns

USUAL: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "trace_id", "request_id", "message_id"),
    "conversation": ("conversation", "conversation_id", "session_id", "sessionId", "thread_id"),
    "question": ("question", "turns", "messages", "query", "user_input", "input", "prompt"),
    "answer": ("answer", "response", "output", "completion", "messages"),
    "passages": ("passages", "contexts", "retrieved_contexts", "context", "documents"),
    "intents": ("intents",),
    "agents": ("agents",),
    "citations": ("citations",),
    "events": ("events",),
    "usage": ("usage",),
    "timings_ms": ("timings_ms",),
    "latency_ms": ("latency_ms", "elapsed_ms", "duration_ms"),
    "time": ("time_s", "timestamp_s"),
    "error": ("error",),
    "tags": ("tags",),
}
_WORDS = ("intents", "agents")


def mapping_from(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The usual names, those of `name=path` first.

    Raises:
        ConfigError: an entry is no `name=path`, or nothing of that name is read.
    """
    found = dict(USUAL)
    for entry in given:
        name, sign, path = entry.partition("=")
        if not sign or not path or name not in USUAL:
            raise ConfigError(f"--map {entry!r}: give name=path with a name of {', '.join(USUAL)}")
        found[name] = (path,)
    return found


def exchanges(entries: Iterable[Entry | Bad], mapping: Mapping[str, tuple[str, ...]]) -> Iterator[Exchange | Bad]:
    """Tell each row as it comes."""
    for entry in entries:
        yield entry if isinstance(entry, Bad) else _told(entry, mapping)


def _told(entry: Entry, mapping: Mapping[str, tuple[str, ...]]) -> Exchange | Bad:
    row = entry.value
    if not isinstance(row, Mapping):
        return Bad(f"{entry.where}: a row must be an object, got {type(row).__name__}")
    turns = next((turns for path in mapping["question"] if (turns := _turns(at(row, path)))), ())
    if not turns:
        return Bad(f"{entry.where}: no question at {', '.join(mapping['question'])}; say where by --map question=path")
    answer = next((said for path in mapping["answer"] if (said := answer_in(at(row, path)))), "")
    id_ = _text(row, mapping["id"]) or entry.where
    latency = _number(row, mapping["latency_ms"])
    return Exchange(
        id=id_,
        conversation=_text(row, mapping["conversation"]) or id_,
        turns=turns,
        answer=answer,
        where=entry.where,
        started_s=_number(row, mapping["time"]),
        error=None if answer else _text(row, mapping["error"]) or "the row holds no answer",
        parts=_parts(row, mapping, latency),
        elapsed_ms=latency,
        tags=tuple(_words(_first(row, mapping["tags"]))),
    )


def at(row: object, path: str) -> object:
    """What stands at a path; None where it leads nowhere."""
    for step in path.split("."):
        row = unpacked(row)
        if isinstance(row, Mapping):
            row = row.get(step)
        elif isinstance(row, list) and step.lstrip("-").isdigit() and -len(row) <= int(step) < len(row):
            row = row[int(step)]
        else:
            return None
    return row


def _turns(value: object) -> tuple[str, ...]:
    """Plain texts in a list are turns of the user, as cases write them; anything else is messages."""
    value = unpacked(value)
    if isinstance(value, list) and value and all(isinstance(turn, str) for turn in value):
        return tuple(str(turn) for turn in value)
    return user_turns(value)


def _parts(row: object, mapping: Mapping[str, tuple[str, ...]], latency: float) -> dict[str, object]:
    timings = _first(row, mapping["timings_ms"])
    return told(
        {
            "passages": _passages(_first(row, mapping["passages"])),
            **{name: _words(_first(row, mapping[name])) for name in _WORDS},
            **{
                name: found for name in ("citations", "events") if isinstance(found := _first(row, mapping[name]), list)
            },
            "usage": usage if isinstance(usage := _first(row, mapping["usage"]), Mapping) else {},
            "timings_ms": timings if isinstance(timings, Mapping) else told({"total": latency or None}),
        }
    )


def _passages(value: object) -> list[dict[str, object]]:
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [
        {"id": f"passage-{index}", "text": "", **(part if isinstance(part, Mapping) else {"text": str(part)})}
        for index, part in enumerate(listed, 1)
    ]


def _first(row: object, paths: Iterable[str]) -> object:
    return next((found for path in paths if (found := unpacked(at(row, path))) is not None), None)


def _text(row: object, paths: Iterable[str]) -> str:
    found = _first(row, paths)
    return str(found) if isinstance(found, str | int) else ""


def _number(row: object, paths: Iterable[str]) -> float:
    found = _first(row, paths)
    return float(found) if isinstance(found, int | float) and 0 <= found <= sys.float_info.max else 0.0


def _words(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else []
