"""Recorded vision results: a picture is recognised by the hash of its bytes, whatever its file is called."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from eco2.adapters.recorded_world import Rows
from eco2.outside import Found, Sight
from eco2.turns import WorldError

_FILE = "vision.jsonl"


class RecordedVision:
    """Meets `ports.VisionModel` from `vision.jsonl`; read once."""

    def __init__(self, folder: Path, shown_as: str, recorded_at: str | None) -> None:
        """Read the results in `folder`.

        Raises:
            WorldError: the file is missing, or a row lacks a field.
        """
        rows = Rows(folder, shown_as, _FILE, Sight, recorded_at).found
        hashes = [
            str(json.loads(line).get("sha256", ""))
            for line in (folder / _FILE).read_text(encoding="utf-8").split("\n")
            if line.strip()
        ]
        if not all(hashes):
            raise WorldError(f"{shown_as}/{_FILE}: a row has no 'sha256'")
        self._by_hash: dict[str, Found[Sight]] = dict(zip(hashes, rows, strict=True))

    def look(self, image: bytes) -> Found[Sight] | None:
        return self._by_hash.get(hashlib.sha256(image).hexdigest())
