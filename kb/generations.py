"""Generations of an index: built aside, synced, published by one atomic swap. A reader sees the old or the new, whole.

HOME/current            the name of the published generation
HOME/generations/NAME/  its files, never changed once published; NAME.tmp is being made or being removed
HOME/lock               held by the one writer; holds the highest number given, so that no name is used twice
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from kb.documents import IndexMissing, KbError, WriterBusy

KEPT = 2
_NAME = re.compile(r"[0-9]{6,}")
T = TypeVar("T")


class Generations:
    """The generations below a folder, which need not exist yet."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._folder = home / "generations"
        self._pointer = home / "current"
        self._lock = home / "lock"

    def current(self) -> Path | None:
        """The published generation; None where nothing was published, or it is gone."""
        name = self._pointed()
        while name is not None and not (self._folder / name).is_dir():
            # Two publications may have passed between the pointer and the look at its folder.
            before, name = name, self._pointed()
            if name == before:
                return None
        return self._folder / name if name is not None else None

    def names(self) -> list[str]:
        """All whole generations, oldest first; one that was never published is among them if its writer died."""
        if not self._folder.is_dir():
            return []
        return sorted((f.name for f in self._folder.iterdir() if _NAME.fullmatch(f.name) and f.is_dir()), key=int)

    def folder(self, name: str) -> Path:
        return self._folder / name

    def read(self, load: Callable[[Path], T]) -> T | None:
        """Load the published generation, or the next one where it was pruned meanwhile; None where there is none.

        Raises:
            IndexMissing: the published generation lacks a file, or `load` says that it is damaged.
        """
        while (folder := self.current()) is not None:
            try:
                return load(folder)
            except (FileNotFoundError, IndexMissing) as error:
                if self.current() != folder:
                    continue
                if isinstance(error, IndexMissing):
                    raise
                lacking = Path(error.filename or "a file").name
                raise IndexMissing(f"the index in {folder} is damaged (no {lacking}); run `kb index`") from error
        return None

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the right to publish; what a writer that died has left is removed first.

        Raises:
            WriterBusy: another process holds it.
            KbError: the folder cannot be written.
        """
        with _telling(self.home):
            _make(self._folder)
            lock = self._lock.open("a+", encoding="ascii")
        with lock:
            with _telling(self.home):
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    message = f"{self.home}: another process is indexing; wait for it and try again"
                    raise WriterBusy(message) from error
                self._tidy()
            yield

    def publish(self, write: Callable[[Path], None]) -> Path:
        """Have `write` fill a new folder, then make it the current generation. To be called while `writer` is held.

        The generation that was current stays, others beyond `KEPT` are removed; a reader that has one open keeps it.

        Raises:
            KbError: it cannot be written, perhaps for want of space; what was published stays.
        """
        before = self.current()
        folder = self._folder / f"{self._next():06d}"
        aside = folder.with_suffix(".tmp")
        with _telling(self.home), _removed_on_failure(aside):
            aside.mkdir()
            write(aside)
            for path in (*aside.rglob("*"), aside):
                _sync(path)
            aside.rename(folder)
            _sync(self._folder)
            self._point_at(folder.name)
        self._keep([folder.name, *([before.name] if before else [])], KEPT)
        return folder

    def rollback(self, name: str | None = None, check: Callable[[Path], object] = lambda _: None) -> Path:
        """Make an older generation current. To be called while `writer` is held.

        Args:
            name: which, leading zeros may be left out; None for the newest that is older than the current one.
            check: raises where the chosen folder is not to be trusted; then nothing is changed.

        Raises:
            KbError: no such generation.
        """
        chosen = self._older() if name is None else self._called(name)
        check(chosen)
        with _telling(self.home):
            self._point_at(chosen.name)
        return chosen

    def prune(self, keep: int = KEPT) -> list[str]:
        """Remove all but the current generation and the newest others, `keep` in all. While `writer` is held.

        Returns:
            The names of those removed, oldest first.
        """
        current = self.current()
        return self._keep([current.name] if current else [], max(keep, 1))

    def _pointed(self) -> str | None:
        try:
            name = self._pointer.read_bytes().decode("ascii", "replace").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            reason = error.strerror or error
            raise IndexMissing(f"{self._pointer} cannot be read ({reason}); mend that and run `kb index`") from error
        return name if _NAME.fullmatch(name) else None

    def _point_at(self, name: str) -> None:
        _replace(self._pointer, f"{name}\n")

    def _next(self) -> int:
        """A number that no generation had: a process may still know one that is gone by its name."""
        given = self._lock.read_bytes().decode("ascii", "replace").strip()
        used = [self._pointed(), given if _NAME.fullmatch(given) else None, *self.names()]
        number = 1 + max(int(name or 0) for name in used)
        self._lock.write_text(f"{number:06d}\n", encoding="ascii")
        return number

    def _older(self) -> Path:
        current = self.current()
        if current is None:
            raise IndexMissing(f"{self.home} has no index yet; run `kb index`")
        older = [name for name in self.names() if int(name) < int(current.name)]
        if not older:
            raise KbError(f"{self.home}: no generation is older than {current.name}; run `kb index` to build a new one")
        return self._folder / older[-1]

    def _called(self, name: str) -> Path:
        known = self.names()
        if name.zfill(6) not in known:
            raise KbError(f"{self.home}: no generation {name!r}; known are {', '.join(known) or 'none'}")
        return self._folder / name.zfill(6)

    def _tidy(self) -> None:
        ignore = self.home / ".gitignore"
        if not ignore.is_file() or ignore.read_bytes() != b"*\n":
            _replace(ignore, "*\n")
        for left in (*self._folder.glob("*.tmp"), *self.home.glob("*.tmp")):
            _remove(left)
        self.prune()

    def _keep(self, first: list[str], count: int) -> list[str]:
        others = [name for name in reversed(self.names()) if name not in first]
        removed = sorted([*first, *others][count:], key=int)
        for name in removed:
            # By one rename, so that no half of a generation ever carries its name.
            with suppress(OSError):
                _remove((self._folder / name).rename(self._folder / f"{name}.tmp"))
        return removed


def _make(folder: Path) -> None:
    """Make a folder and those above it, so that they are still there after the power fails."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        _sync(path.parent)


def _replace(file: Path, text: str) -> None:
    aside = file.with_name(f"{file.name}.tmp")
    aside.write_text(text, encoding="ascii")
    _sync(aside)
    aside.replace(file)
    _sync(file.parent)


def _remove(path: Path) -> None:
    """Remove a folder or file; what cannot be removed now is swept by the next writer."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _removed_on_failure(folder: Path) -> Iterator[None]:
    """Give the space back at once: a full disk is why most builds fail."""
    try:
        yield
    except BaseException:
        _remove(folder)
        raise


@contextmanager
def _telling(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
        message = (
            f"{home}: the index cannot be written ({reason}); mend that and run `kb index`; what was published stays"
        )
        raise KbError(message) from error
