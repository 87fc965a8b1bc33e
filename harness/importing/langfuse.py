"""Langfuse exports into exchanges: traces with their observations, one a record, or a trace download around them.

Observations alone (rows with `traceId`, as the observations API gives them) are gathered by trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from harness.importing.exchanges import Bad, Exchange, stage_events, told
from harness.importing.files import Entry
from harness.importing.messages import answer_in, unpacked, user_turns

Table = Mapping[str, Any]
_AGENTS = frozenset(("AGENT", "TOOL"))
_STAGES = frozenset(("AGENT", "TOOL", "RETRIEVER", "CHAIN", "GENERATION"))
_TEXT_KEYS = ("text", "content", "page_content", "pageContent", "body")


def exchanges(entries: Iterable[Entry | Bad]) -> Iterator[Exchange | Bad]:
    """Tell each trace as it comes; observations alone wait for the end of the file, for they come in any order."""
    lone: dict[str, list[tuple[Table, str]]] = {}
    for entry in entries:
        if isinstance(entry, Bad):
            yield entry
            continue
        for record in _records(entry.value):
            if isinstance(record, Mapping) and _is_lone(record):
                lone.setdefault(str(record["traceId"]), []).append((record, entry.where))
            else:
                yield _told(record, entry.where)
    for trace, rows in lone.items():
        yield _told(_trace_of(trace, [row for row, _ in rows]), rows[0][1])


def _records(value: object) -> Sequence[object]:
    """The traces of a record: a page of the API, a session or a download has them inside."""
    if isinstance(value, Mapping):
        for key in ("data", "traces"):
            if isinstance(value.get(key), list):
                return list(value[key])
        if isinstance(value.get("trace"), Mapping):
            return [{**value["trace"], **{key: value[key] for key in ("observations", "scores") if key in value}}]
    return [value]


def _is_lone(record: Table) -> bool:
    return bool(record.get("traceId")) and "observations" not in record and "type" in record


def _trace_of(trace: str, rows: Sequence[Table]) -> Table:
    top = next((row for row in rows if not row.get("parentObservationId")), rows[0])
    session = next((row["sessionId"] for row in rows if row.get("sessionId")), None)
    shared = {"id": trace, "sessionId": session, "timestamp": top.get("startTime"), "tags": top.get("tags")}
    return {**shared, "input": top.get("input"), "output": top.get("output"), "observations": rows}


def _told(trace: object, where: str) -> Exchange | Bad:
    if not isinstance(trace, Mapping):
        return Bad(f"{where}: a trace must be an object, got {type(trace).__name__}")
    try:
        return _exchange(trace, where)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        return Bad(f"{where}: the trace cannot be read ({type(error).__name__}: {error}); mend or remove it")


def _exchange(trace: Table, where: str) -> Exchange | Bad:
    rows = [row for row in trace.get("observations") or () if isinstance(row, Mapping)]
    rows.sort(key=lambda row: _seconds(row.get("startTime")))
    turns = next((turns for source in (trace, *rows) if (turns := user_turns(source.get("input")))), ())
    if not turns:
        return Bad(f"{where}: the trace has no message of a user in its input; export it with input and output")
    id_ = str(trace.get("id") or where)
    started, ended = _bounds(trace, rows)
    answer = next((said for source in (trace, *reversed(rows)) if (said := answer_in(source.get("output")))), "")
    error = next((str(row.get("statusMessage") or "failed") for row in rows if row.get("level") == "ERROR"), None)
    return Exchange(
        id=id_,
        conversation=str(trace.get("sessionId") or id_),
        turns=turns,
        answer=answer,
        where=where,
        started_s=started,
        error=None if answer else error or "the trace holds no answer",
        parts=_parts(trace, rows, started, ended),
        elapsed_ms=_latency_ms(trace, started, ended),
        tags=tuple(str(tag) for tag in trace.get("tags") or ()),
    )


def _parts(trace: Table, rows: Sequence[Table], started: float, ended: float) -> dict[str, object]:
    staged = [row for row in rows if row.get("type") in _STAGES and row.get("name")]
    steps = [
        (str(row["name"]), _seconds(row.get("startTime")), _seconds(row.get("endTime")), row.get("level") == "ERROR")
        for row in staged
    ]
    first_ms = [
        (_seconds(row["completionStartTime"]) - started) * 1000 for row in rows if row.get("completionStartTime")
    ]
    timings = {"total": _latency_ms(trace, started, ended), "first_token": min(first_ms, default=None)}
    return told(
        {
            "passages": [passage for row in rows if _retrieves(row) for passage in _passages(row)],
            "agents": list(dict.fromkeys(str(row["name"]) for row in staged if row["type"] in _AGENTS)),
            "events": stage_events(steps),
            "timings_ms": told(timings),
            "usage": _usage(trace, rows),
            "scores": {str(one["name"]): one["value"] for one in trace.get("scores") or () if "value" in one},
        }
    )


def _retrieves(row: Table) -> bool:
    return row.get("type") == "RETRIEVER" or "retriev" in str(row.get("name", "")).lower()


def _passages(row: Table) -> list[dict[str, object]]:
    found = unpacked(row.get("output"))
    if isinstance(found, Mapping):
        found = next((found[key] for key in ("documents", "passages", "results", "hits") if key in found), [])
    listed = found if isinstance(found, list) else []
    return [_passage(document, index) for index, document in enumerate(listed, 1)]


def _passage(document: object, index: int) -> dict[str, object]:
    table: Table = document if isinstance(document, Mapping) else {"text": str(document)}
    metadata = table.get("metadata")
    about: Table = metadata if isinstance(metadata, Mapping) else {}
    text = next((str(table[key]) for key in _TEXT_KEYS if table.get(key)), "")
    id_ = table.get("id") or about.get("id") or about.get("source") or f"passage-{index}"
    return {"id": str(id_), "text": text, **told({"path": table.get("path") or about.get("path")})}


def _usage(trace: Table, rows: Sequence[Table]) -> dict[str, object]:
    counted = [_tokens(row) for row in rows if row.get("type") == "GENERATION"]
    sides = {f"{side}_tokens": sum(tokens[side] for tokens in counted) for side in ("input", "output")}
    return {**(sides if any(sides.values()) else {}), **told({"cost_usd": trace.get("totalCost")})}


def _tokens(row: Table) -> dict[str, int]:
    usage = row.get("usageDetails") or row.get("usage") or {}
    names = {
        "input": ("input", "promptTokens", "prompt_tokens"),
        "output": ("output", "completionTokens", "completion_tokens"),
    }
    return {side: int(next((usage[key] for key in keys if usage.get(key)), 0)) for side, keys in names.items()}


def _bounds(trace: Table, rows: Sequence[Table]) -> tuple[float, float]:
    moments = [_seconds(row.get(key)) for row in rows for key in ("startTime", "endTime")]
    known = [moment for moment in (_seconds(trace.get("timestamp")), *moments) if moment]
    return min(known, default=0.0), max(known, default=0.0)


def _latency_ms(trace: Table, started: float, ended: float) -> float:
    """The trace's own latency is in seconds."""
    latency = trace.get("latency")
    return float(latency) * 1000 if isinstance(latency, int | float) else max(0.0, ended - started) * 1000


def _seconds(moment: object) -> float:
    """Seconds since the epoch of an ISO 8601 moment; 0 for none."""
    return datetime.fromisoformat(moment).timestamp() if isinstance(moment, str) and moment else 0.0
