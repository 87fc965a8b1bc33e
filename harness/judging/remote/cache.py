"""Verdicts by their content: append-only JSONL, one row a verdict that was paid for. What failed is not kept."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.cases import DataError, Judgement
from harness.jsonl import append_row, drop_torn_end, dump, read_rows

FOLDER = Path(".harness") / "cache"
"""Below the workspace. It carries its own `.gitignore`, so no repository has to know it."""


def key_of(identity: str, question: str | None, context: Sequence[str], claim: str) -> str:
    """SHA-256 of who judges what, 64 hex digits."""
    return hashlib.sha256(dump([identity, question, list(context), claim]).encode("utf-8", "surrogatepass")).hexdigest()


class Store:
    """Rows by key, read once and appended to. Where the folder cannot be written the rows last as long as the process.

    Args:
        path: the file; it need not exist. None keeps nothing.
        tell: is told once when nothing can be written.
    """

    def __init__(self, path: Path | None, tell: Callable[[str], None] = lambda _: None) -> None:
        self.path, self._tell = path, tell
        self._rows: dict[str, Mapping[str, Any]] | None = None
        self._lock = threading.Lock()
        self._writes = path is not None

    def get(self, key: str) -> Mapping[str, Any] | None:
        """Raises: DataError: a row of the file is damaged; names it."""
        with self._lock:
            return self._known().get(key)

    def put(self, key: str, row: Mapping[str, object]) -> None:
        """Keep a row; the first one of a key stays."""
        with self._lock:
            if key not in self._known():
                self._known()[key] = row
                self._write({"key": key, **row})

    def _known(self) -> dict[str, Mapping[str, Any]]:
        if self._rows is None:
            self._rows = {str(row.get("key")): row for row in self._read()}
        return self._rows

    def _read(self) -> list[dict[str, object]]:
        if self.path is None or not self.path.is_file():
            return []
        try:
            drop_torn_end(self.path)
        except OSError:
            self._writes = False
        return [row for _, row in read_rows(self.path)]

    def _write(self, row: Mapping[str, object]) -> None:
        if self.path is None or not self._writes:
            return
        try:
            _made(self.path.parent)
            with self.path.open("a", encoding="utf-8", newline="\n") as stream:
                append_row(stream, row)
        except (OSError, UnicodeEncodeError) as error:
            self._writes = False
            self._tell(f"verdicts are not kept: {error}")


def judgement_row(found: Judgement) -> dict[str, object]:
    return {"judgement": dict(vars(found))}


def judgement_from(row: Mapping[str, Any], path: str = "cache") -> Judgement:
    """Raises: DataError: somebody changed the row."""
    try:
        return Judgement(**row["judgement"])
    except (KeyError, TypeError) as error:
        raise DataError(f"{path}: {str(row.get('key'))[:12]} is no verdict ({error!r}); remove the file") from error


def _made(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder.parent / ".gitignore" if folder.parent.name == FOLDER.parent.name else folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
