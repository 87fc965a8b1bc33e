"""What people decided: append-only JSONL, a row a decision with who and when. The last row of a person counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cases import ConfigError, DataError
from harness.jsonl import append_row, drop_torn_end, read_rows
from harness.judging.grounding import KINDS
from harness.labelling.disputes import Item

SCHEMA = "decision/1"


@dataclass(frozen=True)
class Decision:
    """A claim is supported or not, or the person passed it over (None). `kind` says what is wrong with it."""

    item: Item
    supported: bool | None
    kind: str | None
    who: str
    when: str


def decision_row(decision: Decision) -> dict[str, object]:
    item = decision.item
    return {
        "schema": SCHEMA,
        "key": item.key,
        "question": item.question,
        "context": list(item.context),
        "claim": item.claim,
        "source": item.source,
        "group": item.group,
        "supported": decision.supported,
        "kind": decision.kind,
        "who": decision.who,
        "when": decision.when,
    }


def keep(path: Path, decision: Decision) -> None:
    """Append one decision, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="\n") as stream:
        append_row(stream, decision_row(decision))


def read_decisions(path: Path) -> list[Decision]:
    """Read decisions in the order of falling; the half row of a killed session is forgotten.

    Raises:
        DataError: a row is no decision, or its key is not that of its content; names the line.
        ConfigError: there is no such file.
    """
    if not path.is_file():
        raise ConfigError(f"no decisions in {path}; make some by `harness label`, or download them from its form")
    return [_decision(row, f"{path}:{number}") for number, row in read_rows(path)]


def earlier(path: Path) -> list[Decision]:
    """The decisions of a file that this command writes to itself; none where it does not exist."""
    if not path.is_file():
        return []
    drop_torn_end(path)
    return read_decisions(path)


def latest(decisions: Iterable[Decision]) -> list[Decision]:
    """The last word of each person on each claim, in the order in which the claims first came up."""
    return list({(one.item.key, one.who): one for one in decisions}.values())


def _decision(row: Mapping[str, Any], where: str) -> Decision:
    try:
        context = row["context"]
        if not isinstance(context, list) or not isinstance(row["claim"], str):
            raise TypeError("context must be a list and claim text")
        item = Item(row["question"], tuple(map(str, context)), row["claim"], str(row["source"]), str(row["group"]))
        found = Decision(item, row["supported"], row["kind"], str(row["who"]), str(row["when"]))
    except (KeyError, TypeError) as error:
        raise DataError(f"{where}: no decision ({error!r}); it must be a row that `harness label` wrote") from error
    if complaint := _complaint(found, row):
        raise DataError(f"{where}: {complaint}")
    return found


def _complaint(found: Decision, said: Mapping[str, Any]) -> str:
    if said["supported"] not in (True, False, None):
        return f"supported must be true, false or null, got {said['supported']!r}"
    if found.kind is not None and found.kind not in KINDS:
        return f"kind must be null or one of {', '.join(KINDS)}, got {found.kind!r}"
    if found.item.key != said.get("key"):
        return f"the key {said.get('key')!r} is not that of the content: somebody changed claim, context or question"
    return ""
