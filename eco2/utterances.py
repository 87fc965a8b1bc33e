"""Labelled messages to learn from and to be measured on: `datasets/intents/*.jsonl`, read at the door."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from eco2.turns import GENERAL, INTENTS, Eco2Error, Language

Split = Literal["train", "dev", "test"]
SPLITS: tuple[str, ...] = get_args(Split)
LABELS: tuple[str, ...] = (*INTENTS, GENERAL)
UTTERANCES = Path("datasets") / "intents"
"""Where the files lie in a workspace."""


class UtteranceError(Eco2Error):
    """A row of labelled messages cannot be read."""


@dataclass(frozen=True)
class Asked:
    """One question of a message: the user's own words, and the intents that they have."""

    text: str
    intents: tuple[str, ...]


@dataclass(frozen=True)
class Utterance:
    """A message with what it asks. `before` are the messages before it, `items` the ids of what was filled in."""

    id: str
    split: Split
    text: str
    lang: Language
    sub_queries: tuple[Asked, ...]
    frame: str
    before: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def intents(self) -> frozenset[str]:
        """The intents of all questions; `general` counts only where nothing else is asked."""
        every = frozenset(intent for asked in self.sub_queries for intent in asked.intents)
        return every - {GENERAL} or every


def read_utterances(folder: Path, split: Split) -> list[Utterance]:
    """Return the rows of a split, in the order of its file.

    Raises:
        UtteranceError: the file or one of its rows cannot be read; names the line.
    """
    path = folder / f"{split}.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UtteranceError(f"{path} cannot be read: {error}; run python -m tools.make_utterances") from error
    return [_utterance(line, f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]


def _utterance(line: str, where: str) -> Utterance:
    try:
        row = json.loads(line)
        asked = tuple(Asked(str(one["text"]), tuple(one["intents"])) for one in row["sub_queries"])
        read = Utterance(
            str(row["id"]), row["split"], str(row["text"]), row["lang"], asked, str(row["frame"]),
            tuple(row.get("before", ())), tuple(row.get("items", ())), tuple(row.get("tags", ())),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise UtteranceError(f"{where}: not a labelled message ({error}); see datasets/intents/README.md") from error
    unknown = {intent for one in asked for intent in one.intents} - set(LABELS)
    if read.split not in SPLITS or unknown or not asked:
        raise UtteranceError(f"{where}: split {read.split!r} or intents {sorted(unknown)} are unknown; see {LABELS}")
    return read


def row_of(utterance: Utterance) -> Mapping[str, object]:
    """Return the row of an utterance as it is written down."""
    return {
        "id": utterance.id,
        "split": utterance.split,
        "text": utterance.text,
        "lang": utterance.lang,
        **({"before": list(utterance.before)} if utterance.before else {}),
        "sub_queries": [{"text": asked.text, "intents": list(asked.intents)} for asked in utterance.sub_queries],
        "intents": sorted(utterance.intents),
        "frame": utterance.frame,
        "items": list(utterance.items),
        "tags": list(utterance.tags),
    }
