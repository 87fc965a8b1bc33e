"""What other commands left beside a run for its reports to tell: `blame.json` and `mutations.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.jsonl import read_json


@dataclass(frozen=True)
class Beside:
    """The documents that were found; None where a command was not called."""

    blame: Mapping[str, Any] | None = None
    mutations: Mapping[str, Any] | None = None


def beside(folder: Path, scores: str) -> Beside:
    """Read them.

    Args:
        folder: of the run.
        scores: SHA-256 of its scores; blame that explains others is left out.

    Raises:
        DataError: one of them cannot be read.
    """
    blame = _document(folder / "blame.json", "blame/1")
    return Beside(
        blame if blame is not None and blame.get("scores") == scores else None,
        _document(folder / "mutations.json", "mutations/1"),
    )


def _document(path: Path, schema: str) -> Mapping[str, Any] | None:
    table = read_json(path) if path.is_file() else None
    return table if isinstance(table, dict) and table.get("schema") == schema else None
