"""Amounts in running text: "5 s", "5초", "five seconds", "1,024 KB" -> one number in one unit. Knows no subjects.

What is only bounded, estimated or a range ("~5 s", "at least 3", "10–20 %") states no amount and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_UNITS: Mapping[str, tuple[tuple[float, str], ...]] = {
    "time": (
        (0.001, "ms|msecs?|milliseconds?|밀리초"),
        (1, "s|secs?|seconds?|초"),
        (60, "mins?|minutes?|분"),
        (3_600, "h|hrs?|hours?|시간"),
        (86_400, "days?|일"),
        (604_800, "weeks?|주일?"),
        (2_592_000, "months?|개월|달"),
        (31_536_000, "years?|년"),
    ),
    "size": (
        (1, "bytes?|바이트"),
        (1_024, "[kK]i?B"),
        (1_048_576, "[mM]i?B|Mi"),
        (1_073_741_824, "[gG]i?B|Gi"),
        (1_099_511_627_776, "TB|TiB"),
    ),
    "share": ((1, "%|percent|퍼센트"),),
    "money": ((1, "원|won|KRW"), (1_000_000_007, "USD|dollars?|달러")),
    "count": (
        (
            1,
            "times|attempts?|retries|tries|items?|messages?|events?|records?|rows?|replicas?|pods?|workers?|threads?"
            "|connections?|tokens?|characters?|chars?|lines?|entries|requests?|files?|images?|partitions?|shards?"
            "|nodes?|failures?|errors?|회|번|개|건|명|자|줄|장|토큰|대|배치",
        ),
    ),
}
_FACTORS = tuple(
    (dimension, factor, re.compile(spelling))
    for dimension, spellings in _UNITS.items()
    for factor, spelling in spellings
)
_SPELLED = "|".join(f"(?:{spelling})" for spellings in _UNITS.values() for _, spelling in spellings)
_ENGLISH = {word: place for place, word in enumerate(
    "one two three four five six seven eight nine ten eleven twelve".split(), start=1)}  # fmt: skip
_KOREAN = dict(zip("한 두 세 네 다섯 여섯 일곱 여덟 아홉 열".split(), range(1, 11), strict=True))
NUMERALS: Mapping[str, float] = {**_ENGLISH, **_KOREAN, "a": 1, "an": 1}
_DIGITS = r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|(?:0(?!\d)|[1-9]\d*)(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?<![A-Za-z0-9_.,/:#§$€₩+~≈<>≥≤-])(?:(?P<digits>{_DIGITS})(?:[ -]?(?P<unit>{_SPELLED})(?![A-Za-z0-9_]))?"
    rf"|(?P<word>{'|'.join(NUMERALS)})[ -](?P<counted>{_SPELLED})(?![A-Za-z0-9_])"
    r"|(?P<day>하루)(?=[가-힣]{0,3}[\s.,]))"
    r"(?![\w,.:/]*\d)(?![A-Za-z_])",
)
_ANY = re.compile(rf"\d|하루|\b(?:{'|'.join(NUMERALS)})[ -](?:{_SPELLED})(?![A-Za-z0-9_])")
_BEFORE = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|nearly|almost|over|under|above|below|least|than|between|every|each"
    r"|per|minimum|min|from|version|step|phase|chapter|section|line|ADR|HTTP|RFC|Python|p|v)|약|대략|거의|최소"
    r"|매|버전|\d\s*월|\d\s*(?:에서|to|and|vs)|[~≈<>≥≤±x×#→⇒–—]|->)\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:이상|이하|미만|초과|정도|가량|내외|쯤|안팎|안에|이내|마다|간격|전(?![가-힣])|후|뒤|째|차(?![가-힣])|배|월"
    r"|[-–—~～]\s*\d|[→⇒×+%±<>]|->|or (?:more|less|so)|ago\b|later\b|(?:and|to|or|vs)\s+\d|에서\s+\d|부터)"
)
_PER = re.compile(
    r"\s*(?:per|/|an?|every)\s*(?:(?P<s>s|sec|seconds?|초)|(?P<m>min|minutes?|분)|(?P<h>h|hours?|시간)|(?P<d>days?|일))(?!\w)"
)
_PER_BEFORE = re.compile(r"(?:(?P<s>초당)|(?P<m>분당)|(?P<h>시간당)|(?P<d>일당|하루(?:에)?))\s*(?:최대\s*)?$")
_PERIODS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True)
class Amount:
    """A number with its dimension, in that dimension's own unit; `text` is how it stands, `unit` its word."""

    dimension: str
    value: float
    text: str
    start: int
    end: int
    unit: str = ""


def holds_number(text: str) -> bool:
    """True for a text that `amounts` is worth asking."""
    return bool(_ANY.search(text))


def amounts(text: str) -> Iterator[Amount]:
    """Every amount that a text states exactly, in order; a bare number is a count."""
    for match in _AMOUNT.finditer(text):
        if not _BEFORE.search(text[max(0, match.start() - 14) : match.start()]) and not _AFTER.match(text, match.end()):
            yield _rated(_amount(match), text)


def _rated(amount: Amount, text: str) -> Amount:
    """An amount per time as a rate; "60 requests per minute" and "분당 60회" are one a second."""
    behind, before = _PER.match(text, amount.end), _PER_BEFORE.search(text[: amount.start])
    period = behind or before
    if period is None or amount.dimension == "time":
        return amount
    seconds = _PERIODS[str(period.lastgroup)]
    start, end = before.start() if before else amount.start, behind.end() if behind else amount.end
    return Amount(
        f"{amount.dimension} a second", amount.value / seconds, text[start:end].strip(), start, end, amount.unit
    )


def _amount(match: re.Match[str]) -> Amount:
    number = float(match["digits"].replace(",", "")) if match["digits"] else NUMERALS.get(match["word"] or "", 1)
    unit = match["unit"] or match["counted"] or ("일" if match["day"] else "")
    dimension, factor = _meaning(unit)
    return Amount(dimension, round(number * factor, 6), match.group(), match.start(), match.end(), unit)


def _meaning(unit: str) -> tuple[str, float]:
    for dimension, factor, spelling in _FACTORS:
        if spelling.fullmatch(unit):
            return dimension, factor
    return "count", 1
