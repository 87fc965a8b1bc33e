"""Tell sentences about the world from those about the conversation: refusals, greetings, questions, offers of help.

Patterns, not understanding: enough for the sentences bots say when they decline, in Korean and English.
"""

from __future__ import annotations

import re

_HOLDINGS = r"(?:정보|자료|지식|기록|답|내용|데이터|출처|근거|표|목록|지도|규칙|가운데)"
_HOLDINGS_EN = r"(?:data|knowledge|records?|sources|tables?|lists?|map|rules)"
_ABSENT = (
    r"(?:없(?:어|습|는|네|다|고|지|으)|못\s*찾|찾지\s*못|찾을\s*수\s*없"
    r"|(?:들어|담겨|나와)\s*있지\s*않)"
)
_TELL = (
    r"(?:알|확인할|답할|답변드릴|대답할|안내할|도와드릴|말씀드릴|제공할|찾을"
    r"|(?:확인해|답해|답변해|알려|안내해|들어)\s*드릴)"
)
_REFUSALS = (
    _HOLDINGS + r"[^.!?\n]{0,24}" + _ABSENT,
    _TELL + r"\s*수(?:는|가|도)?\s*없",
    r"찾지\s*못했|알아보지\s*못했|드리지\s*못했|모르겠|모릅니다|몰라요|알지\s*못|(?:갖고|가지고)\s*있지\s*않",
    r"다루지\s*않|답하지\s*않|따를\s*수\s*없|(?:캐릭터|곳|항목|품목)(?:은|는|이|가)\s*없(?:어|습)",
    r"(?:그려|만들어|찾아|보여|열어|읽어|골라|추천해|검색해|계산해|설명해)\s*드릴\s*수(?:는|가|도)?\s*없|연결(?:되어|돼)\s*있지\s*않(?:아|습|고)",
    r"(?:도와드리기|답하기|알려\s*드리기)\s*어려",
    r"\b(?:do not|don't|does not|doesn't|did not|didn't|not)\s+(?:yet\s+)?"
    r"(?:know|have|hold|cover|include|contain|find)\b",
    r"\b(?:cannot|can't|can not|could not|couldn't|unable to|not able to)\s+(?:\w+\s+)?"
    r"(?:answer|help|find|recogni[sz]e|confirm|tell|verify|say|provide|check|assist|share|follow|do that)\b",
    r"\bi\s+(?:cannot|can't|can not|am (?:not able|unable) to)\s+(?:\w+\s+)?"
    r"(?:draw|make|create|generate|show|open|read|search|look|recommend)\b",
    r"\b(?:no|not|nothing)\b[^.!?\n]{0,60}\b(?:in|on) (?:my|the) (?:[\w-]+ )?" + _HOLDINGS_EN + r" i have\b",
    r"\bno (?:such )?(?:\w+ ){1,3}in (?:my|the) (?:[\w-]+ )?" + _HOLDINGS_EN + r"\b",
    r"\bis not connected (?:right )?now\b|\bi have no\b|\bno character\b|\bnot one of the (?:\d+ )?characters\b",
    r"\bno (?:information|data|records?|sources?|knowledge|figures?|entry|live source)\b",
    r"\b(?:outside|beyond) (?:of )?(?:what|my|the)\b"
    r"|\bnot in (?:my|the) (?:[\w-]+ )?(?:knowledge|data|records|sources)\b",
)
_COURTESIES = (
    r"^(?:안녕하세요|안녕|반가워요|반갑습니다|고마워요|감사합니다|천만에요|네)[\s!.,~👋😊]*$",
    r"^(?:hi|hello|hey|thanks|thank you|sure|okay)[\s!.,]*$",
    r"\?\s*$",
    r"(?:물어봐|물어보|말씀해|질문해|알려)\s*(?:주세요|주시면|주시겠어요|보세요)",
    r"기뻐요|기뻐|기록해\s*둔|\brecorded on\b",  # also where facts come from, which no rule speaks of
    r"도와드릴게요|도와드리겠|도와드릴\s*수\s*있",
    r"\bfeel free\b|\b(?:just )?ask me\b|\blet me know\b|\bhappy to help\b|\bi can help\b",
)
_REFUSAL = re.compile("|".join(_REFUSALS), re.IGNORECASE)
_COURTESY = re.compile("|".join(_COURTESIES), re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?。\n]+(?:[.!?。]+|\n|$)")


def is_refusal(sentence: str) -> bool:
    """Says that the speaker does not know, hold, find or want to answer something."""
    return bool(_REFUSAL.search(sentence))


def is_courtesy(sentence: str) -> bool:
    """A greeting, a question back, an offer of help: nothing that could be false."""
    return bool(_COURTESY.search(sentence.strip()))


def sentences(text: str) -> list[str]:
    """Split roughly, at full stops and line ends."""
    return [part.strip() for part in _SENTENCE.findall(text) if part.strip()]


def refuses(answer: str) -> bool:
    """Some sentence declines."""
    return any(is_refusal(sentence) for sentence in sentences(answer))


def only_refuses(answer: str) -> bool:
    """Some sentence declines and none says anything about the world."""
    said = sentences(answer)
    return refuses(answer) and all(is_refusal(sentence) or is_courtesy(sentence) for sentence in said)
