"""One claim beside one context, taken apart once; what the features and the verdict read. Counts nothing itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from harness.judging.alignment import Alignment, align, content
from harness.judging.evidence import Evidence, Meeting, anywhere, coverage, evidence, meet
from harness.judging.korean import is_korean
from harness.judging.lexemes import Word, is_meaning
from harness.judging.respacing import respaced
from harness.judging.segments import Passage, Segment, nfc, passage
from harness.judging.slots import Slots, lay_over, unmet_of
from harness.judging.words import words

_FRAGMENT_WORDS = 6
_YES = r"네|예|맞아요|맞습니다|yes"
_NO = r"아니요|아니오|아뇨|no"
_ANSWERED = re.compile(rf"^\s*(?:{_YES}|{_NO})[,.!\s]+(?=\S)", re.IGNORECASE)
# 말씀드리면, 간단히 정리하자면, in short, note that: what only leads in to a statement.
_LED_IN = re.compile(
    r"^\s*(?:(?:[가-힣]+ )?(?:말씀|설명|안내|소개|정리|요약|답변)(?:을 )?(?:해 ?)?(?:드리|하)(?:면|자면),"
    r"|(?:결론적으로|한마디로|요컨대|참고로),?"
    r"|(?:in (?:short|brief|other words)|to (?:sum up|put it simply)|for reference),"
    r"|(?:please )?note that)\s+(?=\S+\s+\S)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*[A-Za-z가-힣]+:\s+(?=\S+\s+\S+\s+\S)")
_BARE = re.compile(rf"^\s*(?:(?P<yes>{_YES})|(?P<no>{_NO}))[,.!~\s]*$", re.IGNORECASE)
_ENDED = re.compile(r"(?:다|요|죠|까|음|함|됨)[.!]?\s*$|[.!]\s*$")


@dataclass(frozen=True)
class Look:
    """A claim, the question it answers if any, and the evidence."""

    question: str | None
    claim: Passage
    claim_text: str
    known: Evidence

    @property
    def texts(self) -> tuple[str, ...]:
        """The passages as they were read."""
        return self.known.texts

    @cached_property
    def spoken(self) -> list[Word]:
        """All words of the claim."""
        return [word for segment in self.claim.segments for word in segment.own]

    @cached_property
    def words(self) -> list[Word]:
        """Its words that say something; across languages only those that could be met there."""
        said = content(self.spoken)
        return [word for word in said if _crosses(word)] if self.crosses else said

    @cached_property
    def asked(self) -> list[Word]:
        """The words of the question that say something."""
        return content(words(nfc(self.question))) if self.question else []

    @cached_property
    def asked_keys(self) -> frozenset[str]:
        return frozenset(key for word in self.asked for key in word.keys)

    @cached_property
    def korean(self) -> bool:
        """Whether the claim is Korean; a claim of digits speaks the language of its context."""
        return is_korean(self.claim_text if any(map(str.isalpha, self.claim_text)) else self.known.text)

    @cached_property
    def crosses(self) -> bool:
        """Whether claim and context are in different languages."""
        return bool(self.known.text.strip()) and self.korean != is_korean(self.known.text)

    @cached_property
    def fragment(self) -> bool:
        """Whether the claim answers the question without being a sentence: 6,000원, 페티예요, Arthur's Magazine."""
        states = any(word.acts or word.role in ("topic", "subject") or _exists(word) for word in self.spoken)
        sentence = not self.korean and len(self.words) > 2 and bool(_ENDED.search(self.claim_text))
        return bool(self.question) and not states and not sentence and len(self.words) <= _FRAGMENT_WORDS

    @cached_property
    def elliptical(self) -> bool:
        """Whether the claim is a short sentence that leaves its topic to the question."""
        if not self.asked or self.fragment or len(self.words) > _FRAGMENT_WORDS:
            return False
        topic = any(word.role == "topic" for word in self.spoken)
        mine = frozenset(key for word in self.words for key in word.keys)
        return not topic and all(mine.isdisjoint(word.keys) for word in self.asked if not word.acts)

    @cached_property
    def familiar(self) -> list[float]:
        """For each of `words`, how well the whole context knows it."""
        return [anywhere(word, self.known) for word in self.words]

    @cached_property
    def novel(self) -> list[Word]:
        """The words that the context does not know at all."""
        return [word for word, known in zip(self.words, self.familiar, strict=True) if known < 0.25]

    @cached_property
    def alignments(self) -> list[Alignment]:
        return align(self.claim, self.asked, self.known, _crosses if self.crosses else None)

    @cached_property
    def by_sentence(self) -> list[tuple[Segment, list[Meeting]]]:
        """Every sentence of the context with what each of `words` meets there."""
        return [(sentence, [meet(word, sentence) for word in self.words]) for sentence in self.known.sentences]

    @cached_property
    def best_sentence(self) -> tuple[Segment, list[Meeting]] | None:
        """The sentence that covers the claim best; the first of equals."""
        return max(self.by_sentence, key=lambda pair: coverage(self.words, pair[1]), default=None)

    @cached_property
    def slots(self) -> Slots:
        """The claim laid over the sentence that covers it best."""
        if self.best_sentence is None or not self.words:
            return Slots()
        sentence, meetings = self.best_sentence
        novel = frozenset(map(id, self.novel))
        return lay_over(self.spoken, sentence.own, unmet_of(self.words, meetings), novel)


def look(question: str | None, context: Sequence[str], claim: str) -> Look:
    """Put a claim beside its context.

    A leading yes or no is left out when more follows; alone it stands for what the question says, or for its denial. An
    empty question is none.
    """
    question = (question or "").strip() or None
    known = evidence(tuple(context))
    if question and (bare := _BARE.match(claim)):
        return Look(None, _affirmed(question, denied=bool(bare.group("no"))), nfc(question), known)
    text = respaced(nfc(_LED_IN.sub("", _LABEL.sub("", _ANSWERED.sub("", claim)))), known)
    return Look(question, passage(text), text, known)


def _affirmed(question: str, *, denied: bool) -> Passage:
    stated = passage(nfc(question))
    if not denied:
        return stated
    return Passage(
        stated.sentences, tuple(replace(part, own=tuple(map(_flipped, part.own))) for part in stated.segments)
    )


def _flipped(word: Word) -> Word:
    return replace(word, denied=not word.denied) if word.acts else word


def _exists(word: Word) -> bool:
    return word.text[:1] in ("있", "없", "않") or word.text[:2] == "아니"


def _crosses(word: Word) -> bool:
    """Whether a word can be met in another language: a number, a Latin name, or one with a meaning in the lexicon."""
    return word.quantity is not None or word.sort == "name" or any(map(is_meaning, word.keys))
