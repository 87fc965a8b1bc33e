"""Dates as people write them -> ISO as far as known: "25-10-2017", "5 Jan 2024", "2024년 1월 5일", "2024-05"."""

from __future__ import annotations

import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = "|".join(_MONTHS)
_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<y>\d{4})[/.]\s?(?P<m>\d{1,2})[/.]\s?(?P<d>\d{1,2})(?!\d)",
        r"(?P<y>\d{4})년\s*(?P<m>\d{1,2})월(?:\s*(?P<d>\d{1,2})일)?",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -]+(?P<name>{_NAMED})[a-z]*\.?,?[ -]+(?P<y>\d{{4}})(?!\d)",
        rf"(?<![a-z])(?P<name>{_NAMED})[a-z]*\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})(?!\d)",
        rf"(?<![a-z])(?P<name>{_NAMED})[a-z]*\.?,? (?P<y>\d{{4}})(?!\d)",
        r"(?<!\d)(?P<d>\d{1,2})[-.](?P<m>\d{1,2})[-.](?P<y>\d{4})(?!\d)",
        r"(?<!\d)(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4})(?!\d)",
        r"(?<![\d-])(?P<y>\d{4})-(?P<m>\d{2})(?![\d-])",
        r"^(?P<y>(?:19|20)\d{2})$",
    )
)


def iso_date(text: str) -> str | None:
    """The first date in a text as `YYYY-MM-DD`, or `YYYY-MM` or `YYYY` where no more is certain; None for none.

    Days come before months where both are numbers with hyphens or dots between them; with slashes ("03/04/2020") the
    order differs by country, so only the year is given unless one of them is above 12.
    """
    for form in _FORMS:
        if (match := form.search(text.strip())) and (date := _iso(match.groupdict())):
            return date
    return None


def _iso(parts: dict[str, str | None]) -> str | None:
    year = parts["y"]
    if year is None or not "1970" <= year <= "2199":
        return None
    if "a" in parts:
        return _of_slashes(year, int(parts["a"] or 0), int(parts["b"] or 0))
    name = parts.get("name")
    month = _MONTHS.index(name.lower()) + 1 if name else int(parts.get("m") or 0)
    day = int(parts.get("d") or 0)
    if not month:
        return year
    if not 1 <= month <= 12 or not 0 <= day <= 31:
        return None
    return f"{year}-{month:02d}-{day:02d}" if day else f"{year}-{month:02d}"


def _of_slashes(year: str, first: int, second: int) -> str | None:
    if first > 12 and second <= 12:
        return f"{year}-{second:02d}-{first:02d}"
    if second > 12 and first <= 12:
        return f"{year}-{first:02d}-{second:02d}"
    return year if max(first, second) <= 12 else None
