"""Twenty-one desks with one regression each, as a change might bring it unseen; most questions are answered as before.

`FOREIGN_FAULT=negation` in the environment switches one on. What a desk does wrong stands in its first line, and
`python -m benchmarks.planted` says which of them the gates see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

from guide import Entry
from librarian import UNKNOWN, Find, Librarian, Part, Reply, weight

SLOW_MS = 300


class MisreadNumber(Librarian):
    """Reads a number of the guide wrongly: 14 days of loan become 21."""

    def __init__(self, guide: Sequence[Entry]) -> None:
        super().__init__([self._misread(entry) for entry in guide])

    def _misread(self, entry: Entry) -> Entry:
        return replace(entry, ko=entry.ko.replace("14일", "21일"), en=entry.en.replace("14 days", "21 days"))


class Rewording(Librarian):
    """A desk whose sentences come out other than they went in."""

    words: Mapping[str, str]

    def write(self, find: Find, language: str) -> Reply:
        reply = super().write(find, language)
        for right, wrong in self.words.items():
            reply = replace(reply, text=reply.text.replace(right, wrong))
        return reply


class WrongNumber(Rewording):
    """Says another number than it has read: the late fee doubles."""

    words = {"100원을": "200원을", "100 won a day": "200 won a day"}  # noqa: RUF012


class LostNegation(Rewording):
    """Loses a negation: reference books may be taken home."""

    words = {"밖으로 빌려 갈 수 없어요": "밖으로 빌려 갈 수 있어요", "may not be taken out": "may be taken out"}  # noqa: RUF012


class Curt(Rewording):
    """Turns rude: the polite ending of some sentences is gone."""

    words = {"쓸 수 있어요": "쓸 수 있어"}  # noqa: RUF012


class DroppedQuestion(Librarian):
    """Hears only the first of two questions."""

    def listen(self, turns: Sequence[str]) -> list[Part]:
        return super().listen(turns)[:1]


class LostEntry(Librarian):
    """Does not find one entry any more, and answers from what is most alike."""

    def select(self, part: Part) -> list[Entry]:
        found = super().select(part)
        return [entry for entry in found if entry.id != "rule:room-hours"]


class LazyRanking(Librarian):
    """Leaves what was found about e-books in the order of the guide."""

    def rank(self, part: Part, found: Sequence[Entry]) -> list[Entry]:
        in_order = sorted(found, key=lambda entry: entry.line_start)
        return in_order[:2] if part.topic == "ebook" else super().rank(part, found)


class WrongCitation(Librarian):
    """Cites the neighbour of what it says, for opening hours."""

    def write(self, find: Find, language: str) -> Reply:
        reply = super().write(find, language)
        if reply.source is None or reply.source.topic != "hours":
            return reply
        topic = [entry for entry in self.guide if entry.topic == "hours"]
        return replace(reply, source=topic[topic.index(reply.source) - 1])


class ShiftedLines(Librarian):
    """Cites lines as they stood before somebody put one in at the top of a file."""

    def place(self, entry: Entry) -> dict[str, Any]:
        place, shift = super().place(entry), int(entry.topic == "membership")
        return {**place, "line_start": entry.line_start - shift, "line_end": entry.line_end - shift}


class Invention(Librarian):
    """Adds to the weekend's opening hours what nobody has told it."""

    extra: Mapping[str, str] = {
        "ko": " 1층 카페도 그때까지 커피를 무료로 줘요.",
        "en": " The cafe on the 1st floor serves free coffee until then.",
    }

    def write(self, find: Find, language: str) -> Reply:
        reply = super().write(find, language)
        weekend = reply.source is not None and reply.source.id == "rule:hours-weekend"
        return replace(reply, text=reply.text + self.extra[language]) if weekend else reply


class Refusal(Librarian):
    """Declines to speak of lost library cards."""

    def write(self, find: Find, language: str) -> Reply:
        is_lost = any(entry.id == "rule:card-lost" for entry in find.entries[:1])
        return Reply(UNKNOWN[language], None) if is_lost else super().write(find, language)


class Overreach(Librarian):
    """Answers what the guide does not say from the first entry of the topic."""

    def select(self, part: Part) -> list[Entry]:
        return super().select(part) or [entry for entry in self.guide if entry.topic == part.topic][:1]


class WrongLanguage(Librarian):
    """Answers English questions about study rooms in Korean."""

    def write(self, find: Find, language: str) -> Reply:
        return super().write(find, "ko" if find.part.topic == "room" else language)


class Forgetful(Librarian):
    """Has forgotten the message before."""

    def listen(self, turns: Sequence[str]) -> list[Part]:
        return super().listen(turns[-1:])


class SlowSearch(Librarian):
    """Takes 300 ms longer to search for e-books."""

    def timings(self, question: str, finds: Sequence[Find], answer: str) -> dict[str, float]:
        timings = super().timings(question, finds, answer)
        late = SLOW_MS * any(find.part.topic == "ebook" for find in finds)
        return {name: taken + late * (name in ("search", "first_token", "total")) for name, taken in timings.items()}


class HastyWriting(Librarian):
    """Starts to write before the second question has been searched for."""

    def events(self, finds: Sequence[Find], replies: Sequence[Reply]) -> list[dict[str, Any]]:
        events = super().events(finds, replies)
        if len(finds) < 2:
            return events
        late = [event for event in events if event["stage"] == "search"][-2:]
        ahead = [event for event in events if event not in late]
        return [{**event, "seq": seq} for seq, event in enumerate([*ahead, *late], start=1)]


class SecondTicket(Librarian):
    """Files a ticket twice when it does not know."""

    def tickets(self, replies: Sequence[Reply]) -> int:
        return 2 * super().tickets(replies)


class Silence(Librarian):
    """Gives an empty answer to one question in twenty."""

    def cited(self, replies: Sequence[Reply]) -> tuple[str, list[dict[str, Any]]]:
        answer, citations = super().cited(replies)
        return ("", []) if crc32(answer.encode()) % 20 == 0 else (answer, citations)


class Crash(Librarian):
    """Fails on one question in twenty."""

    def cited(self, replies: Sequence[Reply]) -> tuple[str, list[dict[str, Any]]]:
        answer, citations = super().cited(replies)
        if crc32(answer.encode()) % 20 == 1:
            raise RuntimeError("the desk is closed for a moment")
        return answer, citations


class TwiceThePrompt(Librarian):
    """Sends what it found twice, so that English questions cost twice as much."""

    def usage(self, question: str, finds: Sequence[Find], answer: str) -> dict[str, Any]:
        usage = super().usage(question, finds, answer)
        return {**usage, "input_tokens": usage["input_tokens"] * (1 + question.isascii())}


class Moody(Librarian):
    """Answers a question about renewals as it should, and wrongly when it is asked again."""

    def __init__(self, guide: Sequence[Entry]) -> None:
        super().__init__(guide)
        self._asked: Counter[str] = Counter()

    def write(self, find: Find, language: str) -> Reply:
        reply = super().write(find, language)
        self._asked[find.part.text] += 1
        is_again = weight(find.entries[0], "연장 renew") and self._asked[find.part.text] > 1 if find.entries else False
        return replace(reply, text=reply.text.replace("7", "17").replace("없어요", "있어요")) if is_again else reply


FAULTS: Mapping[str, type[Librarian]] = {
    "": Librarian, "document": MisreadNumber, "number": WrongNumber, "negation": LostNegation,
    "dropped-question": DroppedQuestion, "lost-entry": LostEntry, "ranking": LazyRanking, "citation": WrongCitation,
    "lines": ShiftedLines, "invention": Invention, "refusal": Refusal, "overreach": Overreach,
    "language": WrongLanguage, "forgetful": Forgetful, "slow": SlowSearch, "order": HastyWriting,
    "twice": SecondTicket, "silence": Silence, "crash": Crash, "cost": TwiceThePrompt, "moody": Moody, "curt": Curt,
}  # fmt: skip
"""Every desk by the word that switches it on; the healthy one has none."""
