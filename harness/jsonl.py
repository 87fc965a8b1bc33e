"""Read and append JSONL. Every complaint names file and line; a row that a crash cut off is only forgiven on resume."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import IO

from harness.cases import DataError

_BLOCK = 1 << 16
_HALF = re.compile("[\ud800-\udfff]")


def read_rows(path: Path, shown: str = "") -> Iterator[tuple[int, dict[str, object]]]:
    """Yield (line number, row) for every line that is not blank; one line is held at a time.

    Raises:
        DataError: the file cannot be read, a line is not JSON or not an object; names the line.
    """
    where = shown or str(path)
    for number, line in enumerate(_lines(path, where), start=1):
        if line.strip():
            yield number, row_of(line, f"{where}:{number}")


def read_json(path: Path, shown: str = "") -> object:
    """Read one JSON document.

    Raises:
        DataError: the file cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise DataError(f"{shown or path}: cannot be read ({error})") from error


def append_row(stream: IO[str], row: Mapping[str, object]) -> None:
    """Write one row and hand it to the operating system at once, so that a killed run keeps it."""
    stream.write(dump(row) + "\n")
    stream.flush()


def write_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Replace a file by rows, one a line, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(dump(row) + "\n" for row in rows)
    part.replace(path)


def write_text(path: Path, text: str) -> None:
    """Replace a file in one step: readers see the old text or the new, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    part.replace(path)


def dump(row: object) -> str:
    """One line of strict JSON; NaN and infinity, which JSON does not have, become null.

    Half of a pair of surrogates, which a target that cuts an emoji in two sends and UTF-8 does not have, becomes `?`.
    """
    try:
        text = json.dumps(row, ensure_ascii=False, allow_nan=False, default=_plain)
    except ValueError:
        text = json.dumps(_finite(row), ensure_ascii=False, allow_nan=False, default=_plain)
    return text.encode("utf-8", "replace").decode()


def pretty(value: object, indent: str = "") -> str:
    """JSON that reads well in a diff: objects on lines of their own, a list of plain values on one line."""
    deeper = indent + " "
    if isinstance(value, Mapping) and value:
        parts = [f"{deeper}{json.dumps(str(key), ensure_ascii=False)}: {pretty(value[key], deeper)}" for key in value]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    if isinstance(value, list | tuple) and any(isinstance(part, Mapping | list | tuple) for part in value):
        return "[\n" + ",\n".join(f"{deeper}{pretty(part, deeper)}" for part in value) + f"\n{indent}]"
    return dump(value)


def drop_torn_end(path: Path) -> bool:
    """Cut off what a crash left of a last row; True when something was cut.

    A row is whole when its newline was written, which `append_row` does last.
    """
    with path.open("r+b") as stream:
        size = stream.seek(0, os.SEEK_END)
        keep = _end_of_last_line(stream, size)
        stream.truncate(keep)
    return keep < size


def row_of(line: str | bytes, where: str) -> dict[str, object]:
    """Read one line.

    Raises:
        DataError: it is not JSON or not an object; `where` is in the message.
    """
    try:
        row = json.loads(line, parse_constant=_no_constant)
    except ValueError as error:
        raise DataError(f"{where}: not a JSON row ({error}); mend or remove the line") from error
    except RecursionError as error:
        raise DataError(f"{where}: nested too deep to be read; mend or remove the line") from error
    if not isinstance(row, dict):
        raise DataError(f"{where}: a row must be an object, got {type(row).__name__}")
    if _escapes_half(line) and _HALF.search(json.dumps(row, ensure_ascii=False)):
        raise DataError(f"{where}: holds half a character (a lone \\ud800 to \\udfff); mend the text")
    return row


def _escapes_half(line: str | bytes) -> bool:
    if isinstance(line, bytes):
        return b"\\ud" in line or b"\\uD" in line
    return "\\ud" in line or "\\uD" in line


def _lines(path: Path, where: str) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig") as stream:
            yield from stream
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{where}: cannot be read ({error}); give a UTF-8 JSONL file") from error


def _end_of_last_line(stream: IO[bytes], size: int) -> int:
    """Where the last line that has its newline ends; read from the end, since a torn row is short."""
    at = size
    while at > 0:
        start = max(0, at - _BLOCK)
        stream.seek(start)
        found = stream.read(at - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        at = start
    return 0


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _plain(value: object) -> object:
    """What JSON has no form for: numpy's numbers as numbers, all else as text."""
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return _finite(float(value))
    return str(value)


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, Mapping):
        return {str(key): _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return value
