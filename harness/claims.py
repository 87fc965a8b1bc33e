"""Answer -> sentences -> claims with their place in the answer. Korean and English; knows nothing of evidence.

A claim asserts something that can be true or false, "I have nothing on that" included. Greetings, thanks, questions,
offers, headings and links are no claims. Spans are code points of the answer as given; nothing is normalised before it
is cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from harness.cases import Claim

Span = tuple[int, int]

_MARK = r"\[(?:rule|adr|incident|world|doc|skill):[^\]\s]{1,200}\]"
_CITATION = re.compile(rf"[ \t]?{_MARK}")
_STOP = re.compile(r"[.!?。！？…]+[\"'”’)\]]*|\n+")
_MARK_FOLLOWS = re.compile(_MARK)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|cf|Nos?|Inc|Ltd|Co|Corp|Fig|approx|al|ca|[ap]\.m"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[A-Z](?:\.[A-Z])*)$"
)
_LIST_NUMBER = re.compile(r"(?:^|\n)[ \t]*(?:\d{1,3}|[A-Za-z])$")
_BULLET = r"[\s>]|[-*•·▪●◦✅✔☑➡→]\s|#{1,6}\s|\(?(?:\d{1,2}|[①-⑳가-하a-h])[.)]\s|[①-⑳]|\*\*|__|[^\w\s\"'“‘(\[<$₩\-−]"
_MARKER = re.compile(rf"(?:{_BULLET})+")
_CLAUSE = re.compile(
    r"(?<=[가-힣][고며])[,，]\s+|(?<=지만)[,，]\s+|(?<=[는은]데)[,，]\s+|;\s+"
    r"|,\s+(?=(?:but|while|whereas|however)\s)"
)
_PREDICATE = re.compile(
    r"[가-힣](?:다|요|죠|고|며|지만|는데|은데|까|오|음|함|됨|임)\W*$"
    r"|\b(?:is|are|was|were|be|has|have|had|do|does|did|must|can|may|should|will|cannot|[a-z]+(?:s|ed))\W*$"
    r"|\s(?:is|are|was|were|has|have|must|can|may|should|will)\s"
)
_URL = re.compile(r"https?://\S+")

_QUESTION = (
    r"[?？][\"'”’)\]\s]*$",
    r"(?:까요|나요|인가요|[은는]가요|을래요|할래|을까|일까|습니까|입니까)[.!~\s]*$",
)
# What opens a turn of talk, and what only agrees: "oh yeah, that is true!"
_ASIDE = r"(?:(?:oh|ah|well|wow|haha|lol|yes|yeah|yep|yup|no|nope|true|right|hmm)[\s,.!]+)*"
_ASSENT = (
    r"(?:oh|ah|well|wow|haha|lol|yes|yeah|yep|yup|no|nope|true|right|hmm|exactly|indeed|me too|same here|i know|i see"
    r"|(?:that|it|they|he|she)(?:'s| is| was| are| does| did| might be| would be| sounds)?"
    r"(?: so| very| pretty| really)?"
    r"(?: true| right| correct| interesting| cool| crazy| amazing| awesome| great| nice| funny| neat| impressive)?)"
)
_FEELS = "(?:agree|love|like|enjoy|hate|wonder|hope|wish|bet|guess|think so|see|know right)"
_TALK = (
    r"^(?:네|넵|예|응|아니[요오]|좋아요|물론(?:이죠|이에요|입니다)?|그럼요|맞아요)[\s,.!~]*$",
    r"^(?:알겠|확인했)(?:어요|습니다)[\s,.!~]*$",
    r"안녕(?!히)|반가[워웠]|반갑|감사(?:해|합|드)|고마[워웠]|고맙|죄송|미안|수고하|또 만나|다음에 또|환영[해합]",
    r"(?:좋은|즐거운|행복한) 하루",
    r"^(?:yes|no|sure|okay|ok|certainly|of course|great|got it)[\s,.!]*$|^(?:hi|hey)\b",
    r"\b(?:hello|hi there|good (?:morning|afternoon|evening)|thank you|thanks|welcome|sorry|goodbye|bye)\b",
    r"\bhave a (?:nice|good|great)\b",
    rf"^{_ASIDE}(?:{_ASSENT})[\s,.!]*$",
    rf"^{_ASIDE}i (?:really |do |also )?{_FEELS}\b",
)
_OFFER = (
    r"(?:궁금|필요)한? ?(?:점|것|게|거|사항|내용).{0,20}(?:면|시면)",
    r"(?:말씀|질문|문의).{0,6}[해하]\s?(?:주세요|주십시오|보세요)[.!~\s]*$",
    r"언제든|도와\s?드[릴려리]|알려\s?드[릴려리](?:게|겠|까|요)|안내\s?해?\s?드[릴리](?:게|겠)|찾아\s?(?:드릴|볼)게",
    r"도움이 (?:되|필요)|아래(?:와 같|를 참고|에 정리)|다음과 같|정리해 (?:드릴|볼)|함께 해(?:요|봐요)",
    r"\b(?:let me know|feel free|happy to help|can i help|i can help|anything else|hope this helps)\b",
    r"\bhere (?:is|are) (?:the|what|how|some)\b",
)
_NO_CLAIM = re.compile("|".join((*_QUESTION, *_TALK, *_OFFER)), re.IGNORECASE)


def split_claims(answer: str) -> list[Claim]:
    """Return what an answer asserts, in order.

    Args:
        answer: the answer as the user saw it, citation marks and Markdown included.

    Returns:
        claims whose `text` has no citation marks, list markers or emphasis; `answer[s:e]` of a span is where it stands,
        marks inside included. Spans neither overlap nor have blank ends.
    """
    parts = (part for span in sentence_spans(answer) for part in _clauses(answer, span))
    return [claim for part in parts if (claim := _claim(answer, part)) is not None]


def statements(text: str) -> list[str]:
    """Return the sentences of a text that assert something, whole; a judge asks for each of them."""
    found = (_claim(text, span) for span in sentence_spans(text))
    return [claim.text for claim in found if claim is not None]


def sentence_spans(text: str) -> list[Span]:
    """Return the sentences of a text; decimals, dates, hosts, abbreviations and list numbers do not end one."""
    spans: list[Span] = []
    start = 0
    for match in _STOP.finditer(text):
        if _ends_sentence(text, start, match):
            spans.append((start, match.end()))
            start = match.end()
    spans.append((start, len(text)))
    trimmed = (_trimmed(text, span) for span in spans)
    return [span for span in trimmed if span[0] < span[1]]


def bare_text(text: str) -> str:
    """Take citation marks and Markdown emphasis out of a text."""
    return re.sub(r"\*\*|__|`", "", _CITATION.sub("", text)).strip()


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    stop, after = match.group(), text[match.end() : match.end() + 1]
    if stop[0] != "." or len(stop.rstrip("\"'”’)]")) > 1:
        return True
    before = text[max(start, match.start() - 24) : match.start()]
    if after and not after.isspace() and not (_is_hangul(before[-1:]) and _is_hangul(after)):
        return _MARK_FOLLOWS.match(text, match.end()) is not None
    return not (_LIST_NUMBER.search(before) or _ABBREVIATION.search(before))


def _is_hangul(character: str) -> bool:
    return "가" <= character <= "힣"


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _clauses(answer: str, span: Span) -> Iterator[Span]:
    """Cut a sentence where one assertion ends and the next begins; both sides must be able to stand alone."""
    start, end = span
    for match in _CLAUSE.finditer(answer, start, end):
        if _asserts(answer[start : match.start()]) and _asserts(answer[match.end() : end]):
            yield _trimmed(answer, (start, match.start()))
            start = match.end()
    yield _trimmed(answer, (start, end))


def _asserts(text: str) -> bool:
    return len(text.split()) >= 2 and _PREDICATE.search(text.rstrip(" .!~,")) is not None


def _claim(answer: str, span: Span) -> Claim | None:
    start, end = span
    while mark := _CITATION.match(answer, start, end):
        start = mark.end()
    start, end = _trimmed(answer, (start, end))
    if marker := _MARKER.match(answer, start, end):
        start = marker.end()
    text = bare_text(answer[start:end])
    return Claim(text, (start, end)) if _is_claim(text) else None


def _is_claim(text: str) -> bool:
    plain = unicodedata.normalize("NFC", text)
    said = sum(character.isalnum() for character in _URL.sub("", plain))
    return said >= 2 and not plain.endswith((":", "：")) and _NO_CLAIM.search(plain) is None
