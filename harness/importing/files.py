"""Read the records of a trace file one at a time: JSONL by lines, a JSON array by elements, one document as it is.

A line or element that is no JSON is told with its line and the rest goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness.cases import DataError
from harness.importing.exchanges import Bad

_CHUNK = 1 << 16
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Entry:
    """A record as it stands in a file, and where it begins."""

    where: str
    value: object


def read_entries(path: Path) -> Iterator[Entry | Bad]:
    """Yield the records of a file in order.

    Raises:
        DataError: the file cannot be opened or is not UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig") as stream:
            start = _first_character(stream)
            yield from _elements(stream, path) if start == "[" else _lines_or_document(stream, path)
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error}); give a UTF-8 JSON or JSONL file") from error


def _first_character(stream: IO[str]) -> str:
    while (character := stream.read(1)).isspace():
        continue
    stream.seek(0)
    return character


def _lines_or_document(stream: IO[str], path: Path) -> Iterator[Entry | Bad]:
    """Lines, unless the first of them is the beginning of one document over several lines."""
    first = next((line for line in stream if line.strip()), "")
    is_document = first.rstrip() in ("{", "{\r") or (_parsed(first) is None and _looks_open(first))
    stream.seek(0)
    if is_document:
        text = stream.read()
        value = _parsed(text)
        yield Bad(f"{path}:1: not JSON; mend the document") if value is None else Entry(f"{path}:1", value)
        return
    for number, line in enumerate(stream, start=1):
        if line.strip():
            value = _parsed(line)
            where = f"{path}:{number}"
            yield Bad(f"{where}: not a JSON row; mend or remove the line") if value is None else Entry(where, value)


def _looks_open(line: str) -> bool:
    """A first line that ends in the middle of an object: a document that was written for readers."""
    return line.lstrip().startswith("{") and line.rstrip()[-1] in "{[,:"


def _elements(stream: IO[str], path: Path) -> Iterator[Entry | Bad]:
    """The elements of an array, with no more in memory than one of them and a chunk."""
    buffer, line, done = "", 1, False
    while True:
        stripped = buffer.lstrip(" \t\r\n,[" if not done else " \t\r\n,")
        line, buffer = line + buffer[: len(buffer) - len(stripped)].count("\n"), stripped
        done = done or bool(buffer)
        if buffer.startswith("]"):
            return
        try:
            value, end = _DECODER.raw_decode(buffer)
        except (ValueError, RecursionError) as error:
            chunk = stream.read(_CHUNK)
            if not chunk:
                what = f"cannot be read from here on ({error})" if buffer else "ends without ']': something is missing"
                yield Bad(f"{path}:{line}: the array {what}; mend it")
                return
            buffer += chunk
            continue
        yield Entry(f"{path}:{line}", value)
        line, buffer = line + buffer[:end].count("\n"), buffer[end:]


def _parsed(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value
