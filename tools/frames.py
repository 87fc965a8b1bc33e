"""Authored frames (`datasets/intents/frames.toml`) as data: what is said, with slots, and what it asks."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eco2.turns import Language

FRAMES = Path(__file__).resolve().parent.parent / "datasets" / "intents" / "frames.toml"
SLOT = re.compile(r"\{(\w+?)(2?)\}")


@dataclass(frozen=True)
class Frame:
    """One authored message. `parts` are its sub-queries in order, `intents` one for each, `before` earlier messages.

    `split` is set where the frame does not belong to the split that its id is hashed to.
    """

    id: str
    lang: Language
    before: tuple[str, ...]
    parts: tuple[str, ...]
    intents: tuple[str, ...]
    tags: tuple[str, ...]
    split: str = ""

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots of the frame in the order in which they are filled, each once ("item", "spot2")."""
        text = " ".join((*self.before, *self.parts))
        return tuple(dict.fromkeys(match[1] + match[2] for match in SLOT.finditer(text)))


def read_frames(path: Path = FRAMES) -> tuple[list[Frame], dict[str, list[str]]]:
    """Return the frames in the order of the file, and the authored fillers by family."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    frames = [
        _frame(f"{group['name']}-{number:02d}", text, group)
        for group in table["groups"]
        for number, text in enumerate(group["frames"], start=1)
    ]
    return frames, table["fillers"]


def _frame(frame_id: str, text: str, group: dict[str, Any]) -> Frame:
    said, _, own = text.partition(" => ")
    *before, last = said.split(" >> ")
    parts = tuple(part.strip() for part in last.split("|"))
    intents = tuple(own.split(" | ")) if own else tuple(group["intents"])
    if len(intents) != len(parts):
        raise ValueError(f"frame {frame_id}: {len(parts)} sub-queries and {len(intents)} intents; give one for each")
    tags = tuple(group.get("tags", ()))
    return Frame(frame_id, group["lang"], tuple(before), parts, intents, tags, str(group.get("split", "")))
