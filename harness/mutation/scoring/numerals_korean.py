"""Prices, dates, times, distances and counts of a Korean sentence, written in another way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.mutation.mutants import Change, replaced

_WON = re.compile(r"(?<![\d,])(\d{1,3}(?:,\d{3})*|\d+)원")
_HUNDREDS = "영일이삼사오육칠팔구"
_DATE = re.compile(r"(20\d\d)년 (\d{1,2})월 (\d{1,2})일")
_CLOCKS = re.compile(r"(?<!\d)(\d\d):00~(\d\d):00")
_KM = re.compile(r"(?<!\d)(\d)\.(\d) km")
_PERCENT = re.compile(r"(?<=\d)%")
_COUNTED = re.compile(r"(?<!\d)([2-9])개")
_NATIVE = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")


def written_otherwise(text: str) -> Iterator[Change]:
    """Each number of the sentence once or twice, the rest as it was."""
    for find in (_prices, _dates, _spans, _distances, _signs):
        yield from find(text)


def _prices(text: str) -> Iterator[Change]:
    for match in _WON.finditer(text):
        value = int(match.group(1).replace(",", ""))
        yield replaced(text, *match.span(), korean_number(value) + " 원")
        if value % 1000 == 0 and value < 10_000:
            yield replaced(text, *match.span(), f"{value // 1000}천 원")
        elif "," in match.group(1):
            yield replaced(text, *match.span(), f"{value}원")


def _dates(text: str) -> Iterator[Change]:
    if match := _DATE.search(text):
        year, month, day = match.groups()
        yield replaced(
            text,
            *match.span(),
            f"{year}년 {int(month)}월 {int(day)}일".replace("년 ", ". ").replace("월 ", ". ").replace("일", "."),
        )


def _spans(text: str) -> Iterator[Change]:
    if match := _CLOCKS.search(text):
        opens, closes = int(match.group(1)), int(match.group(2))
        if opens < 12 < closes < 24:
            change = replaced(text, *match.span(), f"오전 {opens}시부터 오후 {closes - 12}시까지")
            yield Change(change.text.replace("까지이에요", "까지예요"), change.span, change.note)


def _distances(text: str) -> Iterator[Change]:
    if match := _KM.search(text):
        yield replaced(text, *match.span(), f"{int(match.group(1)) * 1000 + int(match.group(2)) * 100:,}m")


def _signs(text: str) -> Iterator[Change]:
    if match := _PERCENT.search(text):
        yield replaced(text, *match.span(), "퍼센트")
    if match := _COUNTED.search(text):
        yield replaced(text, *match.span(), f"{_NATIVE[int(match.group(1))]} 개")


def korean_number(value: int) -> str:
    """12,500 → 만 이천오백."""
    high, low = divmod(value, 10_000)
    parts = [("" if high == 1 else _below_ten_thousand(high)) + "만"] if high else []
    return " ".join([*parts, *([_below_ten_thousand(low)] if low or not high else [])])


def _below_ten_thousand(value: int) -> str:
    if value == 0:
        return "영"
    digits = [int(digit) for digit in f"{value:04d}"]
    units = ("천", "백", "십", "")
    said = (
        ("" if digit == 1 and unit else _HUNDREDS[digit]) + unit
        for digit, unit in zip(digits, units, strict=True)
        if digit
    )
    return "".join(said)
