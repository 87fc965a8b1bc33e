"""What the bot understands of people whom nobody listened to while it was written.

`strangers.jsonl` holds 160 messages, written before any was measured. The causes of misunderstandings were looked for
in the first 80 only; the rest is held back and says how well the bot understands what nobody mended it for. An entry
of `rules` may give alternatives, "a|b", where each of them holds the answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

Ask = Callable[..., Mapping[str, object]]
STRANGERS = Path(__file__).resolve().parent / "data" / "strangers.jsonl"
HALF = 80


@dataclass(frozen=True)
class Stranger:
    """A conversation with what should be understood of its last message."""

    id: str
    turns: tuple[str, ...]
    intents: frozenset[str]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """Whether a stranger's intents were met exactly, and which of the needed rules were missing."""

    stranger: Stranger
    exact: bool
    missing: tuple[str, ...]


def read_strangers() -> list[Stranger]:
    rows = [json.loads(line) for line in STRANGERS.read_text(encoding="utf-8").splitlines()]
    return [Stranger(row["id"], tuple(row["turns"]), frozenset(row["intents"]), tuple(row["rules"])) for row in rows]


def hear(stranger: Stranger, ask: Ask) -> Heard:
    response = ask(*stranger.turns)
    intents, passages = response["intents"], response["passages"]
    assert isinstance(intents, list)
    assert isinstance(passages, list)
    found = {str(passage["id"]) for passage in passages}
    missing = tuple(rule for rule in stranger.rules if not found & set(rule.split("|")))
    return Heard(stranger, set(intents) == stranger.intents, missing)


def recall_of(heard: Sequence[Heard]) -> float:
    wanted = sum(len(one.stranger.rules) for one in heard)
    return 1 - sum(len(one.missing) for one in heard) / wanted


def test_the_strangers_are_160_with_ids_in_order() -> None:
    assert [stranger.id for stranger in read_strangers()] == [f"s-{number:03d}" for number in range(1, 161)]


# Measured when this was written: first half 1.000 and 0.990, held back 0.863 and 0.853.
@pytest.mark.parametrize(
    ("start", "least_exact", "least_recall"),
    [pytest.param(0, 0.97, 0.97, id="first-half"), pytest.param(HALF, 0.85, 0.84, id="held-back")],
)
def test_strangers_are_understood(real: Ask, start: int, least_exact: float, least_recall: float) -> None:
    heard = [hear(stranger, real) for stranger in read_strangers()[start : start + HALF]]
    exact = sum(one.exact for one in heard) / len(heard)
    misheard = [one.stranger.id for one in heard if not one.exact]
    without = [one.stranger.id for one in heard if one.missing]
    assert exact >= least_exact, f"intents exact {exact:.3f}, below {least_exact}: {', '.join(misheard)}"
    recall = recall_of(heard)
    assert recall >= least_recall, f"rule recall {recall:.3f}, below {least_recall}: {', '.join(without)}"
