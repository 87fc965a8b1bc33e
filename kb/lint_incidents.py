"""Rules about incidents: times that run forward, action items that somebody owns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from kb.lint_subject import Found, Page, Subject

_PHASES = ("started_at", "detected_at", "mitigated_at", "resolved_at")
_UNKNOWN = frozenset({"", "unknown", "none", "null", "tbd", "n/a", "?", "미상"})
_NOBODY = frozenset({"", "none", "null", "tbd", "?", "-", "없음", "미정"})
_TIMELINE = re.compile(r"time ?line|타임라인|경과|시간순|chronology", re.IGNORECASE)
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{1,2}:\d{2}(?::\d{2})?))?"
    r"|(?<![\d:])(?P<clock>\d{1,2}:\d{2}(?::\d{2})?)"
)
_OPENING = re.compile(r"^[\s>|*+-]*(?:\d+[.)]\s+)?[\s*`(\[]*")
_HALF_A_DAY_S = 12 * 3600


def times_run_backwards(subject: Subject) -> Iterator[Found]:
    """An incident that was detected before it began, or a timeline whose entries run backwards."""
    for page in subject.incidents:
        yield from _phases(page)
        yield from _period(page)
        yield from _timeline(page)


def action_item_incomplete(subject: Subject) -> Iterator[Found]:
    """An action item of the front matter without text or owner."""
    for page in subject.incidents:
        items = page.meta.get("action_items")
        for place, item in enumerate(items if isinstance(items, list) else [], start=1):
            if missing := _missing(item):
                yield Found(page.path, _line(page, place, item), f"action item {place} has no {missing}; add it")


def _phases(page: Page) -> Iterator[Found]:
    told = [(key, _clean(page.meta.get(key))) for key in _PHASES]
    known = [(key, value) for key, value in told if value]
    for (before, first), (after, second) in pairwise(known):
        if _earlier(second, first):
            message = f"{after} {second} is before {before} {first}; put the times in order"
            yield Found(page.path, page.key_line(after), message)


def _period(page: Page) -> Iterator[Found]:
    first, mark, last = _clean(page.meta.get("period")).partition("/")
    if mark and last and _earlier(last, first):
        yield Found(
            page.path, page.key_line("period"), f"period ends in {last}, before it begins in {first}; swap them"
        )


def _timeline(page: Page) -> Iterator[Found]:
    day = ""
    last: tuple[str, int] | None = None
    for number, line in _timeline_lines(page):
        match = _MOMENT.match(_OPENING.sub("", line))
        if match is None:
            continue
        if match["day"]:
            if day and match["day"] < day:
                yield Found(page.path, number, f"timeline goes back from {day} to {match['day']}; put entries in order")
            day, last = match["day"], None if match["day"] != day else last
        clock = match["time"] or match["clock"]
        if clock is None:
            continue
        now = (clock, _seconds(clock))
        if last and now[1] < last[1] and not _crosses_midnight(last[1], now[1], bool(match["day"])):
            yield Found(page.path, number, f"timeline goes back from {last[0]} to {clock}; put entries in order")
        last = now


def _timeline_lines(page: Page) -> Iterator[tuple[int, str]]:
    """The lines of the section that is called timeline; times in code are no entries."""
    level = 0
    for block in page.body:
        if block.kind == "heading":
            if _TIMELINE.search(block.text):
                level = block.level
            elif level and block.level <= level:
                level = 0
        elif level and block.kind == "prose":
            yield from enumerate(block.text.split("\n"), start=block.line_start)


def _crosses_midnight(before: int, after: int, has_day: bool) -> bool:
    return not has_day and before - after > _HALF_A_DAY_S


def _seconds(clock: str) -> int:
    parts = [int(part) for part in clock.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)


def _earlier(second: str, first: str) -> bool:
    """True when one moment lies before another, as far as both are known."""
    shared = min(len(second), len(first))
    return second.replace(" ", "T")[:shared] < first.replace(" ", "T")[:shared]


def _clean(value: object) -> str:
    text = "" if value is None else str(value).strip()
    return "" if text.lower() in _UNKNOWN else text


def _missing(item: object) -> str:
    fields: Mapping[str, object] = item if isinstance(item, Mapping) else {"text": item}
    lacking = [key for key in ("text", "owner") if str(fields.get(key) or "").strip().lower() in _NOBODY]
    return " and no ".join(lacking)


def _line(page: Page, place: int, item: object) -> int:
    """The line of the item: that of its text, else the nth list mark below the key."""
    text = str(item.get("text") or "") if isinstance(item, Mapping) else str(item)
    start = page.key_line("action_items")
    below: Sequence[str] = page.lines[start : page.matter.body_start - 1]
    for number, line in enumerate(below, start=start + 1):
        if text and text[:40] in line:
            return number
    marks = [number for number, line in enumerate(below, start=start + 1) if re.match(r"\s*-\s", line)]
    return marks[place - 1] if place <= len(marks) else start
