"""Spans as OTLP/JSON writes them: typed attribute values, times in nanoseconds, exports in batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SCALARS = ("stringValue", "boolValue", "doubleValue", "bytesValue")
_NS = 1e9


@dataclass(frozen=True)
class Span:
    """One span. Times are seconds since the epoch; `events` are (name, attributes)."""

    trace: str
    id: str
    parent: str
    name: str
    start_s: float
    end_s: float
    attributes: Mapping[str, object]
    events: tuple[tuple[str, Mapping[str, object]], ...]
    error: str | None
    where: str

    def text(self, *names: str) -> str:
        """The first of these attributes that is a text which says something."""
        values = (self.attributes.get(name) for name in names)
        return next((value for value in values if isinstance(value, str) and value.strip()), "")

    def number(self, *names: str) -> float | None:
        """The first of these attributes that is a number."""
        values = (self.attributes.get(name) for name in names)
        return next((float(value) for value in values if isinstance(value, int | float)), None)


def is_export(value: object) -> bool:
    """A batch of an OTLP exporter, in the lower camel case of the protocol or in snake case."""
    return isinstance(value, Mapping) and ("resourceSpans" in value or "resource_spans" in value)


def spans_in(export: Mapping[str, Any], where: str) -> Iterator[Span | str]:
    """The spans of a batch in its order; a text says what is wrong with one."""
    for resource in _listed(export, "resourceSpans", "resource_spans"):
        scopes = _listed(resource, "scopeSpans", "scope_spans", "instrumentationLibrarySpans")
        if not scopes:
            yield f"{where}: a resource without spans ({str(resource)[:40]!r}); mend or remove it"
        for scope in scopes:
            for index, span in enumerate(_listed(scope, "spans"), start=1):
                yield _span(span, where, index)


def plain(value: object) -> object:
    """An attribute value without its type: text, number, list or object."""
    if not isinstance(value, Mapping):
        return value
    if "intValue" in value:
        return int(value["intValue"])
    if "arrayValue" in value:
        return [plain(part) for part in (value["arrayValue"] or {}).get("values", ())]
    if "kvlistValue" in value:
        return attributes_of((value["kvlistValue"] or {}).get("values", ()))
    return next((value[key] for key in _SCALARS if key in value), None)


def attributes_of(listed: object) -> dict[str, object]:
    """Attributes by name; some exporters write an object where the protocol has a list."""
    if isinstance(listed, Mapping):
        return {str(key): plain(value) for key, value in listed.items()}
    pairs = listed if isinstance(listed, Sequence) else ()
    return {str(pair["key"]): plain(pair.get("value")) for pair in pairs if isinstance(pair, Mapping) and "key" in pair}


def _span(span: object, where: str, index: int) -> Span | str:
    try:
        return _parsed(span, where) if isinstance(span, Mapping) else f"{where}: span {index} is no object; remove it"
    except (AttributeError, KeyError, ValueError, TypeError, OverflowError) as error:
        return f"{where}: span {index} cannot be read ({type(error).__name__}: {error}); mend or remove it"


def _parsed(span: Mapping[str, Any], where: str) -> Span:
    status = span.get("status") or {}
    failed = status.get("code") in (2, "2", "STATUS_CODE_ERROR", "ERROR")
    start_s = _seconds(span, "startTimeUnixNano", "start_time_unix_nano")
    return Span(
        trace=_id(span, "traceId", "trace_id"),
        id=_id(span, "spanId", "span_id"),
        parent=str(span.get("parentSpanId") or span.get("parent_span_id") or ""),
        name=str(span.get("name", "")),
        start_s=start_s,
        end_s=_seconds(span, "endTimeUnixNano", "end_time_unix_nano") or start_s,
        attributes=attributes_of(span.get("attributes", ())),
        events=tuple(
            (str(e.get("name", "")), attributes_of(e.get("attributes", ()))) for e in span.get("events") or ()
        ),
        error=str(status.get("message") or "the span failed") if failed else None,
        where=where,
    )


def _id(span: Mapping[str, Any], *names: str) -> str:
    found = next((span[name] for name in names if span.get(name)), None)
    if found is None:
        raise KeyError(names[0])
    return str(found)


def _seconds(span: Mapping[str, Any], *names: str) -> float:
    return int(next((span[name] for name in names if span.get(name)), 0)) / _NS


def _listed(table: object, *names: str) -> Sequence[Any]:
    if not isinstance(table, Mapping):
        return ()
    found = next((table[name] for name in names if table.get(name)), ())
    return found if isinstance(found, list) else ()
