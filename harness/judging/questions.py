"""What kind of answer a question asks for: 얼마 wants a price, 몇 시 a time, 누구 a name. Knows no evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.judging.lexemes import Word

_ANY = frozenset({"*"})

_WANTED: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern), frozenset(units.split(",")))
    for pattern, units in (
        (r"몇\s?시(?!간)|what time", "clock"),
        (r"요일|which day", "weekday"),
        (r"며칠|날짜|날은|몇\s?월|what date", "day-of,month-of,year,weekday"),
        (r"몇\s?년|해는|연도|what year|which year", "year,"),
        (r"얼마나 (?:걸|오래)|how long", "day-of,hour,minute,month,year,week,second,km,m,"),
        (
            r"얼마|가격|비용|수수료|요금|시세|연체료|보증금|how much|cost|price|\bfee",
            "won,dollar,%,kg,l,km,m,minute,hour,per,degree,day-of,person",
        ),
        (r"언제|\bwhen\b", "year,month-of,day-of,clock,weekday,hour,month,"),
        (r"몇\s?도|온도|기온|temperature", "degree"),
        (r"확률|습도|퍼센트|percent", "%"),
        (r"번호|몇 번으로|전화는|phone number", "phone"),
        (r"길이|거리|높이|면적|how (?:far|tall|high)", "km,m,cm,mm,inch,,minute,hour,year"),
        (r"몇\s|how many", "*"),
    )
)
_NO_NUMBER = re.compile(
    r"누구|이름|누가|사람은|선수|무엇|뭐|어디|어느|어떻게|방법"
    r"|\bwho\b|\bwhere\b|\bwhich (?!year|day)|\bhow (?:do|should|can)\b"
)


_ASKS = re.compile(
    r"\?|^\s*(?:who|what|when|where|why|how|which|is|are|was|were|do|does|did|can|could|should|would|will|in what"
    r"|suppose|explain|if)\b",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """Whether an English text asks something, beside a turn of a conversation."""
    return _ASKS.search(text) is not None


def wrong_kind(question: str, answer: Sequence[Word], fragment: bool) -> bool:
    """Whether an answer cannot be what the question asks for.

    A question for a number is not answered without one of a fitting unit; a bare number names nobody.
    """
    units = {word.quantity.unit for word in answer if word.quantity is not None}
    asked = question.lower()
    for pattern, wanted in _WANTED:
        if pattern.search(asked):
            return not units or (wanted != _ANY and wanted.isdisjoint(units))
    bare = all(word.sort in ("number", "mark") for word in answer)
    return bool(fragment and units and bare and _NO_NUMBER.search(asked))
