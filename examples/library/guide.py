"""What the desk knows: the entries of `rules/*.yaml`, read line by line with the lines on which they stand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Entry:
    """One entry of the guide. `topic` is the name of its file; lines count from 1, both inclusive."""

    id: str
    topic: str
    path: str
    line_start: int
    line_end: int
    ask: tuple[str, ...]
    ko: str
    en: str

    def sentence(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


def read_guide(folder: Path = FOLDER) -> tuple[Entry, ...]:
    """Every entry, in the order of files and lines."""
    return tuple(entry for path in sorted((folder / "rules").glob("*.yaml")) for entry in _entries(path))


def _entries(path: Path) -> list[Entry]:
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("  - id: ")]
    return [_entry(path, lines, start, end) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _entry(path: Path, lines: list[str], start: int, end: int) -> Entry:
    block = [line for line in lines[start:end] if line.strip()]
    fields = dict(line.removeprefix("  - ").strip().split(": ", 1) for line in block)
    ask = tuple(word.strip() for word in fields["ask"].strip("[]").split(","))
    place = f"rules/{path.name}"
    return Entry(
        f"rule:{fields['id']}", path.stem, place, start + 1, start + len(block), ask, fields["ko"], fields["en"]
    )
