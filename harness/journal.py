"""Write rows to the end of a file so that a killed run keeps every row that was written.

A row is handed to the operating system at once, which outlives the process; to the disk in batches, which costs time
and only matters when the machine itself goes down.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from harness.jsonl import append_row

BATCH = 64
"""Rows between two waits for the disk."""


class Journal:
    """An open file that only grows; written by one thread."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("a", encoding="utf-8", newline="\n")
        self._waiting = 0

    def append(self, row: Mapping[str, object]) -> None:
        append_row(self._stream, row)
        self._waiting += 1
        if self._waiting >= BATCH:
            self._settle()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._settle()
        self._stream.close()

    def _settle(self) -> None:
        os.fsync(self._stream.fileno())
        self._waiting = 0
