"""Put members into the text of a JSON object without touching how the rest is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def with_members(text: str, table: Mapping[str, Any], part: Mapping[str, Any]) -> str | None:
    """A text with what a part adds to its tables; None where a list grows or a value changes.

    Args:
        text: a JSON object as it is written.
        table: what it says.
        part: what is to be added, as `kb.skillset.shared_files.added` tells it.
    """
    for keys, key, value in _new_members(table, part, ()):
        start = _opening(text, keys)
        if start is None or value is None:
            return None
        text = _inserted(text, start, f"{json.dumps(key, ensure_ascii=False)}: ", value, len(keys) + 1)
    return text


def _new_members(
    table: Mapping[str, Any], part: Mapping[str, Any], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """The keys above, the key and the value of each member; None for a value that cannot be put in as it is."""
    for key, value in part.items():
        if key not in table:
            yield above, key, value
        elif isinstance(table[key], dict) and isinstance(value, Mapping):
            yield from _new_members(table[key], value, (*above, key))
        else:
            yield above, key, None


def _opening(text: str, keys: tuple[str, ...], start: int = 0) -> int | None:
    """Where the object below some keys opens, behind its brace; of a key that stands twice the last counts."""
    place = _end_of_blank(text, start)
    if text[place : place + 1] != "{":
        return None
    if not keys:
        return place + 1
    found = None
    place = _end_of_blank(text, place + 1)
    while text[place : place + 1] == '"':
        key, place = _DECODER.raw_decode(text, place)
        value = _end_of_blank(text, _end_of_blank(text, place) + 1)
        found = _opening(text, keys[1:], value) if key == keys[0] else found
        _, place = _DECODER.raw_decode(text, value)
        place = _end_of_blank(text, place)
        place = _end_of_blank(text, place + 1) if text[place : place + 1] == "," else place
    return found


def _inserted(text: str, start: int, name: str, value: object, depth: int) -> str:
    """A text with a member as the first of an object, written as its neighbours are: on lines of their own, or not."""
    blank = text[start : _end_of_blank(text, start)]
    is_empty = text[start + len(blank)] == "}"
    if "\n" not in blank or is_empty:
        body = name + json.dumps(value, ensure_ascii=False)
        return text[:start] + body + ("" if is_empty else ", ") + text[start:].lstrip(" \t")
    end = "\r\n" if "\r\n" in blank else "\n"
    indent = blank.rpartition("\n")[2]
    step = indent[: len(indent) // depth]
    body = json.dumps(value, ensure_ascii=False, indent=step).replace("\n", f"{end}{indent}")
    return f"{text[:start]}{end}{indent}{name}{body},{text[start:]}"


def _end_of_blank(text: str, start: int) -> int:
    found = _BLANK.match(text, start)
    return found.end() if found else start
