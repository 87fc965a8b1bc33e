"""Other days, months, years, weekdays and times. No day is exchanged for one that the old one already covers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.mutation.mutants import Change, Pool, Start, replaced

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=년|-\d\d-\d\d)|(?<=\s)(20\d\d)\b(?!년|-)")
_MONTH = re.compile(r"(?<!\d)(\d{1,2})월")
_DAY = re.compile(r"(?<=월 )(\d{1,2})일")
_MONTHS = ("January", "February", "March", "April", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_MONTH_EN = re.compile(rf"\b({'|'.join(_MONTHS)})\b")
_DAY_EN = re.compile(rf"\b(\d{{1,2}})(?= (?:{'|'.join(_MONTHS)}))")
_CLOCK = re.compile(r"(?<!\d)(\d\d):(\d\d)(?!\d)")
_HALF = re.compile(r"(오전|오후)(?= \d)|(?<=\d )([ap])\.m\.")
_HOUR = re.compile(r"(?<=오전 |오후 )(\d{1,2})시")
_WEEK = {
    "월~토": "화~일", "화~일": "월~토", "월~금": "토~일", "수~일": "월~금", "목~월": "화~수", "화~토": "일~월",
    "평일": "주말", "주말": "평일",
    "매일": "주말에만", "월요일": "목요일", "화요일": "토요일", "수요일": "금요일", "목요일": "일요일",
    "금요일": "화요일",
    "토요일": "수요일", "일요일": "월요일",
    "Mon–Sat": "Tue–Sun", "Tue–Sun": "Mon–Sat", "weekdays": "weekends", "daily": "weekends only",
    "Wed–Sun": "Mon–Fri",
    "Thu–Mon": "Tue–Wed", "Tue–Sat": "Sun–Mon",
}  # fmt: skip
_SHORT_DAYS = re.compile(r"[월화수목금토일][·,/][월화수목금토일]")
_WEEKDAYS = re.compile("|".join(sorted(map(re.escape, _WEEK), key=len, reverse=True)))


def date(start: Start, pool: Pool) -> list[Change]:
    """One part of a date or time is another one that the context does not have."""
    return [change for find in (_years, _months, _days, _clocks, _halves, _weekdays) for change in find(start)]


def _years(start: Start) -> Iterator[Change]:
    for match in _YEAR.finditer(start.text):
        year = match.group(1) or match.group(2)
        new = str(int(year) - 2)
        if not start.says(new):
            yield replaced(start.text, match.start(), match.start() + 4, new)


def _months(start: Start) -> Iterator[Change]:
    for match in _MONTH.finditer(start.text):
        new = f"{(int(match.group(1)) + 4) % 12 + 1}월"
        if not re.search(rf"(?<!\d){new}", " ".join(start.context)):
            yield replaced(start.text, *match.span(), new)
    for match in _MONTH_EN.finditer(start.text):
        new = _MONTHS[(_MONTHS.index(match.group()) + 5) % len(_MONTHS)]
        if not start.says(new):
            yield replaced(start.text, *match.span(), new)


def _days(start: Start) -> Iterator[Change]:
    for match in (*_DAY.finditer(start.text), *_DAY_EN.finditer(start.text)):
        new = str((int(match.group(1)) + 11) % 28 + 1)
        if not re.search(rf"(?<!\d)0?{new}(?:일| [A-Z])", " ".join(start.context)):
            yield replaced(start.text, *match.span(1), new)


def _clocks(start: Start) -> Iterator[Change]:
    for match in _CLOCK.finditer(start.text):
        hour = int(match.group(1))
        new = f"{hour - 2 if hour >= 10 else hour + 2:02d}:{'30' if match.group(2) == '00' else '00'}"
        if not start.says(new):
            yield replaced(start.text, *match.span(), new)
    for match in _HOUR.finditer(start.text):
        new = f"{(int(match.group(1)) + 1) % 12 + 1}시"
        if not re.search(rf"(?<!\d){new}", " ".join(start.context)):
            yield replaced(start.text, *match.span(), new)


def _halves(start: Start) -> Iterator[Change]:
    """Morning for afternoon."""
    for match in _HALF.finditer(start.text):
        new = {"오전": "오후", "오후": "오전", "a": "p", "p": "a"}[match.group(1) or match.group(2)]
        if match.group(2) or not start.says(new):
            yield replaced(start.text, *match.span(1 if match.group(1) else 2), new)


def _weekdays(start: Start) -> Iterator[Change]:
    for match in _WEEKDAYS.finditer(start.text):
        new = _WEEK[match.group()]
        if not start.says(new) and new not in start.text and not _SHORT_DAYS.search(" ".join(start.context)):
            yield replaced(start.text, *match.span(), new)
