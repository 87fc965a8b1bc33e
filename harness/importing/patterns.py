"""The table of personal data: what each kind looks like, and what must hold beyond the looks.

A pattern sees the text with full-width digits and odd dashes made plain, of the same length. What it names `value` is
replaced; what stands around it (`계좌`, `passport`) only decides. Where looks alone would take a price, a date or a
hotline, a check digit or a word beside it is asked for. Order is priority: what one row took, later rows leave.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.importing.checksums import is_address, is_birth_date, is_business, is_iban, is_luhn, is_resident
from harness.importing.people import NAMES, is_name
from harness.importing.places import PLACES

Check = Callable[[re.Match[str]], bool]


@dataclass(frozen=True)
class Kind:
    """A row: the placeholder's word, the look, and what must hold beyond it."""

    label: str
    pattern: re.Pattern[str]
    check: Check


def digits_of(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _holds(match: re.Match[str]) -> bool:
    return True


def _value(check: Callable[[str], bool]) -> Check:
    return lambda match: check(match["value"])


def _digits(check: Callable[[str], bool]) -> Check:
    return lambda match: check(digits_of(match["value"]))


def _near(match: re.Match[str], words: str, reach: int = 20) -> bool:
    """A word stands shortly before, on the same line."""
    before = match.string[max(0, match.start() - reach) : match.start()].rpartition("\n")[2]
    return re.search(words, before, re.IGNORECASE) is not None


def _followed(match: re.Match[str], words: str, reach: int = 10) -> bool:
    """A word stands shortly after, on the same line."""
    after = match.string[match.end() : match.end() + reach].partition("\n")[0]
    return re.search(words, after, re.IGNORECASE) is not None


def _resident(match: re.Match[str]) -> bool:
    """Written with a dash it is one by its looks: since October 2020 the last digits follow no rule."""
    digits = digits_of(match["value"])
    if not is_birth_date(digits) or _near(match, "바코드|barcode", 10):
        return False
    return "-" in match["value"] or is_resident(digits) or _near(match, _RESIDENT) or _followed(match, _RESIDENT)


def _card(match: re.Match[str]) -> bool:
    digits = digits_of(match["value"])
    return 13 <= len(digits) <= 19 and (is_luhn(digits) or _near(match, r"카드\s?번호|card (?:no|number)"))


def _business(match: re.Match[str]) -> bool:
    digits = digits_of(match["value"])
    has_word = _near(match, "사업자")
    return has_word or ("-" in match["value"] and is_business(digits))


def _foreign_phone(match: re.Match[str]) -> bool:
    return 9 <= len(digits_of(match["value"])) <= 15


def _passport(match: re.Match[str]) -> bool:
    return match["value"][0] == "M" or _near(match, "여권|passport")


def _account(match: re.Match[str]) -> bool:
    return 10 <= len(digits_of(match["value"])) <= 16


def _internet(match: re.Match[str]) -> bool:
    return is_address(match["value"]) and not _near(match, r"(?:버전|version|ver\.?|v)\s?$", 10)


def _kind(label: str, pattern: str, check: Check = _holds, flags: int = 0) -> Kind:
    return Kind(label, re.compile(pattern, flags), check)


_START = r"(?<![\dA-Za-z])(?<!\d[.,-])"
_END = r"(?![\dA-Za-z])(?!-\d)"
_BANK = (
    r"(?:계좌|입금|송금|이체|환불받|예금주|[가-힣]{2,4}은행|신한|농협|새마을금고|우체국|신협|수협|카카오뱅크|토스뱅크|케이뱅크|KB국민"
    r"|\bbank\b|\baccount\b)"
)
_RESIDENT = "주민|등록번호|resident"
_SECRET = (
    r"sk-[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{30,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|AKIA[0-9A-Z]{16}|xox[abprs]-[A-Za-z0-9-]{10,}|hf_[A-Za-z0-9]{20,}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
)
_PLATE_LETTERS = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주하허호배바사아자"
_COUNTED = r"(?!\s?(?:[,.]\d|원|개|명|년|장|병|건|회|번|kg|g\b|L\b|ml|보\b|%|점|톤|시간|세대|가구|리터|킬로))"

KINDS: tuple[Kind, ...] = (
    _kind(
        "비밀키", r"(?P<value>-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----)", flags=re.DOTALL
    ),
    _kind("비밀키", rf"(?<![\w-])(?P<value>{_SECRET})(?![\w-])"),
    _kind("비밀키", r"(?i:\bbearer)\s+(?P<value>[\w.~+/-]{16,}=*)"),
    _kind("비밀키", r"://(?P<value>[^\s/:@\[\]]+:[^\s/@\[\]]+)@"),
    _kind(
        "비밀키",
        r"(?i:비밀번호|비번|패스워드|password|passwd|pwd|api[_ -]?key|secret|access[_ -]?token)"
        r"\s*(?:은|는|이|:|=|is)\s*(?P<value>(?=[!-~]*\d)[!-Z\\^-~]{6,})",
    ),
    _kind(
        "이메일",
        r"(?<![\w.+-])(?P<value>(?!git@)[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,})(?![A-Za-z0-9])",
        flags=re.ASCII,
    ),
    _kind(
        "이메일",
        r"(?P<value>[A-Za-z0-9][A-Za-z0-9.+_-]*\s?(?:\(at\)|\[at\]|골뱅이)\s?[A-Za-z0-9-]+(?:\s?(?:\.|\(dot\)|\[dot\]|점)\s?(?:com|net|org|kr|co))+)",
    ),
    _kind("주민등록번호", r"(?<!\d)(?<!\d-)(?P<value>\d{6}\s?-?\s?[1-8](?:\d{6}|[*xX●]{6}))(?![\d*])", _resident),
    _kind("운전면허번호", rf"{_START}(?P<value>(?:1[1-9]|2[0-8])-\d{{2}}-\d{{6}}-\d{{2}}){_END}"),
    _kind("카드번호", rf"{_START}(?P<value>[2-69]\d{{3}}(?:[- ]?\d{{4}}){{3}}(?:\d{{1,3}})?){_END}", _card),
    _kind("카드번호", rf"{_START}(?P<value>3[47]\d{{2}}[- ]?\d{{6}}[- ]?\d{{5}}){_END}", _card),
    _kind("전화번호", r"(?<!\d)(?P<value>\+82[-. ]?\(?0?\)?[-. ]?\d{1,2}[-. ]?\d{3,4}[-. ]?\d{4})(?!\d)"),
    _kind("전화번호", rf"{_START}(?P<value>\(?01[016-9]\)?[-. ]{{0,3}}\d{{3,4}}[-. ]{{0,3}}\d{{4}})(?!\d)"),
    _kind(
        "전화번호",
        rf"{_START}(?P<value>\(?0(?:2|[3-6][1-5]|70|50\d)\)?[-. ]{{0,2}}\d{{3,4}}[-. ]?\d{{4}})(?!\d)(?!-\d)",
    ),
    _kind("전화번호", r"(?<![\d+])(?P<value>\+\d{1,3}[-. ]?(?:\(?\d{1,4}\)?[-. ]?){2,4}\d{2,4})(?!\d)", _foreign_phone),
    _kind("전화번호", rf"{_START}(?P<value>\(?[2-9]\d{{2}}\)?[-. ]{{1,2}}[2-9]\d{{2}}[-.]\d{{4}}){_END}"),
    _kind("사회보장번호", rf"{_START}(?P<value>(?!000|666|9)\d{{3}}-(?!00)\d{{2}}-(?!0000)\d{{4}}){_END}"),
    _kind("계좌번호", r"(?<![A-Za-z0-9])(?P<value>[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}))(?![A-Za-z0-9])", _value(is_iban)),
    _kind("사업자등록번호", rf"{_START}(?P<value>\d{{3}}-?\d{{2}}-?\d{{5}}){_END}", _business),
    _kind(
        "계좌번호",
        rf"(?i:{_BANK})[^\d\n]{{0,20}}(?<![\d.,])"
        r"(?P<value>\d{10,16}|\d{2,6}(?:[- ]\d{1,6}){2,3})(?![\d,])(?!-\d)",
        _account,
    ),
    _kind(
        "계좌번호",
        rf"(?<![\d.,-])(?P<value>\d{{3,6}}-\d{{2,6}}-\d{{3,7}}(?:-\d{{1,3}})?)(?![\d,-])\s?\(?(?i:{_BANK})",
        _account,
    ),
    _kind("여권번호", r"(?<![A-Za-z0-9])(?P<value>[MSRODG]\d{8}|M\d{3}[A-Z]\d{4})(?![A-Za-z0-9])", _passport),
    _kind("여권번호", r"(?i:여권|passport)[^\d\n]{0,20}(?P<value>\b[A-Z]{0,2}\d{7,9})(?![A-Za-z0-9])"),
    _kind(
        "차량번호",
        rf"(?<![\d,.])(?P<value>(?:[가-힣]{{2}}\s?)?\d{{2,3}}[{_PLATE_LETTERS}]\s?\d{{4}})(?!\d){_COUNTED}",
    ),
    _kind("IP주소", r"(?<![\d.])(?P<value>\d{1,3}(?:\.\d{1,3}){3})(?![\d]|\.\d)", _internet),
    _kind("IP주소", r"(?<![\w:])(?P<value>(?:[0-9A-Fa-f]{1,4}:{1,2}){2,7}[0-9A-Fa-f]{1,4})(?![\w:])", _internet),
    _kind(
        "생년월일",
        r"(?:생년월일|생일|date of birth|DOB|born on)\s*[은는이:]?\s*"
        r"(?P<value>(?:19|20)?\d{2}\s?[-./년]\s?\d{1,2}\s?[-./월]\s?\d{1,2}일?|(?:19|20)\d{6}|\d{6}(?!\d))",
        flags=re.IGNORECASE,
    ),
    _kind(
        "생년월일",
        r"(?P<value>(?:19|20)\d{2}\s?[-./년]\s?\d{1,2}\s?[-./월]\s?\d{1,2}일?)(?=\s?(?:생(?:이|입|임|인|\b)|출생))",
    ),
    *(_kind("주소", pattern) for pattern in PLACES),
    *(
        _kind("이름", pattern, lambda match: is_name(match["value"], match.string[: match.start()]))
        for pattern in NAMES
    ),
)
