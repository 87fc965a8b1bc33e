"""Read and append JSONL. Every complaint names file and line; a row that a crash cut off is only forgiven on resume."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from harness.cases import DataError


def read_rows(path: Path, shown: str = "") -> Iterator[tuple[int, dict[str, object]]]:
    """Yield (line number, row) for every line that is not blank.

    Raises:
        DataError: the file cannot be read, a line is not JSON or not an object; names the line.
    """
    where = shown or str(path)
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{where}: cannot be read ({error}); give a UTF-8 JSONL file") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _row(line, f"{where}:{number}")


def read_json(path: Path, shown: str = "") -> object:
    """Read one JSON document.

    Raises:
        DataError: the file cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{shown or path}: cannot be read ({error})") from error


def append_row(stream: IO[str], row: Mapping[str, object]) -> None:
    """Write one row and hand it to the operating system at once, so that a killed run keeps it."""
    stream.write(dump(row) + "\n")
    stream.flush()


def write_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Replace a file by rows, one a line, in one step."""
    write_text(path, "".join(dump(row) + "\n" for row in rows))


def write_text(path: Path, text: str) -> None:
    """Replace a file in one step: readers see the old text or the new, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def dump(row: object) -> str:
    """One line of strict JSON; NaN and infinity, which JSON does not have, become null."""
    try:
        return json.dumps(row, ensure_ascii=False, allow_nan=False, default=str)
    except ValueError:
        return json.dumps(_finite(row), ensure_ascii=False, allow_nan=False, default=str)


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
    data = path.read_bytes()
    keep = data.rfind(b"\n") + 1
    if keep == len(data):
        return False
    with path.open("r+b") as stream:
        stream.truncate(keep)
    return True


def _row(line: str, where: str) -> dict[str, object]:
    try:
        row = json.loads(line, parse_constant=_no_constant)
    except ValueError as error:
        raise DataError(f"{where}: not a JSON row ({error}); mend or remove the line") from error
    if not isinstance(row, dict):
        raise DataError(f"{where}: a row must be an object, got {type(row).__name__}")
    return row


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, Mapping):
        return {str(key): _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return value
