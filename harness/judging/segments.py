"""Text -> sentences -> segments: the smallest parts that bind a value to its thing, with what they inherit.

매트리스: 싱글 6,000원 / 더블 10,000원 gives two segments that inherit 매트리스, so 더블 매트리스 is bound to 10,000
and not to 6,000. Topics, headings, brackets, conditions and a verb at the end of a list are inherited, each with a
closeness; later sentences of a passage inherit what its first one is about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from harness.claims import sentence_spans
from harness.judging.clauses import clauses
from harness.judging.denial import with_denial
from harness.judging.lexemes import Word
from harness.judging.words import words

Words = tuple[Word, ...]
# How close a word counts that is only inherited: from a heading, bracket or colon; from the sentence's topic; from the
# verb that ends a list; from the passage's topic; from a topic that the segment has replaced by its own; from one it
# left before; from the item before in a list of prices.
_HEADED, _LED, _SHARED, _CARRIED, _REPLACED, _KEPT, _LISTED = 0.9, 0.9, 0.9, 0.8, 0.6, 0.5, 0.45
_CONDITION = re.compile(r"(?:면|경우|경우에|경우에는|때|때는|때에는|때만)$")
_LEADS_ON = re.compile(r"(?:고|며|지만|는데)$")
_COLON = re.compile(r"(?<!\d)[:：]|[:：](?!\d)")
_BRACKET = re.compile(r"\(([^()]*기준[^()]*)\)|\(([^()]*)\)\s*\.?$")
_OWNED = ("topic", "subject", "object", "slot")
_BULLETS = "-*•·①②③④⑤1234567890"
_EITHER_PARTICLE = re.compile(r"(은|는|이|가|을|를|와|과|으로)\((?:은|는|이|가|을|를|와|과|로)\)")
_SPACES = re.compile(r"[ \t\u00a0\u200b\ufeff\u3000]+")


def letter_runs(text: str, length: int) -> frozenset[str]:
    """Every run of so many letters, spaces and signs left out."""
    plain = "".join(filter(str.isalnum, text.lower()))
    return frozenset(plain[at : at + length] for at in range(len(plain) - length + 1))


@dataclass(frozen=True)
class Segment:
    """A part of a sentence: its `own` words, and those of the topics and headings it hangs on, with closeness."""

    own: Words
    inherited: tuple[tuple[Word, float], ...]
    text: str
    sentence: int
    passage: int

    @property
    def place(self) -> tuple[int, int]:
        """(passage, sentence)."""
        return self.passage, self.sentence

    @cached_property
    def squeezed(self) -> str:
        """The text without spaces, lower case, for matching across spacing."""
        return "".join(self.text.split()).lower()

    @cached_property
    def letter_pairs(self) -> frozenset[str]:
        """Every two letters that follow each other, spaces and signs left out."""
        return letter_runs(self.text, 2)

    @cached_property
    def all(self) -> tuple[tuple[Word, float], ...]:
        """Own words at 1, then the inherited ones."""
        return (*((word, 1.0) for word in self.own), *self.inherited)

    @cached_property
    def by_key(self) -> dict[str, list[tuple[Word, float]]]:
        """Words with their closeness by what they match by, own ones first."""
        found: dict[str, list[tuple[Word, float]]] = {}
        for word, closeness in self.all:
            for key in word.keys:
                found.setdefault(key, []).append((word, closeness))
        return found


@dataclass(frozen=True)
class Passage:
    """A text taken apart. `sentences[i]` is sentence i as one segment that inherits nothing."""

    sentences: tuple[Segment, ...]
    segments: tuple[Segment, ...]


def nfc(text: str) -> str:
    """NFC, odd spaces made plain, 은(는) made 은; line breaks stay."""
    plain = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    return _EITHER_PARTICLE.sub(r"\1", plain)


@lru_cache(maxsize=512)
def passage(text: str, index: int = 0) -> Passage:
    """Take one text apart; `index` is stored in its segments."""
    plain = nfc(text)
    taken = [_taken(plain[start:end], number, index) for number, (start, end) in enumerate(sentence_spans(plain))]
    throughout = [(word, _HEADED) for sentence in taken if sentence.is_basis for word in sentence.words]
    segments: list[Segment] = []
    topic: Words = ()
    heading: Words = ()
    for sentence in taken:
        above = [*throughout, *((word, _HEADED) for word in heading), *_carried(sentence, topic)]
        segments.extend(_segments(sentence, above))
        heading = _heading_below(sentence, heading)
        topic = topic or _passage_topic(sentence)
    return Passage(tuple(sentence.whole for sentence in taken), tuple(segments))


@dataclass(frozen=True)
class _Sentence:
    text: str
    parts: tuple[Words, ...]
    number: int
    passage: int

    @cached_property
    def words(self) -> Words:
        return tuple(word for part in self.parts for word in part)

    @property
    def whole(self) -> Segment:
        return Segment(self.words, (), self.text, self.number, self.passage)

    @property
    def is_basis(self) -> bool:
        """모두 강남구 기준입니다: a short sentence that holds for the whole passage."""
        return "기준" in self.text and len(self.words) <= 5 and not any(word.sort == "number" for word in self.words)

    @cached_property
    def headline(self) -> Words:
        """What stands before the colon; the colon of a time is none."""
        colon = _COLON.search(self.text)
        return tuple(word for word in self.words if colon and word.end <= colon.start())

    @cached_property
    def qualifier(self) -> Words:
        """What a bracket at the end, or one that says 기준, holds for the whole sentence: (전국평균, 원/kg)."""
        bracket = _BRACKET.search(self.text)
        inside = (word for word in self.words if bracket and bracket.start() <= word.start < bracket.end())
        return tuple(word for word in inside if word.sort != "number")

    @cached_property
    def shared_end(self) -> Words:
        """What 비니는 비닐류, 폼이는 … 맡은 캐릭터예요 says of both: the end of the last part.

        What stands there before the last topic, place or thing is the last one's own: 섞인 것은 종량제봉투에 버립니다.
        """
        last = self.parts[-1] if self.parts else ()
        first = next((position for position, word in enumerate(last) if word.acts), len(last))
        owned = (position + 1 for position, word in enumerate(last) if word.role in _OWNED and not word.acts)
        return last[max(first, max(owned, default=0)) :]


def _taken(text: str, number: int, index: int) -> _Sentence:
    parts = clauses(text, with_denial(words(text), text))
    return _Sentence(text, tuple(tuple(part) for part in parts), number, index)


def _carried(sentence: _Sentence, topic: Words) -> list[tuple[Word, float]]:
    fresh = any(_is_topic(word) for part in sentence.parts[:1] for word in part)
    return [(word, _KEPT if fresh else _CARRIED) for word in topic]


def _heading_below(sentence: _Sentence, heading: Words) -> Words:
    """What the next line inherits: this line when it is a heading, the same one further down its list, else nothing."""
    if sentence.text.rstrip().endswith((":", "：", "]")) or sentence.text.startswith("#"):
        return sentence.words
    return heading if heading and sentence.text[:1] in _BULLETS else ()


def _passage_topic(sentence: _Sentence) -> Words:
    """What a passage is about by its first sentence: what stands before its colon, else its topic; numbers left out."""
    if not sentence.parts:
        return ()
    found = sentence.headline or _topic(sentence.parts[0])[0]
    return tuple(word for word in found if word.sort in ("noun", "name"))


def _segments(sentence: _Sentence, above: Sequence[tuple[Word, float]]) -> Iterator[Segment]:
    throughout = (*sentence.headline, *sentence.qualifier)
    topic: Words = ()
    first: Words = ()
    condition: Words = ()
    listed = spent = False
    for position, part in enumerate(sentence.parts):
        shared = sentence.shared_end if position + 1 < len(sentence.parts) and _gapped(part) else ()
        inherited = [
            *above,
            *((word, _HEADED) for word in throughout if word not in part),
            *((word, _KEPT) for word in first if word not in topic),
            *((word, _closeness(part, listed=listed)) for word in topic),
            *((word, _KEPT if spent and _moves_on(part) else _LED) for word in condition if word not in topic),
            *((word, _SHARED) for word in shared),
        ]
        text = sentence.text[part[0].start : part[-1].end]
        yield Segment(part, tuple(inherited), text, sentence.number, sentence.passage)
        if position == 0 or any(_is_topic(word) for word in part[:2]):
            topic, listed = _topic(part)
            first = first or topic
        spent = bool(condition) and not _CONDITION.search(text)
        condition = part if _CONDITION.search(text) else () if _LEADS_ON.search(part[-1].text) else condition


def _moves_on(part: Words) -> bool:
    """처음 적발되면 10만 원, 두 번째는 20만 원: what is met first ends with the next item."""
    return any(word.role == "topic" or word.sort == "number" for word in part)


def _closeness(part: Words, *, listed: bool) -> float:
    if listed:
        return _LISTED if any(word.sort in ("noun", "name") for word in part) else _LED
    return _REPLACED if any(_is_topic(word) for word in part) else _LED


def _topic(part: Words) -> tuple[Words, bool]:
    """What the rest of a sentence is about: up to the topic particle, else the subject, else nouns before a number.

    The flag tells nouns before a number: in a list of prices the next item replaces them.
    """
    for position, word in enumerate(part):
        if word.role == "topic" and not word.acts:
            return part[: position + 1], False
    subject = max((position for position, word in enumerate(part) if word.role == "subject"), default=-1)
    if subject >= 0:
        return part[: subject + 1], False
    number = next((position for position, word in enumerate(part) if word.sort == "number"), 0)
    return tuple(word for word in part[:number] if word.sort in ("noun", "name")), True


def _gapped(part: Words) -> bool:
    """Whether a part has a topic and no predicate or number of its own."""
    return any(_is_topic(word) for word in part) and not any(word.acts or word.sort == "number" for word in part)


def _is_topic(word: Word) -> bool:
    return word.role == "topic" and word.sort in ("noun", "name")
