"""The Korean words by which one decision takes another back. Works on sentences whose mentions stand as ⟦0⟧, ⟦1⟧, …

Kept out: what negates or supposes ("대체하지 않는다", "대체하려면") and what narrows ("⟦0⟧의 일부를", "⟦0⟧의 2절을").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_REF = r"⟦(?P<old>\d+)⟧"
_DO = "한다|하며|하고|했다|하였다|함|하기로|합니다|했습니다"
_DONE = "|".join(
    [f"(?:대체|폐기|철회|번복|취소|무효화|supersede|replace|revert)(?:{_DO})", "무효로 한다",
     f"중단(?:{_DO})", "되돌(?:린다|렸다|리고|리며|리기로|린|립니다|려(?![라야]))",
     "뒤집(?:는다|었다|고|으며|기로|은|습니다|어(?![라야]))",
     "거두(?:어|고|기로|었다)", "그만(?:둔다|두고|두기로|뒀다)"]
)  # fmt: skip
_CHOICE = "결정|방식|선택|방향|설계|안|구조|정한|고른|택한|채택한|도입한|정했던|골랐던|쓰기로 한"
_MADE = rf"[^.⟦]{{0,12}}(?:{_CHOICE})[^.⟦]{{0,18}}?"
_ASIDE = r"(?:\s?\([^)]*\))?"
_WERE = "됐|되었|된다|됩니다|됨|되어"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_REF}{_ASIDE}\s*(?P<tail>(?:(?:의|에서)\s*{_MADE})?(?:을|를))\s*(?:[^.⟦]{{0,14}}?\s)?(?P<verb>{_DONE})",
        # "⟦0⟧ 이후 … 폐기됐다" is about something else: the particle follows at once.
        rf"{_REF}{_ASIDE}\s*(?P<tail>(?:의\s*(?:결정|방식|선택|방향|설계))?)(?<!\s)(?:은|는|이|가)\s+"
        rf"(?:⟦(?P<by>\d+)⟧)?[^.⟦]{{0,24}}?(?P<verb>(?:대체|철회|번복)(?:{_WERE})|(?:폐기|철회)(?:{_WERE}|{_DO})|무효"
        r"|더 이상 (?:유효하지|따르지|쓰지|적용되지|맞지|사용하지))",
        rf"{_REF}(?P<tail>(?:\s*(?:의|에서)\s*{_MADE})?)\s*(?P<verb>대신)(?!\s*할)",
        # "기존 결정(⟦0⟧)을 폐기하고", "RabbitMQ(⟦0⟧) 대신 … 쓴다"
        rf"(?:{_CHOICE})\s?\({_REF}\)\s*(?P<tail>(?:을|를))\s*(?:[^.⟦]{{0,14}}?\s)?(?P<verb>{_DONE})",
        rf"[\w가-힣]\s?\({_REF}\)(?P<tail>)\s*(?P<verb>대신)(?=[^.⟦]{{1,40}}(?:쓴|쓰기|사용|채택|도입|옮|전환|바꾼|돌아))",
        rf"(?P<verb>더 ?이상)\s*{_REF}(?P<tail>[^.⟦]{{0,20}}?)(?:않|아니)",
    )
)
_GUARD = re.compile(r"^\s*(?:지 않|지는 않|지 말|다면|려면|ㄹ|는 (?:안|방안|대안|선택지|새 ADR)|자는)")
_SUPPOSED = re.compile(r"(?:되면|하면|라면|다면|거든|경우)[,\s]")
_PART = re.compile(r"일부|부분|\d\s*[절항장조]|조항|섹션|만\s*(?:을|를)?$")
_SELF = re.compile(
    rf"(?:이|본|해당) (?:결정|문서|기록|ADR)[은는이]?\s*{_REF}\s*(?:로|으로|에 의해|에서)\s*[^.⟦]{{0,10}}"
    r"(?:대체|폐기|번복|철회)(?:됐|되|됨)"
)
_DECIDED = re.compile(rf"{_REF}에서(?:는)?\s*[^.⟦]{{0,60}}?(?:하기로|정했|결정했|골랐|택했|채택했|도입했|합의했)")
_TURN = re.compile(
    r"되돌린다|되돌리기로|뒤집|번복|(?:철회|폐기)(?:한다|하기로)|그만둔다|그만두기로|쓰지 않기로"
    r"|더 이상 (?:쓰지|유효하지|맞지|따르지)|(?:결정|방식|선택)을 (?:바꾼다|바꾸기로|거둔다)|이를 대체한다"
    r"|(?:잘못|실수)(?:이었|였)|틀렸"
)


def takes_back(marked: str) -> Iterator[tuple[int, int | None]]:
    """Which mentions a sentence takes back as a whole.

    Yields:
        (old, new): numbers of mentions; new is None where the text itself takes it back.
    """
    for pattern in _PATTERNS:
        for match in pattern.finditer(marked):
            is_supposed = _GUARD.match(marked[match.end("verb") :]) or _SUPPOSED.search(marked[: match.start("verb")])
            if not is_supposed and not _PART.search(match["tail"]):
                by = match.groupdict().get("by")
                yield int(match["old"]), int(by) if by else None


def reversed_by(marked: str) -> Iterator[int]:
    """The mention by which a text says that it was itself replaced."""
    return (int(match["old"]) for match in _SELF.finditer(marked))


def decided_before(marked: str) -> Iterator[tuple[int, str]]:
    """Mentions as of an earlier choice ("⟦0⟧에서 … 하기로 했다"), each with the rest of the sentence."""
    return ((int(match["old"]), marked[match.end() :]) for match in _DECIDED.finditer(marked))


def turns(text: str) -> bool:
    """True when words take back what was told just before."""
    return _TURN.search(text) is not None
