"""Generations of an index: built aside, synced, published by one atomic swap. A reader sees the old or the new, whole.

HOME/current            the name of the published generation
HOME/generations/NAME/  its files, never changed once published
HOME/lock               held by the one writer
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from kb.documents import WriterBusy

KEPT = 2
T = TypeVar("T")


class Generations:
    """The generations below a folder, which need not exist yet."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._folder = home / "generations"
        self._pointer = home / "current"

    def current(self) -> Path | None:
        """The published generation; None where nothing was published, or it is gone."""
        try:
            name = self._pointer.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        folder = self._folder / name
        return folder if name and folder.is_dir() else None

    def read(self, load: Callable[[Path], T]) -> T | None:
        """Load the published generation, or the next one where it was pruned meanwhile; None where there is none.

        Raises:
            FileNotFoundError: the published generation lacks a file.
        """
        while (folder := self.current()) is not None:
            try:
                return load(folder)
            except FileNotFoundError:
                if self.current() == folder:
                    raise
        return None

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the right to publish.

        Raises:
            WriterBusy: another process holds it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        (self.home / ".gitignore").write_text("*\n", encoding="ascii")
        with (self.home / "lock").open("w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise WriterBusy(f"{self.home}: another process is indexing; wait for it and try again") from error
            yield

    def publish(self, write: Callable[[Path], None]) -> Path:
        """Have `write` fill a new folder, then make it the current generation. To be called while `writer` is held.

        Old generations beyond the last one are removed; a reader that has one open keeps its files.
        """
        self._sweep()
        folder = self._folder / f"{self._last() + 1:06d}"
        aside = folder.with_suffix(".tmp")
        aside.mkdir()
        write(aside)
        for file in aside.rglob("*"):
            _sync(file)
        _sync(aside)
        aside.rename(folder)
        _sync(self._folder)
        self._point_at(folder.name)
        self._prune()
        return folder

    def _point_at(self, name: str) -> None:
        aside = self._pointer.with_suffix(".tmp")
        aside.write_text(f"{name}\n", encoding="ascii")
        _sync(aside)
        aside.replace(self._pointer)
        _sync(self.home)

    def _names(self) -> list[str]:
        return sorted(folder.name for folder in self._folder.iterdir() if folder.name.isdigit())

    def _last(self) -> int:
        return int(self._names()[-1]) if self._names() else 0

    def _sweep(self) -> None:
        """Remove what a writer that died has left."""
        for folder in self._folder.glob("*.tmp"):
            shutil.rmtree(folder)

    def _prune(self) -> None:
        for name in self._names()[:-KEPT]:
            with suppress(FileNotFoundError):
                shutil.rmtree(self._folder / name)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
