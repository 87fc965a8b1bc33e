"""The text of a draft: the sections that records here have, what is known put in, a question where something is not.

Records here have sections of their own where most of them share three that a MADR record does not have; what they call
context, options or decision is then asked for under their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kb.briefs.house_style import House

if TYPE_CHECKING:
    from kb.briefs.drafts import DraftKind, Noted

_NO_PROSE = re.compile(r"^(?: {0,3}(?:#{1,6} |```|~~~|---|===|<)|[ \t]+(?:File \"|at )|Traceback )", re.MULTILINE)
_SECTIONS: Mapping[tuple[DraftKind, str], Sequence[tuple[str, str]]] = {
    ("decision", "ko"): (
        ("맥락과 문제", "무엇이, 어디서, 얼마나 문제인가? 수치와 그 출처를 적는다."),
        ("결정 요인", "무엇을 지켜야 하나? 한 줄에 하나씩."),
        ("검토한 대안", "버린 길과 버린 까닭. 고른 길도 함께."),
        ("결정", "무엇을 하기로 했나? 첫 문장 하나로."),
        ("결과", "나아지는 것과 나빠지는 것."),
        ("확인 방법", "지켜지는지 보여 주는 테스트나 명령."),
        ("관련 문서", ""),
    ),
    ("decision", "en"): (
        ("Context and Problem Statement", "What is wrong, where, and by how much? Give figures with their source."),
        ("Decision Drivers", "What must hold? One line each."),
        ("Considered Options", "The ways not taken and why; the one taken beside them."),
        ("Decision Outcome", "What is decided, in one first sentence."),
        ("Consequences", "What gets better and what gets worse."),
        ("Confirmation", "The test or command that shows that it is kept."),
        ("More Information", ""),
    ),
    ("incident", "ko"): (
        ("요약", "누가 무엇을 겪었나? 두 문장."),
        ("영향", "얼마나, 누구에게, 얼마 동안."),
        ("경과", "시각과 사실만."),
        ("원인", "왜 일어났고 왜 바로 보이지 않았나?"),
        ("조치", "무엇으로 멈췄고 무엇이 다시 일어나지 않게 하나?"),
        ("교훈", "다음 사람이 알아야 할 한 가지."),
    ),
    ("incident", "en"): (
        ("Summary", "Who met what? Two sentences."),
        ("Impact", "How much, whom, how long."),
        ("Timeline", "Times and facts alone."),
        ("Root cause", "Why did it happen, and why was it not seen at once?"),
        ("Resolution", "What stopped it, and what keeps it from coming back?"),
        ("Lessons learned", "The one thing that the next person must know."),
    ),
}
_ASKED = tuple(
    (re.compile(pattern, re.IGNORECASE), english, korean)
    for pattern, english, korean in (
        ("drivers?|요인|기준", "Decision Drivers", "결정 요인"),
        ("context|problem|background|맥락|배경|문제", "Context and Problem Statement", "맥락과 문제"),
        ("option|alternative|대안|선택지", "Considered Options", "검토한 대안"),
        ("decision|결정", "Decision Outcome", "결정"),
        ("consequence|implication|결과|영향", "Consequences", "결과"),
        ("confirm|validat|확인|검증", "Confirmation", "확인 방법"),
    )
)
_STATUS = re.compile(r"status|상태", re.IGNORECASE)
_LINKED = re.compile(r"link|related|references|more information|관련|참고", re.IGNORECASE)
_HANGUL = re.compile(r"[가-힣]")
_LEAST_OF_A_HOUSE = 3


def is_own(house: House | None, kind: DraftKind) -> bool:
    """Whether records here have sections of their own, and so few front matter that a draft has none either."""
    if house is None or house.keys or len(house.sections) < _LEAST_OF_A_HOUSE:
        return False
    known = {name for language in ("ko", "en") for name, _ in _SECTIONS[kind, language]}
    has_status = any(_STATUS.search(name) for name in house.sections)
    return has_status and sum(name in known for name in house.sections) * 2 < len(house.sections)


def body(noted: Noted, language: str, names: Sequence[str]) -> str:
    """The title and the sections of a MADR record or of an incident, in a language."""
    sections = _SECTIONS[noted.kind, "ko" if language == "ko" else "en"]
    parts = [f"# {noted.title}", ""]
    for place, (heading, question) in enumerate(sections):
        text = _as_prose(noted.said) if place == 0 and noted.said.strip() else question
        parts += [f"## {heading}", text or _links(names), ""]
    return "\n".join(parts).rstrip() + "\n"


def body_of_a_house(noted: Noted, number: str, names: Sequence[str], house: House) -> str:
    """As `body`, with the sections that records here have; the status and the date stand in the text."""
    title = f"{int(number)}. {noted.title}" if number and house.has_numbered_titles else noted.title
    parts = [f"# {title}", "", f"Date: {noted.day}", ""]
    first = next((heading for heading in house.sections if not _STATUS.search(heading)), "")
    for heading in house.sections:
        is_first = heading == first
        text = _as_prose(noted.said) if is_first and noted.said.strip() else _asked(heading, noted.kind, names)
        about = [f"Of {', '.join(f'`{path}`' for path in noted.paths)}.", ""] if is_first and noted.paths else []
        parts += [f"## {heading}", "", text, "", *about]
    if names and not any(_LINKED.search(heading) for heading in house.sections):
        is_korean = any(_HANGUL.search(heading) for heading in house.sections)
        parts += [f"## {'관련 문서' if is_korean else 'More Information'}", "", _links(names), ""]
    return "\n".join(parts).rstrip() + "\n"


def _asked(heading: str, kind: DraftKind, names: Sequence[str]) -> str:
    """What is to be said below a heading."""
    language = "ko" if _HANGUL.search(heading) else "en"
    if _STATUS.search(heading):
        return "제안" if language == "ko" else "Proposed"
    if _LINKED.search(heading):
        return _links(names)
    questions = dict(_SECTIONS[kind, language])
    if kind == "incident":
        return questions.get(heading, "unknown")
    known = next((asked[1:] for asked in _ASKED if asked[0].search(heading)), None)
    return questions[known[language == "ko"]] if known else "unknown"


def _as_prose(said: str) -> str:
    """Notes as they are; a trace or a log in a fence, where its lines are no headings and no rules."""
    text = said.strip("\ufeff\r\n").rstrip().replace("\r\n", "\n")
    if not _NO_PROSE.search(text):
        return text.strip()
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _links(names: Sequence[str]) -> str:
    return "\n".join(f"- [{name}]" for name in names) or "-"
