"""The library's help desk, step by step: listen, search, write. It knows the standard library and its guide, no more.

Each step is a method of its own, so that a variant of the desk changes one of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from guide import Entry

TOPICS: dict[str, tuple[str, ...]] = {
    "ebook": ("전자책", "e-book", "ebook"),
    "room": ("스터디룸", "study room"),
    "membership": ("회원", "card", "membership", "member"),
    "hours": (
        "몇 시",
        "여나",
        "열어",
        "여는",
        "문 닫",
        "쉬는",
        "휴관",
        "어린이실",
        "open",
        "close on",
        "closed",
        "close?",
    ),
    "loan": ("책", "빌리", "빌려", "빌릴", "대출", "반납", "연체", "도서", "book", "loan", "borrow", "overdue"),
}
"""Words of each topic; the first topic that a question speaks of is its own."""
UNKNOWN = {
    "ko": "그 내용은 도서관 안내에서 찾지 못해 사서에게 전했어요.",
    "en": "I could not find that in the library guide, so I passed it on to a librarian.",
}
_PARTS = re.compile(r"(?<=[?!.])\s+|,?\s*그리고\s+|,\s+and\s+")
_HANGUL = re.compile(r"[가-힣]")
_AT_MOST = 2


@dataclass(frozen=True)
class Part:
    """One question of a message; `before` is the message before it, for questions that lean on it."""

    text: str
    topic: str
    before: str = ""


@dataclass(frozen=True)
class Find:
    """A question with what was found for it, best first."""

    part: Part
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Reply:
    """What is said to one question, and the entry that stands behind it; None where nothing does."""

    text: str
    source: Entry | None


class Librarian:
    """Answers one request at a time; nothing is remembered between two."""

    def __init__(self, guide: Sequence[Entry]) -> None:
        self.guide = tuple(guide)

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """One request, one response of the contract; `overrides` put a step right from outside."""
        turns = [turn if isinstance(turn, str) else turn["text"] for turn in request["turns"]]
        overrides = request.get("overrides") or {}
        parts = self.routed(turns, overrides["route"]) if overrides.get("route") else self.listen(turns)
        finds = [Find(part, tuple(self.search(part, overrides))) for part in parts]
        replies = [self.write(find, language_of(turns[-1])) for find in finds]
        return self.report(turns[-1], finds, replies)

    def listen(self, turns: Sequence[str]) -> list[Part]:
        """Cut the last message into questions; one without a topic goes on with that of the message before."""
        before = turns[-2] if len(turns) > 1 else ""
        pieces = [piece for piece in _PARTS.split(turns[-1]) if piece.strip()] or [turns[-1]]
        parts = [Part(piece, topic_of(piece) or topic_of(before) or "general", before) for piece in pieces]
        return [part for part in parts if part.topic != "general"] or parts[:1]

    def routed(self, turns: Sequence[str], route: Sequence[Any]) -> list[Part]:
        """The parts that somebody gives: labelled questions, or topics of the whole message."""
        before = turns[-2] if len(turns) > 1 else ""
        given = [(one["text"], one["intents"]) if isinstance(one, Mapping) else (turns[-1], [one]) for one in route]
        return [Part(text, topic, before) for text, topics in given for topic in topics]

    def search(self, part: Part, overrides: Mapping[str, Any]) -> list[Entry]:
        """The entries that a question speaks of, best first; those that somebody gives instead, as far as on topic."""
        if overrides.get("passages") is not None:
            given = [self._given(one) for one in overrides["passages"]]
            found = [entry for entry in given if entry is not None and entry.topic == part.topic]
        else:
            found = self.rank(part, self.select(part))
        order = overrides.get("ranking") or ()
        return sorted(found, key=lambda entry: order.index(entry.id) if entry.id in order else len(order))

    def select(self, part: Part) -> list[Entry]:
        """The entries of the topic that are asked for, now or in the message before, and what reads much like them.

        Nothing, where no entry is asked for: likeness alone finds something for every question.
        """
        own = [entry for entry in self.guide if entry.topic == part.topic]
        for text in (part.text, f"{part.before} {part.text}"):
            if asked := [entry for entry in own if weight(entry, text)]:
                return [*asked, *(entry for entry in own if entry not in asked and likeness(entry, part.text))]
        return []

    def rank(self, part: Part, found: Sequence[Entry]) -> list[Entry]:
        """The two best, what is asked for before what is alike; ties stay in the order of the guide."""
        texts = (part.text, f"{part.before} {part.text}")
        return sorted(found, key=lambda e: [-measure(e, text) for measure in (weight, likeness) for text in texts])[
            :_AT_MOST
        ]

    def write(self, find: Find, language: str) -> Reply:
        """The best entry in its own words."""
        if not find.entries:
            return Reply(UNKNOWN[language], None)
        return Reply(find.entries[0].sentence(language), find.entries[0])

    def report(self, question: str, finds: Sequence[Find], replies: Sequence[Reply]) -> dict[str, Any]:
        """Everything that the contract asks a bot for."""
        replies = list(dict.fromkeys(replies))
        answer, citations = self.cited(replies)
        return {
            "answer": answer,
            "intents": list(dict.fromkeys(find.part.topic for find in finds)),
            "sub_queries": [{"text": find.part.text, "intents": [find.part.topic]} for find in finds],
            "agents": list(dict.fromkeys(find.part.topic for find in finds)),
            "passages": [passage(entry, question) for find in finds for entry in find.entries],
            "citations": citations,
            "events": self.events(finds, replies),
            "timings_ms": self.timings(question, finds, answer),
            "usage": self.usage(question, finds, answer),
            "capabilities": ["route", "passages", "ranking"],
        }

    def cited(self, replies: Sequence[Reply]) -> tuple[str, list[dict[str, Any]]]:
        """The answer with a mark behind each sentence, and the list of where the marks lead."""
        answer, citations = "", []
        for reply in replies:
            start = len(answer) + bool(answer)
            answer += " " * bool(answer) + reply.text
            if reply.source is not None:
                citations.append({**self.place(reply.source), "span": [start, len(answer)]})
                answer += f" [{reply.source.id}]"
        return answer, citations

    def place(self, entry: Entry) -> dict[str, Any]:
        return {"id": entry.id, "path": entry.path, "line_start": entry.line_start, "line_end": entry.line_end}

    def events(self, finds: Sequence[Find], replies: Sequence[Reply]) -> list[dict[str, Any]]:
        """What happened, numbered from 1; a ticket for a librarian where the guide says nothing."""
        told = [("listen", "started"), ("listen", "completed")]
        told += [("search", status) for _ in finds for status in ("started", "completed")]
        told += [("write", "started"), ("write", "completed")]
        told += [("ticket", "completed")] * self.tickets(replies)
        return numbered(told)

    def tickets(self, replies: Sequence[Reply]) -> int:
        """One for a message, however much of it the guide does not answer."""
        return int(any(reply.source is None for reply in replies))

    def timings(self, question: str, finds: Sequence[Find], answer: str) -> dict[str, float]:
        """Milliseconds by step, counted from what each has to read, not measured: two runs agree on any machine."""
        steps = {"listen": 2 + len(question) / 20, "search": 3.0 * len(finds), "write": len(answer) / 10}
        return {**steps, "first_token": steps["listen"] + steps["search"] + 1, "total": sum(steps.values())}

    def usage(self, question: str, finds: Sequence[Find], answer: str) -> dict[str, Any]:
        """What a model would be paid for, at two letters a token."""
        read = len(question) + sum(len(entry.ko) for find in finds for entry in find.entries)
        tokens = {"input_tokens": read // 2, "output_tokens": len(answer) // 2}
        return {**tokens, "calls": {"write": 1}, "cost_usd": sum(tokens.values()) * 1e-6}

    def _given(self, one: Any) -> Entry | None:
        """An entry by its id, or by its id with the words that it shall have."""
        id_ = one["id"] if isinstance(one, Mapping) else one
        known = next((entry for entry in self.guide if entry.id == id_), None)
        if known is None or not isinstance(one, Mapping):
            return known
        korean, _, english = one["text"].partition("\n")
        return replace(known, ko=korean, en=english or korean)


def topic_of(text: str) -> str:
    """The first topic that a text speaks of, empty for none."""
    return next((topic for topic, words in TOPICS.items() if any(word in text.lower() for word in words)), "")


def language_of(text: str) -> str:
    return "ko" if _HANGUL.search(text) else "en"


def weight(entry: Entry, text: str) -> int:
    """How many letters of a text are words that the entry is asked for by."""
    return sum(len(word) for word in entry.ask if word in text.lower())


def likeness(entry: Entry, text: str) -> int:
    """How many pairs of neighbouring letters an entry and a text share."""
    return len(_pairs(text) & _pairs(entry.sentence(language_of(text))))


def passage(entry: Entry, question: str) -> dict[str, Any]:
    place = {"id": entry.id, "path": entry.path, "line_start": entry.line_start, "line_end": entry.line_end}
    return {**place, "text": entry.sentence(language_of(question)), "agent": entry.topic}


def _pairs(text: str) -> set[str]:
    letters = "".join(text.lower().split())
    return {letters[at : at + 2] for at in range(len(letters) - 1)}


def numbered(told: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"seq": seq, "type": "event", "stage": stage, "status": status} for seq, (stage, status) in enumerate(told, 1)
    ]
