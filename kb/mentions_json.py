"""JSON in a text, as `kb search --json`, `kb show --json` or `eco2 ask --json` print it: its citations and where.

An object with `path`, `line_start` and `line_end` is a citation; `quote_hash`, `text` and `blob` pin it. What else such
an object holds is about the citation and not cited again. Strings elsewhere (an answer) are searched for marks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from kb.cite import Mention, Place

_OPENING = re.compile(r"^[ \t]*(?=[{\[])", re.MULTILINE)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]')
_COLON = re.compile(r"\s*:")
_NEEDED = frozenset({"path", "line_start", "line_end"})
# The text of a rule or of a fact is put together from its fields: it is no quote of the lines.
_RENDERED = ("rule:", "world:")

At = Callable[[int], tuple[int, int]]


@dataclass
class _Frame:
    """An object or list that is being read: its direct keys, the strings and the citations inside."""

    start: int
    keys: set[str] = field(default_factory=set)
    strings: list[tuple[int, int]] = field(default_factory=list)
    cited: list[Mention] = field(default_factory=list)


def json_regions(text: str) -> list[tuple[int, int]]:
    """The spans of JSON objects and lists that begin a line, in order, none inside another."""
    decoder = json.JSONDecoder()
    spans: list[tuple[int, int]] = []
    position = 0
    while (opening := _OPENING.search(text, position)) is not None:
        try:
            _, end = decoder.raw_decode(text, opening.end())
            spans.append((opening.end(), end))
        except (json.JSONDecodeError, RecursionError, ValueError):
            end = opening.end() + 1
        position = end
    return spans


def json_mentions(text: str, start: int, end: int, at: At, strings: Callable[[str], list[Mention]]) -> list[Mention]:
    """The citations of one JSON value.

    Args:
        text: the whole text.
        start: where the value begins.
        end: where it ends.
        at: line and column of an offset.
        strings: finds citations in a decoded string.
    """
    stack = [_Frame(start)]
    for token in _TOKEN.finditer(text, start, end):
        if token.group() in "{[":
            stack.append(_Frame(token.start()))
        elif token.group() in "}]":
            _close(text, token.end(), stack, at)
        elif token.group()[0] == '"':
            _note(text, token, stack[-1], end)
    found = stack[0].cited
    for first, last in stack[0].strings:
        found += [_placed(mention, first, last, at) for mention in strings(json.loads(text[first:last]))]
    return found


def _note(text: str, token: re.Match[str], frame: _Frame, end: int) -> None:
    if _COLON.match(text, token.end(), end):
        frame.keys.add(json.loads(token.group()))
    else:
        frame.strings.append(token.span())


def _close(text: str, end: int, stack: list[_Frame], at: At) -> None:
    """End the innermost object or list; one that is a citation swallows its strings."""
    frame = stack.pop()
    mention = _mention(json.loads(text[frame.start : end]), frame.start, end, at) if frame.keys >= _NEEDED else None
    stack[-1].cited += frame.cited
    if mention is None:
        stack[-1].strings += frame.strings
    else:
        stack[-1].cited.append(mention)


def _mention(row: Mapping[str, object], start: int, end: int, at: At) -> Mention | None:
    path, first, last = row["path"], row["line_start"], row["line_end"]
    if not isinstance(path, str) or not _is_line(first) or not _is_line(last):
        return None
    place = Place(path, int(str(first)), int(str(last)))
    doc_id = next((name for key in ("doc_id", "id") if _is_id(name := row.get(key))), None)
    pin, blob = row.get("quote_hash"), row.get("blob")
    return Mention(
        "json", *at(start), start, end, f"{path}:{first}-{last}", path, place,
        pin=None if pin is None else str(pin).lower(),
        quote=_quote(row, doc_id),
        blob=blob if isinstance(blob, str) else None,
        doc_id=str(doc_id) if doc_id else None,
    )  # fmt: skip


def _quote(row: Mapping[str, object], doc_id: object) -> str | None:
    text = row.get("text")
    is_rendered = row.get("kind") == "rule" or (isinstance(doc_id, str) and doc_id.startswith(_RENDERED))
    return text if isinstance(text, str) and not is_rendered else None


def _is_line(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("adr:", "incident:", *_RENDERED))


def _placed(mention: Mention, first: int, last: int, at: At) -> Mention:
    """A mention inside a string of JSON: exact in a string without escapes, else the string's beginning."""
    line, column = at(first)
    inside = mention.column if mention.line == 1 else 1
    return replace(mention, kind="json", line=line, column=column + inside, start=first, end=last)
