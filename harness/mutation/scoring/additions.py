"""A true claim with something plausible added that the context does not say, in one sentence or in a second one."""

from __future__ import annotations

import hashlib
import re

from harness.mutation.hangul import final
from harness.mutation.mutants import Change, Pool, Start
from harness.mutation.verbs import predicate

_AFTER_ACTION = (
    ("겉면에 이름을 적어 두세요", "이름"), ("구청에 사진을 보내야 해요", "사진"),
    ("영수증을 한 달 동안 보관하세요", "영수증"),
    ("경비실에 미리 알려야 해요", "경비실"), ("저녁 8시가 지난 뒤에 마무리하세요", "저녁"),
    ("무게를 재서 적어 두세요", "무게"),
)  # fmt: skip
_AFTER_STATEMENT = (
    ("올해 처음 정해졌어요", "올해"), ("시민 투표로 정했어요", "투표"), ("다음 달부터 바뀔 예정이에요", "예정"),
    ("환경부가 2019년에 정했어요", "환경부"),
)  # fmt: skip
_SECOND = (
    ("어기면 과태료 10만 원을 내야 해요.", "과태료"), ("모으면 포인트를 받을 수 있어요.", "포인트"),
    ("월요일에는 받지 않아요.", "월요일"), ("환경부가 2019년에 정한 기준이에요.", "환경부"),
    ("비 오는 날에는 쉬어요.", "비 오"),
)  # fmt: skip
_AFTER_ACTION_EN = (
    ("and write your name on the outside", "your name"), ("and send a photo to the council", "photo"),
    ("and keep the receipt for a month", "receipt"), ("and note down the weight", "weight"),
    ("and do so after 8 p.m.", "8 p.m"),
)  # fmt: skip
_AFTER_STATEMENT_EN = (
    (", and this rule was introduced this year", "this year"), (", and this will change next month", "next month"),
    (", as the city council decided in 2019", "council"), (", and a public vote decided so", "vote"),
)  # fmt: skip
_SECOND_EN = (
    ("Failing to do so costs a fine of 100,000 won.", "fine of"), ("You earn points for doing so.", "points"),
    ("Nothing is accepted on Mondays.", "monday"),
    ("The Ministry of Environment set this standard in 2019.", "ministry"),
)  # fmt: skip
_COPULA = re.compile(r"(?P<noun>[가-힣0-9%])(?:이에요|예요|입니다)$")
_IMPERATIVE = re.compile(
    r"^(?:Put|Take|Empty|Rinse|Throw|Wrap|Keep|Seal|Use|Return|Tie|Remove|Press|Crush|Book|Sort|Pack|Report|Buy|Collect)\b"
)
_STOP = re.compile(r"[\s.!]*$")
_ACTS = ("command", "request", "must")


def addition(start: Start, pool: Pool) -> list[Change]:
    """The claim goes on, within its sentence where the predicate can be joined, and with one sentence more."""
    body = _STOP.sub("", start.text)
    joined = _joined_korean(start, body) if start.language == "ko" else _joined_english(start, body)
    second = _choice(start, _SECOND if start.language == "ko" else _SECOND_EN)
    more = f"{body}. {second}" if second and _ends_whole(start, body) else None
    return [Change(text, (len(body), len(text)), "addition") for text in (joined, more) if text]


def _ends_whole(start: Start, body: str) -> bool:
    return start.language == "en" or body.endswith(("요", "다"))


def _joined_korean(start: Start, body: str) -> str | None:
    seen = predicate(body)
    if seen is not None and seen.mood in _ACTS and (more := _choice(start, _AFTER_ACTION)):
        return f"{body[: seen.start]}{seen.verb.stem}고 {more}."
    if (match := _COPULA.search(body)) and "아니라" not in body and (more := _choice(start, _AFTER_STATEMENT)):
        noun = match.group("noun")
        return f"{body[: match.end('noun')]}{'이고' if final(noun) else '고'} {more}."
    return None


def _joined_english(start: Start, body: str) -> str | None:
    acts = _IMPERATIVE.match(body) is not None
    more = _choice(start, _AFTER_ACTION_EN if acts else _AFTER_STATEMENT_EN)
    return None if more is None else f"{body}{', ' if acts else ''}{more}."


def _choice(start: Start, listed: tuple[tuple[str, str], ...]) -> str | None:
    """One addition, the same for the same claim; none of which the context has the telling word."""
    open_ = [addition for addition, telling in listed if not start.says(telling)]
    pick = int(hashlib.sha256(start.text.encode()).hexdigest(), 16)
    return open_[pick % len(open_)] if open_ else None
