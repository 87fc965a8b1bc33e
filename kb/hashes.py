"""The blob hashes of files as they stand, remembered for as long as a file's inode says that nothing touched it.

Every answer says whether a hit's file changed since it was indexed; reading each file again for that costs a sixth of a
warm search. What the file system says is believed as git believes it: not for a file that was touched moments before it
was hashed, since a second change within the clock's grain would not show.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

_GRAIN_NS = 2_000_000_000
Signature = tuple[int, int, int, int, int]


class Hashes:
    """Remembers what `blob_of` gave."""

    def __init__(self, blob_of: Callable[[Path, Path], str | None], now_ns: Callable[[], int] = time.time_ns) -> None:
        self._blob_of = blob_of
        self._now_ns = now_ns
        self._known: dict[Path, tuple[Signature, str | None]] = {}

    def blob_of(self, file: Path, inside: Path) -> str | None:
        """The git blob hash of a file as it stands now; None where it cannot be read or is not `inside` that folder."""
        signature = _signature(file)
        if signature is None:
            return None
        known = self._known.get(file)
        if known is not None and known[0] == signature:
            return known[1]
        found = self._blob_of(file, inside)
        if self._now_ns() - max(signature[-2:]) > _GRAIN_NS and _signature(file) == signature:
            self._known[file] = signature, found
        return found


def _signature(file: Path) -> Signature | None:
    """Which file it is, its size, and when content and inode last changed; None where there is none."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
