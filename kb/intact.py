"""Tell whether the files of a folder are as they were written, cheaply where nothing was touched.

`seal` notes size and hash of every file and sets its time to a fixed day. Whatever writes to a file later moves its
time, so a file that is large and carries that day is trusted by its size, any other is hashed: also after a copy that
lost the times. Folders inside are not covered.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

SEAL = "checksums.json"
# 2000-01-01, in whole even seconds: every file system keeps it.
_DAY_NS = 946_684_800 * 10**9
# A file up to this size is hashed whenever the folder is opened: below a millisecond.
_SMALL_BYTES = 1_000_000


def seal(folder: Path) -> None:
    """Note what the files are; to be called when the last one was written."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    noted = {file.name: [file.stat().st_size, _hash(file)] for file in files}
    (folder / SEAL).write_text(json.dumps(noted, sort_keys=True), encoding="ascii")
    for file in files:
        os.utime(file, ns=(_DAY_NS, _DAY_NS))


def check(folder: Path, *, whole: bool = False) -> None:
    """Compare a folder with its seal.

    Args:
        folder: where `seal` was called.
        whole: hash every file, whatever its size and time.

    Raises:
        FileNotFoundError: a file is gone.
        ValueError: a file is not as it was written; names it.
    """
    noted = json.loads((folder / SEAL).read_bytes())
    for name, (size, digest) in noted.items():
        found = (folder / name).stat()
        if found.st_size != size:
            raise ValueError(f"{name} has {found.st_size:,} bytes in place of {size:,}")
        is_trusted = found.st_mtime_ns == _DAY_NS and size > _SMALL_BYTES
        if (whole or not is_trusted) and _hash(folder / name) != digest:
            raise ValueError(f"{name} was changed after it was written")


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
