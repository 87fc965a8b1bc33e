"""Other numbers and other units. A threshold moves only the way in which the claim no longer follows: who takes five or
more pieces takes eight as well, so "at least" goes down and "up to" goes up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.mutation.hangul import swapped
from harness.mutation.mutants import Change, Pool, Start, replaced

_NATIVE = ("한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열")
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTER = r"(?=\s?(?:개|명|점|달|벌|칸|걸음|곳|번|가지|사람|마리|주|장|권))"
_NUMBER = re.compile(r"(?<![\d.,:\-~–/A-Za-z가-힣])-?\d{1,3}(?:,\d{3})+|(?<![\d.,:\-~–/A-Za-z])-?\d+(?:\.\d+)?")
_PHONE = re.compile(r"(?<![\d.])\d{2,4}-\d{3,4}(?:-\d{4})?(?!\d)")
_NATIVE_COUNT = re.compile(rf"(?<![가-힣])({'|'.join(_NATIVE)}){_COUNTER}")
_ENGLISH_COUNT = re.compile(rf"\b({'|'.join(_ENGLISH[1:])})\b(?! of)", re.IGNORECASE)
_DATE_OR_NAME = re.compile(
    r"\s?(?:년|월|일|시|차\s?전지|차전지|개월|st\b|nd\b|rd\b|th\b|:|[-.]\d|[~–]|\s?(?:a\.m|p\.m)|kg에|\s(?:January|February|December|November))"
)
_DATE_BEFORE = re.compile(r"(?:January|February|November|December|년|월|:)\s?$")
_AT_LEAST = re.compile(r"\s?\S{0,3}\s?(?:이상|넘|초과|부터|or more|or larger|and over|를 넘)")
_AT_LEAST_BEFORE = re.compile(r"(?:at least|more than|over|from|minimum of|최소)\s(?:a )?$", re.IGNORECASE)
_AT_MOST = re.compile(r"\s?\S{0,3}\s?(?:이하|미만|까지|이내|안에|or less|or fewer)")
_AT_MOST_BEFORE = re.compile(r"(?:up to|under|at most|less than|below|within|최대)\s$", re.IGNORECASE)
_UNITS = {
    "km": ("m", "cm"), "kg": ("g", "톤"), "원": ("달러", "유로"), "인치": ("cm",), "시간": ("분",), "달": ("주",),
    "km/h": ("m/s",),
}  # fmt: skip
_UNITS_EN = {
    "km": ("m", "cm"), "kg": ("g", "tonne"), "won": ("dollars", "euros"), "inches": ("cm",), "months": ("weeks",),
    "days": ("weeks",), "°C": ("°F",), "hours": ("minutes",), "L": ("mL",),
}  # fmt: skip
_UNIT = re.compile(
    r"(?<=\d)(\s?)(km|kg|원|인치|시간|L)(?![A-Za-z가-힣/]*\d)(?=[은는이가을를에예 ,.\s]|$|이에요|이고|이며|입니다)"
)
_NATIVE_UNIT = re.compile(r"(?<=[섯곱덟홉두세네] )(달)(?=[ 동에])")
_UNIT_EN = re.compile(r"(?:(?<=\d) ?|(?<=per )|(?<=six ))(km|kg|won|inches|months|days|°C|hours|L)\b")


def number(start: Start, pool: Pool) -> list[Change]:
    """Another amount, price, distance, phone number; one of another passage where there is one of the same unit."""
    return [*_digits(start), *_phones(start), *_words(start)]


def unit(start: Start, pool: Pool) -> list[Change]:
    """The same number in another unit; none that the context names beside that number."""
    korean = start.language == "ko"
    pattern, table = (_UNIT, _UNITS) if korean else (_UNIT_EN, _UNITS_EN)
    found = [_in_other_unit(start, match, table) for match in pattern.finditer(start.text)]
    weeks = (replaced(start.text, *match.span(1), "주") for match in _NATIVE_UNIT.finditer(start.text))
    return [change for change in (*found, *weeks) if change is not None]


def _in_other_unit(start: Start, match: re.Match[str], table: Mapping[str, tuple[str, ...]]) -> Change | None:
    old, at = match.group(match.lastindex or 0), match.start(match.lastindex or 0)
    before = _number_before(start.text, at)
    new = next((new for new in table.get(old, ()) if not start.says(before + new)), None)
    if new is None:
        return None
    change = replaced(start.text, at, at + len(old), new)
    korean = start.language == "ko"
    return Change(swapped(start.text, at, at + len(old), new), change.span, change.note) if korean else change


def _digits(start: Start) -> Iterator[Change]:
    for match in _NUMBER.finditer(start.text):
        if _is_quantity(start.text, match):
            borrowed = _borrowed(start, match)
            for new, note in ([(borrowed, "of another passage")] if borrowed else []) + _fresh(start, match):
                yield replaced(start.text, *match.span(), new, f"{match.group()} → {new}, {note}")


def _is_quantity(text: str, match: re.Match[str]) -> bool:
    if any(phone.start() <= match.start() < phone.end() for phone in _PHONE.finditer(text)):
        return False
    if _DATE_BEFORE.search(text[: match.start()]) or ".or.kr" in text[match.end() : match.end() + 8]:
        return False
    return not _DATE_OR_NAME.match(text, match.end())


def _fresh(start: Start, match: re.Match[str]) -> list[tuple[str, str]]:
    """A number that the context has nowhere, at least a third away, on the side on which the claim fails."""
    old = float(match.group().replace(",", ""))
    factors = _factors(start.text, match)
    most = 100 if start.text[match.end() : match.end() + 1] in ("%", "퍼") else float("inf")
    for factor in factors:
        new = _spelt(old * factor if old else 40.0, match.group())
        if not _has_number(start, new) and _value(new) not in (old, 0.0) and _value(new) <= most:
            return [(new, "nowhere in the context")]
    return []


def _factors(text: str, match: re.Match[str]) -> tuple[float, ...]:
    side = _side(text, *match.span())
    if side == "least":
        return (0.5, 0.4, 0.6)
    if side == "most":
        return (2.0, 3.0, 1.6)
    down = sum(map(ord, text)) % 2 == 0
    return (0.5, 1.5, 2.0, 3.0) if down else (1.5, 2.0, 0.5, 3.0)


def _side(text: str, start: int, end: int) -> str:
    if _AT_LEAST.match(text, end) or _AT_LEAST_BEFORE.search(text[:start]):
        return "least"
    if _AT_MOST.match(text, end) or _AT_MOST_BEFORE.search(text[:start]):
        return "most"
    return ""


def _borrowed(start: Start, match: re.Match[str]) -> str | None:
    """A number with the same unit that another passage has and none of those that have the claim's own."""
    after = re.match(r"\s?([A-Za-z가-힣%°]+)", start.text[match.end() :])
    if not after or _side(start.text, *match.span()):
        return None
    same = re.compile(rf"(?<![\d.,\-])(\d[\d,.]*)(?=\s?{re.escape(after.group(1)[:2])})")
    own = [text for text in start.context if match.group() in text]
    told = {number for text in own for number in re.findall(r"\d[\d,.]*", text)}
    others = [number for text in start.context if text not in own for number in same.findall(text)]
    return next((number for number in others if number not in told and number != match.group()), None)


def _phones(start: Start) -> Iterator[Change]:
    for match in _PHONE.finditer(start.text):
        head, tail = match.group()[:-4], match.group()[-4:]
        new = head + tail[0] + tail[2] + tail[1] + str((int(tail[3]) + 3) % 10)
        if not start.says(new):
            yield replaced(start.text, *match.span(), new)


def _words(start: Start) -> Iterator[Change]:
    pattern, words = (_NATIVE_COUNT, _NATIVE) if start.language == "ko" else (_ENGLISH_COUNT, _ENGLISH)
    for match in pattern.finditer(start.text):
        at = words.index(match.group(1).lower())
        side = _side(start.text, match.start(1), match.end(1))
        for step in (-2, -1) if side == "least" else (3, 2) if side == "most" else (2, 3, -1):
            if 0 <= at + step < len(words) and not start.says(words[at + step]):
                yield replaced(start.text, *match.span(1), words[at + step])
                break


def _spelt(value: float, like: str) -> str:
    """Written as the old one: decimals as many, thousands parted by commas, round where it was round."""
    decimals = len(like.partition(".")[2])
    if decimals:
        return f"{value:.{decimals}f}"
    step = next((step for step in (1000, 500, 100, 50, 10) if abs(_value(like)) > step and _value(like) % step == 0), 1)
    rounded = round(value / step) * step or step
    return f"{rounded:,}" if "," in like or abs(rounded) >= 1000 else str(rounded)


def _value(number_text: str) -> float:
    return float(number_text.replace(",", ""))


def _has_number(start: Start, number_text: str) -> bool:
    told = {found.rstrip(".,").replace(",", "") for text in start.context for found in re.findall(r"\d[\d,.]*", text)}
    return number_text.replace(",", "").lstrip("-") in told


def _number_before(text: str, at: int) -> str:
    found = re.search(r"[\d.,]+\s?$", text[:at])
    return found.group() if found else ""
