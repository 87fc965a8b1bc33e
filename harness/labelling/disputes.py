"""Claims that a person should look at: judges disagree, one abstains, fails, or is next to its threshold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.cases import Judgement
from harness.jsonl import dump
from harness.judging.remote.model import JudgeFailed
from harness.ports import Judge

_LETTERS = 16


@dataclass(frozen=True)
class Item:
    """A claim beside its context. `source` says where it comes from, `group` which claims share a document."""

    question: str | None
    context: tuple[str, ...]
    claim: str
    source: str
    group: str

    @property
    def key(self) -> str:
        """The start of the SHA-256 of what is judged: the same claim anywhere has the same key."""
        content = dump([self.question, list(self.context), self.claim])
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:_LETTERS]


@dataclass(frozen=True)
class Dispute:
    """An item with what each judge says of it, None where it failed, and why it is worth a look."""

    item: Item
    verdicts: Mapping[str, Judgement | None]
    why: tuple[str, ...]

    @property
    def best(self) -> int | None:
        """The passage that most judges point at; the first of several; None where none points."""
        named = [found.evidence_index for found in self.verdicts.values() if found and found.evidence_index is not None]
        return max(named, key=lambda index: (named.count(index), -index)) if named else None


def disputes(judges: Mapping[str, Judge], items: Iterable[Item], near: float) -> Iterator[Dispute]:
    """Yield what is worth a look, in order, each content once.

    Args:
        judges: by name.
        items: the claims.
        near: a probability this near to one half is a doubt; 0 for none.
    """
    seen: set[str] = set()
    for item in items:
        if item.key not in seen:
            seen.add(item.key)
            verdicts = {name: _asked(judge, item) for name, judge in judges.items()}
            if why := doubts(verdicts, near):
                yield Dispute(item, verdicts, tuple(why))


def doubts(verdicts: Mapping[str, Judgement | None], near: float) -> list[str]:
    """Why a claim is worth a look; empty where all judges agree and are sure."""
    sides = {found.verdict for found in verdicts.values() if found}
    found = ["the judges disagree"] if len(sides - {"abstain"}) > 1 else []
    for name, judgement in verdicts.items():
        if judgement is None:
            found.append(f"{name} failed")
        elif judgement.verdict == "abstain":
            found.append(f"{name} abstains")
        elif abs(judgement.p_supported - 0.5) <= near:
            found.append(f"{name} is unsure")
    return found


def _asked(judge: Judge, item: Item) -> Judgement | None:
    try:
        return judge.judge(item.question, item.context, item.claim)
    except JudgeFailed:
        return None
