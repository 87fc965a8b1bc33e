"""What people read, held against `tests/golden/`; `RENEW_GOLDEN=1 pytest …` writes it anew, for a look at the diff."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "golden"


def same_as_golden(name: str, text: str) -> None:
    path = FOLDER / name
    if os.environ.get("RENEW_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8"), f"{path.name} differs; RENEW_GOLDEN=1 renews it"
