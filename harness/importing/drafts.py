"""Exchanges into observations and draft cases. A draft is a question without labels: somebody must still review it.

`answerable` is null in a draft and its tags hold `draft`. The schema of cases refuses the one, `harness validate` the
other, so no draft gets into a suite unread.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.case_files import normalised
from harness.cases import Observation
from harness.importing.exchanges import Exchange
from harness.importing.redaction import Redactor
from harness.importing.report import Report
from harness.validate import DRAFT

SUITE = "imported"
Row = dict[str, object]


@dataclass
class Conversation:
    """What is kept of a talk until the end: its turns as they came, and what was redacted in it."""

    redactor: Redactor
    turns: list[tuple[float, str]] = field(default_factory=list)
    opening: tuple[str, ...] = ()


class Drafting:
    """Collects exchanges; memory is the users' questions, not the answers.

    Args:
        source: the format, for the `source` of drafts.
        report: counts what comes in and goes out.
    """

    def __init__(self, source: str, report: Report) -> None:
        self._source = f"import:{source}"
        self.report = report
        self._talks: dict[str, Conversation] = {}
        self._seen: Counter[str] = Counter()

    def recorded(self, exchange: Exchange) -> tuple[Observation, Row]:
        """The exchange without personal data, and the unlabelled case that it answers."""
        talk = self._talks.setdefault(exchange.conversation, Conversation(Redactor(self.report.redacted)))
        turns = tuple(talk.redactor.text(turn) for turn in exchange.turns)
        talk.turns.append((exchange.started_s, turns[-1]))
        talk.opening = max(talk.opening, turns, key=len)
        self.report.observations += 1
        observation = _observation(exchange, self._unused(_digest("p", exchange.id)), turns, talk.redactor)
        return observation, self._observed(exchange, observation.id, turns, talk.redactor)

    def _observed(self, exchange: Exchange, id_: str, turns: tuple[str, ...], redactor: Redactor) -> Row:
        """A case that asks for nothing, so that metrics without a reference can be measured."""
        tags = ["imported", *(redactor.text(tag) for tag in exchange.tags)]
        talk = _digest("talk", exchange.conversation)
        labels = {"split": "dev", "tags": tags, "answerable": True, "source": self._source}
        return {"id": id_, "turns": list(turns), "conversation": talk, **labels}

    def cases(self) -> Iterator[Row]:
        """A draft a conversation, its turns in the order of their times; one that was asked before is left out."""
        known: set[str] = set()
        for name, talk in self._talks.items():
            turns = _turns(talk)
            key = "|".join(map(normalised, turns))
            if key in known:
                self.report.repeated += 1
                continue
            known.add(key)
            yield draft(_digest("draft", name), turns, self._source)

    def _unused(self, id_: str) -> str:
        """A trace that comes twice keeps both observations."""
        self._seen[id_] += 1
        return id_ if self._seen[id_] == 1 else f"{id_}-{self._seen[id_]}"


def _observation(exchange: Exchange, id_: str, turns: tuple[str, ...], redactor: Redactor) -> Observation:
    answer = redactor.text(exchange.answer)
    parts = {name: redactor.value(part) for name, part in exchange.parts.items()}
    return Observation(
        id=id_,
        suite=SUITE,
        split="dev",
        question=turns[-1],
        response={"answer": answer, **parts} if answer else None,
        error=redactor.text(exchange.error) if exchange.error else None,
        elapsed_ms=exchange.elapsed_ms,
    )


def draft(id_: str, turns: list[str], source: str) -> Row:
    """A row of a case file that nobody has reviewed."""
    tags = [DRAFT, "multi-turn"] if len(turns) > 1 else [DRAFT]
    return {"id": id_, "split": "dev", "turns": turns, "tags": tags, "answerable": None, "source": source}


def _turns(talk: Conversation) -> list[str]:
    """The turns of a talk: those of its traces, or the longest history that one of them repeats."""
    told = [text for _, text in sorted(talk.turns, key=lambda turn: turn[0])]
    turns = list(talk.opening) if len(talk.opening) > len(told) else told
    return [turn for index, turn in enumerate(turns) if index == 0 or normalised(turn) != normalised(turns[index - 1])]


def _digest(prefix: str, name: str) -> str:
    """An id that is the same at the next import and tells nothing: a session may be named by an address."""
    return f"{prefix}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
