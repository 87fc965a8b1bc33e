"""Numbers, dates, times of day and phone numbers in Korean and English text, each brought to one form.

1,200원, 1200 won and 1천2백 원 are one quantity; 200 L is 200리터; 오후 6시 is 18:00; 월·수·금 are three days.
Numbers written as words count where a unit follows (다섯 개, two weeks). Weeks become days, else each keeps
its unit; `base_units` converts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache, partial

from harness.judging.facts import Quantity
from harness.judging.lexicon import lexicon

Reader = Callable[[re.Match[str]], Iterator[Quantity]]

_NATIVE = dict(
    zip("한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두 열세 열네 열다섯".split(), range(1, 16), strict=True)
)
_NATIVE |= {"하나": 1, "둘": 2, "셋": 3, "넷": 4, "스무": 20, "첫": 1}
_DAY_COUNTS = dict(zip("하루 이틀 사흘 나흘 닷새 엿새 이레 여드레 아흐레 열흘".split(), range(1, 11), strict=True))
_DAY_COUNTS |= {"보름": 15}
_CURRENCIES = {"$": "dollar", "₩": "won", "krw": "won", "€": "euro", "£": "pound"}
_DIGITS = dict(zip("일이삼사오육칠팔구", range(1, 10), strict=True))
_SCALES = {"십": 10, "백": 100, "천": 1_000}
_BIG = {"만": 10_000, "억": 100_000_000}
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_ENGLISH = dict(zip("zero one two three four five six seven eight nine".split() + _TEENS, range(20), strict=True))
_ENGLISH |= dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEK = "월화수목금토일"
_NOON, _LAST_HOUR, _LAST_NATIVE_HOUR = 12, 24, 12
_WEEK_NAMES = dict(zip(_WEEK, ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), strict=True))

_UNITS = {spelling: unit for unit, spellings in lexicon().units.items() for spelling in spellings}


def _unit_pattern(spelling: str) -> str:
    return spelling + r"(?![a-z])" if spelling.isascii() and spelling.isalpha() else re.escape(spelling)


def _any(words: list[str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_UNIT = _any([_unit_pattern(spelling) for spelling in _UNITS])
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SINO = "일이삼사오육칠팔구"
_COUNTERS = (
    "개월|캡슐|페이지|개|롤|잔|컵|쪽|박|정|마리|명|사람|번째|번|가지|군데|곳|칸|권|장|병|대째|대|켤레|쌍|알|달|시간|주일"
    "|주|살|종|건|층"
)
_AFTER_COUNTER = "까지|부터|에|을|를|이|가|은|는|의|도|만|으로|로|짜리|씩|이상|이하|미만|예요|입니다|[^가-힣]|$"
_RATE_UNIT = "kg|킬로그램|킬로|그램|톤|t|개|병|장|g|리터|L|대|명|시간|분"
_MONTH = rf"(?:{'|'.join(_MONTH_NAMES)})[a-z]*"
_FULL_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT_DAY = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"

_PHONE = re.compile(
    r"(?<![\d.,-])(?:0\d{1,2}[-–‑]\d{3,4}[-–‑]\d{4}|1(?:5|6|8(?!\d\d[-–]1[89]))\d{2}[-‑]\d{4})(?![\d-])"
)
_RATE = re.compile(
    rf"(?<![\d.,])(?:1\s?)?(?:(?<=1)|(?<![가-힣A-Za-z0-9])|(?<=1 ))(?P<unit>{_RATE_UNIT})\s?(?:당|마다)"
    rf"|(?<![\d.,])1\s?(?P<unit2>{_RATE_UNIT})\s?에(?=\s|\d)"
    r"|/\s?(?P<unit3>kg|t|톤|개|g|L|hour|h)(?![a-z])"
    r"|\b(?:a|each)\s(?P<unit4>kg|kilogram|kilo|ton|tonne|piece|litre|liter)\b"
    rf"|\bper\s(?P<unit5>{_UNIT})\b",
    re.IGNORECASE,
)
_DAY = re.compile(
    rf"(?P<day>[{_WEEK}])요일|\b(?P<english>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?days?\b", re.IGNORECASE
)
_DAYS = re.compile(rf"(?<![가-힣])[{_WEEK}](?:\s?[·,/~-]\s?[{_WEEK}])+(?![가-힣])")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d{2})[-./]\s?(\d{1,2})[-./]\s?(\d{1,2})(?!\d)")
_DATE = re.compile(
    rf"\b(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b"
    rf"|\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month2>{_MONTH})\b",
    re.IGNORECASE,
)
_MONTH_ALONE = re.compile(
    rf"\b(?:in|since|until|till|by|from|before|after|early|late|mid|and|to)[\s-](?P<month>{_FULL_MONTH})\b"
    rf"|\b(?P<month2>{_FULL_MONTH})(?=,?\s(?:19|20)\d\d\b)"
)
_DAY_RANGE = re.compile(rf"\b(?P<first>{_SHORT_DAY})\.?(?:\s?[-–~/]\s?|\sto\s)(?P<last>{_SHORT_DAY})\b")
_ORDER = re.compile(r"제\s?(?P<number>\d{1,3})\s?(?:대|회|차|조|항|호)(?![가-힣]{3})")
_CLOCK = re.compile(
    r"(?:(?P<half>오전|오후|새벽|아침|낮|저녁|밤)\s*)?(?<!\d)(?P<hour>[01]?\d|2[0-4])"
    r"\s*(?:시(?![간행작기설도민장청])|:(?P<colon>[0-5]\d)(?!\d))"
    r"(?:\s*(?P<minute>[0-5]?\d)\s*분)?(?P<thirty>\s*반(?![가-힣])|\s*반(?=에|까지|부터|이후|쯤))?(?:\s*(?P<pm>[ap])\.?m\b\.?)?",
    re.IGNORECASE,
)
_CLOCK_NATIVE = re.compile(
    r"(?:(?P<half>오전|오후|새벽|아침|낮|저녁|밤)\s?)?(?<![가-힣])"
    rf"(?P<hour>{_any([name for name, hour in _NATIVE.items() if hour <= _LAST_NATIVE_HOUR])})"
    r"\s?시(?![간행작기설도민장청])(?:\s?(?P<thirty>반)(?![가-힣]))?"
)
_CLOCK_ENGLISH = re.compile(r"(?<![\d:])(?P<hour>1[0-2]|0?[1-9])\s*(?P<pm>[ap])\.?m\b\.?", re.IGNORECASE)
_MIXED = re.compile(rf"(?<![\d.,])(?P<number>(?:(?:{_NUMBER})\s?[억만천백]\s?)+(?:{_NUMBER})?)\s?(?P<unit>{_UNIT})?")
_PLAIN = re.compile(
    r"(?P<currency>[$₩€£]|\bKRW\s?)?(?P<sign>영하\s?|(?<![\w\d)])[-−](?=\d))?"
    rf"(?<![\d.,A-Za-z_])(?P<number>{_NUMBER})(?:\s?(?P<unit>{_UNIT}))?",
    re.IGNORECASE,
)
_SPELT = re.compile(
    rf"(?<![가-힣])(?P<number>(?:[{_SINO}]?[십백천만억]\s?)+[{_SINO}]?)\s?"
    r"(?P<unit>원|명|개|톤|킬로|리터|미터|인치|토큰|년|일(?=[간 ]|$))"
)
_COUNTED = re.compile(rf"(?<![가-힣])(?P<number>{_any(list(_NATIVE))})\s?(?P<unit>{_COUNTERS})(?={_AFTER_COUNTER})")
_COUNTED_DAYS = re.compile(
    rf"(?<![가-힣])(?P<number>{_any(list(_DAY_COUNTS))})(?=간|동안|전|뒤|후|안에|이내|만에|씩|{_AFTER_COUNTER})"
)
_WORDED = re.compile(rf"\b(?P<number>{'|'.join(_ENGLISH)})\b(?:[\s-](?P<unit>{_UNIT}))?", re.IGNORECASE)
_BOUNDS = tuple(
    (bound, re.compile(rf"\s?(?:{after})"), re.compile(rf"(?:{before})\s?$", re.IGNORECASE))
    for bound, after, before in (
        (">=", "이상|or more|or larger|and up", "at least|최소|적어도"),
        ("<=", "이하|or less", "up to|at most|최대|no more than"),
        (
            "<",
            "미만|[이가]? ?안 되|[이가]? ?안되|[이가]? ?못 되|보다 (?:작|적|짧|낮|가벼)|도 안 되|에 못 미",
            "less than|under|below|fewer than|smaller than",
        ),
        (
            ">",
            "초과|[이을를가]? ?넘|보다 (?:크|큰|많|길|긴|높|무거)",
            "more than|over|above|larger than|exceeding",
        ),
    )
)


@lru_cache(maxsize=4_096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the numbers of a text in reading order; no character belongs to two, save the parts of one date."""
    left = text
    found: list[Quantity] = []

    def take(match: re.Match[str], reader: Reader) -> str:
        read = list(reader(match))
        found.extend(read)
        return " " * (match.end() - match.start()) if read else match.group()

    for pattern, reader in _READERS:
        left = pattern.sub(partial(take, reader=reader), left)
    shared = _with_shared_units(sorted(found, key=lambda quantity: (quantity.start, quantity.unit)))
    return tuple(_bounded(quantity, text) for quantity in shared)


def _with_shared_units(found: list[Quantity]) -> Iterator[Quantity]:
    """Give "3~5일" its unit twice: a bare number right before one with a unit takes it."""
    for quantity, following in zip(found, [*found[1:], None], strict=False):
        near = following is not None and not quantity.unit and 0 < following.start - quantity.end <= 1
        yield _like(quantity, following.unit) if near and following else quantity


def _like(quantity: Quantity, unit: str) -> Quantity:
    """A bare number with a unit: 9 as in 9~18시 is 9:00; none is a day of the week or a phone."""
    if unit == "clock":
        hour = quantity.value if quantity.value.isdigit() and int(quantity.value) <= _LAST_HOUR else None
        return replace(quantity, value=f"{hour}:00", unit=unit, vague=int(hour) <= _NOON) if hour else quantity
    return quantity if unit in ("phone", "weekday") else replace(quantity, unit=unit)


def _bounded(quantity: Quantity, text: str) -> Quantity:
    after, before = text[quantity.end : quantity.end + 14], text[max(0, quantity.start - 14) : quantity.start]
    for bound, follows, precedes in _BOUNDS:
        if follows.match(after) or precedes.search(before):
            return replace(quantity, bound=bound)
    return quantity


def _phone(match: re.Match[str]) -> Iterator[Quantity]:
    yield Quantity(re.sub(r"[–‑]", "-", match.group()), "phone", match.start(), match.end())


def _rate(match: re.Match[str]) -> Iterator[Quantity]:
    unit = next(group for group in match.groups() if group)
    yield Quantity("per", _unit_of(unit), match.start(), match.end())


def _day(match: re.Match[str]) -> Iterator[Quantity]:
    name = _WEEK_NAMES.get(match.group("day") or "") or match.group("english").lower()
    yield Quantity(name, "weekday", match.start(), match.end())


def _days(match: re.Match[str]) -> Iterator[Quantity]:
    named = [day for day in match.group() if day in _WEEK]
    if "~" in match.group() and len(named) == 2 and _WEEK.index(named[0]) < _WEEK.index(named[1]):
        named = list(_WEEK[_WEEK.index(named[0]) : _WEEK.index(named[1]) + 1])
    for place, day in enumerate(named):
        start = min(match.start() + 2 * place, match.end() - 1)
        yield Quantity(_WEEK_NAMES[day], "weekday", start, start + 1)


def _iso(match: re.Match[str]) -> Iterator[Quantity]:
    for group, unit in enumerate(("year", "month-of", "day-of"), start=1):
        yield Quantity(str(int(match.group(group))), unit, match.start(group), match.end(group))


def _date(match: re.Match[str]) -> Iterator[Quantity]:
    which = "" if match.group("month") else "2"
    month, day = f"month{which}", f"day{which}"
    number = _MONTH_NAMES.index(match.group(month)[:3].lower()) + 1
    yield Quantity(str(number), "month-of", match.start(month), match.end(month))
    yield Quantity(str(int(match.group(day))), "day-of", match.start(day), match.end(day))


def _month(match: re.Match[str]) -> Iterator[Quantity]:
    which = "month" if match.group("month") else "month2"
    number = _MONTH_NAMES.index(match.group(which)[:3].lower()) + 1
    yield Quantity(str(number), "month-of", match.start(which), match.end(which))


def _day_range(match: re.Match[str]) -> Iterator[Quantity]:
    """Mon-Sat: every day of it, the first and the last where they are written."""
    days = list(_WEEK_NAMES.values())
    first, last = (days.index(match.group(name).lower()) for name in ("first", "last"))
    for day in days[first : last + 1] if first <= last else (days[first], days[last]):
        start = match.start("first") if day == days[first] else match.start("last")
        yield Quantity(day, "weekday", start, start + 3)


def _order(match: re.Match[str]) -> Iterator[Quantity]:
    yield Quantity(match.group("number"), "th", match.start(), match.end())


def _clock(match: re.Match[str]) -> Iterator[Quantity]:
    groups = match.groupdict()
    late = groups.get("half") in ("오후", "저녁", "밤") or (groups.get("pm") or "").lower() == "p"
    told = _NATIVE.get(groups["hour"]) or int(groups["hour"])
    hour = told + (_NOON if late and told < _NOON else 0)
    minute = int(groups.get("colon") or groups.get("minute") or (30 if groups.get("thirty") else 0))
    vague = hour <= _NOON and not (groups.get("half") or groups.get("pm") or groups.get("colon"))
    yield Quantity(f"{hour}:{minute:02}", "clock", match.start(), match.end(), vague=vague)


def _plain(match: re.Match[str]) -> Iterator[Quantity]:
    currency = match.group("currency")
    unit = _CURRENCIES[currency.strip().lower()] if currency else _unit_of(match.group("unit"))
    value = ("-" if match.group("sign") else "") + _decimal(match.group("number"))
    yield _in_days(value, unit, match)


def _mixed(match: re.Match[str]) -> Iterator[Quantity]:
    value = _korean_value(match.group("number").replace(",", "").replace(" ", ""))
    yield Quantity(str(value), _unit_of(match.group("unit")), match.start(), match.end())


def _counted(match: re.Match[str]) -> Iterator[Quantity]:
    yield _in_days(str(_NATIVE[match.group("number")]), _unit_of(match.group("unit")), match)


def _counted_days(match: re.Match[str]) -> Iterator[Quantity]:
    yield Quantity(str(_DAY_COUNTS[match.group("number")]), "day-of", match.start(), match.end())


def _worded(match: re.Match[str]) -> Iterator[Quantity]:
    word = match.group("number").lower()
    if word != "one" or match.group("unit"):
        yield _in_days(str(_ENGLISH[word]), _unit_of(match.group("unit")), match)


def _in_days(value: str, unit: str, match: re.Match[str]) -> Quantity:
    if unit == "week" and value.isdigit():
        value, unit = str(int(value) * 7), "day"
    return Quantity(value, "day-of" if unit == "day" else unit, match.start(), match.end())


def _unit_of(spelling: str | None) -> str:
    return _UNITS.get((spelling or "").lower(), "")


def _decimal(number: str) -> str:
    whole, _, fraction = number.replace(",", "").partition(".")
    fraction = fraction.rstrip("0")
    return str(int(whole)) + (f".{fraction}" if fraction else "")


def _korean_value(number: str) -> int:
    """Read 1만5천, 삼천오백, 1.5만; parts below 만 add up before they are multiplied."""
    total, group = 0.0, 0.0
    pending: float | None = None
    for token in re.findall(r"\d+(?:\.\d+)?|.", number):
        if token[0].isdigit() or token in _DIGITS:
            pending = float(_DIGITS.get(token, token))
        elif token in _SCALES:
            group, pending = group + (1 if pending is None else pending) * _SCALES[token], None
        else:
            total += ((group + (pending or 0)) or 1) * _BIG[token]
            group, pending = 0.0, None
    return int(total + group + (pending or 0))


_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_PHONE, _phone),
    (_RATE, _rate),
    (_DAY, _day),
    (_DAYS, _days),
    (_ISO, _iso),
    (_DATE, _date),
    (_MONTH_ALONE, _month),
    (_DAY_RANGE, _day_range),
    (_ORDER, _order),
    (_CLOCK, _clock),
    (_CLOCK_NATIVE, _clock),
    (_CLOCK_ENGLISH, _clock),
    (_MIXED, _mixed),
    (_PLAIN, _plain),
    (_SPELT, _mixed),
    (_COUNTED, _counted),
    (_COUNTED_DAYS, _counted_days),
    (_WORDED, _worded),
)
