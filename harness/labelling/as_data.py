"""Decisions become rows that judges are held against. What is known already or contradicted is told, not written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.cases import ConfigError
from harness.jsonl import read_rows
from harness.judging.sets import Labelled, labelled_rows
from harness.labelling.decisions import Decision, latest
from harness.labelling.disputes import Item

SPLIT = "dev"


@dataclass(frozen=True)
class Intake:
    """What an import does. `conflicts` are lines on claims with two different labels; nothing of these is written."""

    rows: tuple[Mapping[str, object], ...]
    known: int
    undecided: int
    conflicts: tuple[str, ...]

    def told(self) -> list[str]:
        counts = f"{len(self.rows)} new, {self.known} known already, {self.undecided} undecided"
        return [f"{counts}, {len(self.conflicts)} contradictions", *self.conflicts]


def intake(decisions: Sequence[Decision], present: Iterable[Labelled]) -> Intake:
    """Sort decisions into new rows, repeats and contradictions: between people, or with a label that is there."""
    there = {_key(row): row.supported for row in present}
    by_claim: dict[str, list[Decision]] = {}
    last = latest(decisions)
    for one in last:
        if one.supported is not None:
            by_claim.setdefault(one.item.key, []).append(one)
    rows, conflicts, known = [], [], 0
    for key, said in by_claim.items():
        if line := _conflict(said, there.get(key)):
            conflicts.append(line)
        elif key in there:
            known += 1
        else:
            rows.append(_row(said))
    return Intake(tuple(rows), known, sum(one.supported is None for one in last), tuple(conflicts))


def labels_in(path: Path) -> list[Labelled]:
    """The labels of a file that decisions are added to; none where it does not exist.

    Raises:
        ConfigError: it holds a test split, or is named like one: what people label is for development.
    """
    if path.stem == "test" or path.stem.endswith(("-test", "_test")):
        raise ConfigError(f"{path} is a test file; labels go into development data, name another by --to")
    if not path.is_file():
        return []
    for number, row in read_rows(path):
        if row.get("split") == "test":
            raise ConfigError(f"{path}:{number} is of the split test; labels go into development data")
        if "observation" in row:
            raise ConfigError(f"{path}:{number} is a frozen answer; labels are rows of claims, name another by --to")
    return list(labelled_rows(path))


def _key(row: Labelled) -> str:
    return Item(row.question, row.context, row.claim, "", "").key


def _conflict(said: Sequence[Decision], there: bool | None) -> str:
    """One line on a claim with two labels; "" for none."""
    sides = {one.supported for one in said} | ({there} if there is not None else set())
    if len(sides) < 2:
        return ""
    words = [f"{one.who} says {_word(one.supported)}" for one in said]
    words += [f"the data say {_word(there)}"] if there is not None else []
    return f"contradiction on {said[0].item.claim!r} ({said[0].item.source}): {', '.join(words)}"


def _word(supported: bool | None) -> str:
    return "supported" if supported else "unsupported"


def _row(said: Sequence[Decision]) -> dict[str, object]:
    item = said[-1].item
    kinds = [one.kind for one in said if one.kind]
    asked = {} if item.question is None else {"question": item.question}
    return {
        "id": f"people-{item.key}",
        **asked,
        "context": list(item.context),
        "claim": item.claim,
        "supported": said[-1].supported,
        "kind": kinds[-1] if kinds else None,
        "group": item.group,
        "split": SPLIT,
        "source": item.source,
        "labelled_by": sorted({one.who for one in said}),
        "labelled_at": max(one.when for one in said),
    }
