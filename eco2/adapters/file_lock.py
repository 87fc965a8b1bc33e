"""One holder at a time for a name, across threads and processes: a lock on a file, which ends with its process."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO

from eco2.turns import SettingsError

_POLL_S = 0.02
_FILES = 3
"""Hexadecimal digits of a lock's file: at most 4,096 files, and names that share one wait for each other."""


class FileLocks:
    """Locks by name in a folder. They are fair to nobody: whoever tries first after a release gets it."""

    def __init__(
        self, folder: Path, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._folder, self._clock, self._sleep = folder, clock, sleep

    @contextmanager
    def hold(self, name: str, wait_s: float) -> Iterator[bool]:
        """Hold the lock of a name within the block; False when others held it for all of `wait_s`.

        Raises:
            SettingsError: the folder cannot be written.
        """
        with self._file(name) as file:
            yield self._taken(file, self._clock() + wait_s)

    def _file(self, name: str) -> IO[bytes]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return (self._folder / f"{sha256(name.encode('utf-8')).hexdigest()[:_FILES]}.lock").open("ab")
        except OSError as error:
            raise SettingsError(f"{self._folder} cannot hold locks ({error}); set ECO2_MEMORY") from error

    def _taken(self, file: IO[bytes], until: float) -> bool:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self._clock() >= until:
                    return False
                self._sleep(_POLL_S)
            else:
                return True
