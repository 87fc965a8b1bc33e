"""What every benchmark does with the outside: where the public data lies, and printing at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def shared_data() -> Path | None:
    """The folder of the public data, by SHARED_DATA; None where it is not set."""
    return Path(os.environ["SHARED_DATA"]) if os.environ.get("SHARED_DATA") else None


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
