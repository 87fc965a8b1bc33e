"""Measure which rules a picture brings into an answer: `python -m benchmarks.pictures`.

Every row of `datasets/pictures.jsonl` is a picture of the recorded world with situation tags, and exactly the rules
that the answer needs. The product's `scan` is given what a vision model would have seen, and the rules that it injects
are compared. A row is exact when both sets are the same. Selection is by key: no search, no language model takes part.
The labels follow kb/rules: the item with the main how-to of its class, or the exception that overrules the class with
the how-to of where the thing goes; exceptions that list or are named by the item; rules of the class that meet a tag;
hazards, one where several say the same; and a tag's own rule for a condition that none of these speaks to.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eco2.agents.row import Sources
from eco2.agents.waste import scan
from eco2.app import Settings, bot
from eco2.outside import Found, Sight
from eco2.turns import Task
from harness.intervals import wilson

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "datasets" / "pictures.jsonl"
QUESTION = "이거 어떻게 버려?"
_RULE = "rule:"


@dataclass(frozen=True)
class Picture:
    """What is seen on a picture in one variant of its tags, and the ids of the rules that it needs."""

    id: str
    variant: str
    sight: Sight
    rules: frozenset[str]
    source: str


@dataclass(frozen=True)
class Selected:
    """A picture with the ids of the rules that the product injects for it."""

    picture: Picture
    rules: frozenset[str]

    @property
    def exact(self) -> bool:
        return self.rules == self.picture.rules

    @property
    def missing(self) -> frozenset[str]:
        return self.picture.rules - self.rules

    @property
    def surplus(self) -> frozenset[str]:
        return self.rules - self.picture.rules


@dataclass(frozen=True)
class _Seen:
    """A vision model that sees one thing on every picture; meets `ports.VisionModel`."""

    sight: Sight

    def look(self, image: bytes) -> Found[Sight] | None:
        return Found(self.sight, PICTURES.name, 1)


def read_pictures(path: Path = PICTURES) -> list[Picture]:
    """Read the labelled pictures."""
    return [_picture(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def sources_here() -> Sources:
    """Return what the product's `scan` may look at in this repository."""
    return bot(Settings(), ROOT).steps.sources["scan"]


def selected(picture: Picture, sources: Sources) -> Selected:
    """Let the product select the rules of a picture."""
    seen = replace(sources, vision=_Seen(picture.sight), open_picture=lambda _: b"picture")
    finding = scan(Task(0, QUESTION, "ko", ("waste",), picture.sight.picture), seen)
    ids = (evidence.id for evidence in finding.evidence)
    return Selected(picture, frozenset(id_.removeprefix(_RULE) for id_ in ids if id_.startswith(_RULE)))


def exact_share(rows: Sequence[Selected]) -> float:
    """Return the share of rows whose set of rules is exactly the labelled one."""
    return sum(row.exact for row in rows) / len(rows)


def main() -> None:
    sources = sources_here()
    rows = [selected(picture, sources) for picture in read_pictures()]
    hits = sum(len(row.rules & row.picture.rules) for row in rows)
    for variant in ("recorded", "none", "changed"):
        _say(_share(variant, [row for row in rows if _group(row) == variant]))
    _say(_share("all", rows))
    _say(f"ids        precision {_of(hits, sum(len(row.rules) for row in rows))}")
    _say(f"           recall    {_of(hits, sum(len(row.picture.rules) for row in rows))}")
    for row in rows:
        if not row.exact:
            _say(f"{row.picture.id}: missing {_ids(row.missing)}; surplus {_ids(row.surplus)}")


def _picture(row: dict[str, object]) -> Picture:
    sight = Sight(
        id=str(row["id"]),
        picture=str(row["picture"]),
        major=str(row["major"]),
        middle=_optional(row["middle"]),
        minor=_optional(row["minor"]),
        item=_optional(row["item"]),
        situation_tags=_words(row["situation_tags"]),
    )
    return Picture(sight.id, str(row["variant"]), sight, frozenset(_words(row["rules"])), str(row["source"]))


def _optional(value: object) -> str | None:
    return None if value is None else str(value)


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list) else ()


def _group(row: Selected) -> str:
    return row.picture.variant if row.picture.variant in ("recorded", "none") else "changed"


def _share(name: str, rows: Sequence[Selected]) -> str:
    return f"{name:10} exact set {_of(sum(row.exact for row in rows), len(rows))}"


def _of(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{hits / of:.3f} [{low:.3f}, {high:.3f}] {hits} of {of}"


def _ids(ids: frozenset[str]) -> str:
    return ", ".join(sorted(ids)) or "nothing"


def _say(line: str) -> None:
    print(line)  # noqa: T201


if __name__ == "__main__":
    main()
