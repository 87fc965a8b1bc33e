"""Numbers that two documents in force state differently for the same thing: "chat worker timeout" 5 s here, 10 s there.

Precision before recall. A number counts only where a named setting carries it: an identifier, or a noun that names one
("timeout", "보존 기간") with at least one word that says whose. What is measured, weighed, supposed, past, a range or a
change from one value to another states nothing; nor does a decision's context, nor an incident, which tells of its day.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.lint_quantities import Amount, amounts, holds_number
from kb.lint_setting_names import Name, name_around, name_before, name_behind
from kb.lint_subject import Found, Page, Subject, record
from kb.sentences import Sentence, sentences

_SILENT_SECTION = re.compile(
    r"\b(?:options?|alternatives?|pros and cons|considered|context|problem|background|motivation|roll-?back|examples?"
    r"|open questions?|triggers?|revisit|history|changelog|benchmarks?|results?|measure\w*|load tests?|before|legacy"
    r"|experiments?|findings?|timeline|troubleshooting|symptoms?|incident|root cause|as-is|trade-?offs?|references?)\b"
    r"|맥락|배경|문제|대안|선택지|검토|후보|예시|예제|롤백|되돌|재검토|미해결|이력|측정|벤치마크|부하|실험|결과 분석"
    r"|현황|기존|이전|증상|원인|타임라인|장애|비교|참고|변경 전|테스트 결과|시나리오",
    re.IGNORECASE,
)
_SILENT = re.compile(
    r"\b(?:was|were|had|been|used to|previous(?:ly)?|formerly|old|originally|would|could|might|should(?! be)|if|unless"
    r"|suppose|assum\w+|e\.g|example|instead|rather|than|measured|took|takes|observed|average|mean|median|p\d\d|rps|vu"
    r"|latency|throughput|raised?|lower(?:ed|s)?|increas\w+|reduc\w+|decreas\w+|chang\w+|bump\w*|grew|dropp?\w*|not"
    r"|never|no longer|option|alternative)\b|n['’]t\b|[→⇒]|->"
    r"|이전|기존|당시|원래|예를 들|예:|대신|보다|측정|평균|걸렸|걸린|만약|라면|다면|늘렸|늘려|늘린|줄였|줄여|줄인|올렸"
    r"|올려|낮췄|낮춰|바꿨|바꾼|변경|였다|이었다|않|아니|실측|부하",
    re.IGNORECASE,
)
_TABLE = re.compile(r"^\|")
_NAVIGATION = re.compile(r"[|←]")
_ROW = re.compile(r"^\|?\s*([^|]+?)\s*\|\s*([^|]+?)\s*(?:\|[^|\d]*)?\|?$")
_SILENT_TABLE = re.compile(
    rf"\b(?:default|before|after|actual|result|measured|target|benchmark)|기본|결과|전\s*\||후\s*\||{_SILENT.pattern}",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,2}(?=\S)|(?<=\S)_{1,2}(?!\w)")
_ENVIRONMENT = re.compile(
    r"\b(?:dev|prod|staging|local|test|ci|production|development)\b|개발|운영|로컬|스테이징", re.IGNORECASE
)
_OUT_OF_FORCE = frozenset({"superseded", "deprecated", "rejected", "withdrawn", "proposed", "draft", "on hold"})
_MOST_VALUES = 2  # a document that gives a name more than these tells of cases, not of one setting


@dataclass(frozen=True)
class Statement:
    """One document gives a named setting an amount."""

    page: Page
    line: int
    name: Name
    amount: Amount


def number_differs(subject: Subject) -> Iterator[Found]:
    """A setting that a later document gives another number than an earlier one, both in force."""
    stated: defaultdict[tuple[frozenset[str], str], list[Statement]] = defaultdict(list)
    for page in _in_force(subject):
        for item in _statements(page):
            stated[item.name.words, item.amount.dimension].append(item)
    # A number may be found by its name and by its whole sentence; it is told once.
    pairs = (pair for items in stated.values() for pair in _disagreements(items))
    yield from {(later.page.path, later.line, later.amount): _told(first, later) for first, later in pairs}.values()


def _in_force(subject: Subject) -> list[Page]:
    """Decisions in force, by date, then documents that are no records; each content once."""
    seen: set[str] = set()
    pages: list[Page] = []
    for page in sorted(subject.pages, key=lambda page: (len(page.path), page.path)):
        if page.blob not in seen and not page.is_template and _tells_what_is(page):
            seen.add(page.blob)
            pages.append(page)
    return sorted(pages, key=lambda page: (page.record is None, _date(page), page.path))


def _tells_what_is(page: Page) -> bool:
    return page.record is None or (page.record.kind == "adr" and page.record.status not in _OUT_OF_FORCE)


def _date(page: Page) -> str:
    return (page.record.date if page.record else None) or "9999"


def _statements(page: Page) -> Iterator[Statement]:
    body = [block for block in page.body if block.kind == "heading" or holds_number(block.text)]
    for sentence in sentences(body):
        if holds_number(sentence.text) and not _is_silent(sentence):
            yield from _named(page, sentence)


def _is_silent(sentence: Sentence) -> bool:
    text = sentence.text
    return bool(_SILENT.search(text)) or any(_SILENT_SECTION.search(heading) for heading in sentence.headings[1:])


def _named(page: Page, sentence: Sentence) -> Iterator[Statement]:
    text = _EMPHASIS.sub("", _LINK.sub(r"\1", sentence.text))
    if _TABLE.match(text):
        text = _row(page, sentence.line, text)
    where = _environment(" ".join((*sentence.headings, text)))
    found = list(amounts(text))
    for amount in found:
        before, behind = text[: amount.start], text[amount.end :]
        names = [name_before(before) or name_behind(before, behind)]
        if len(found) == 1 and not _NAVIGATION.search(text):
            names.append(name_around(before, behind, amount.unit))
        for name in names:
            if name and name.is_specific:
                yield Statement(page, sentence.line, name.within(where), amount)


def _row(page: Page, line: int, text: str) -> str:
    """A row of two cells, a name and an amount, as a sentence; empty in tables of measurements or defaults."""
    top = line
    while top > 1 and page.lines[top - 2].lstrip().startswith("|"):
        top -= 1
    row = _ROW.match(text)
    is_setting = row and _is_amount(row[2].strip("`")) and not _SILENT_TABLE.search(page.lines[top - 1])
    return f"{row[1]}: {row[2]}" if row and is_setting else ""


def _is_amount(cell: str) -> bool:
    return any(amount.text == cell for amount in amounts(cell))


def _environment(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _ENVIRONMENT.findall(text))


def _disagreements(items: list[Statement]) -> Iterator[tuple[Statement, Statement]]:
    """Each document against the first one that it contradicts."""
    by_page: dict[str, list[Statement]] = {}
    for item in items:
        by_page.setdefault(item.page.path, []).append(item)
    plain = [said for said in by_page.values() if len(_values(said)) <= _MOST_VALUES]
    for place, later in enumerate(plain):
        pair = next((pair for earlier in plain[:place] for pair in _differing(earlier, later)), None)
        if pair:
            yield pair


def _differing(earlier: list[Statement], later: list[Statement]) -> Iterator[tuple[Statement, Statement]]:
    if _values(earlier).isdisjoint(_values(later)) and not _are_linked(earlier[0].page, later[0].page):
        yield from ((first, other) for first in earlier for other in later if first.name.is_comparable(other.name))


def _values(items: Iterable[Statement]) -> set[float]:
    return {item.amount.value for item in items}


def _are_linked(one: Page, other: Page) -> bool:
    """True where one says that it changes the other; it may then state another number."""
    return _changes(one, other) or _changes(other, one)


def _changes(one: Page, other: Page) -> bool:
    if one.record is None or other.record is None:
        return False
    own = record(one)
    changed = {*own.supersedes, *own.superseded_by, *(amendment.id for amendment in (*own.amends, *own.amended_by))}
    return record(other).doc_id in changed


def _told(first: Statement, later: Statement) -> Found:
    place = f"{first.page.path}:{first.line}"
    said = f"{later.name.text}: {later.amount.text} here, {first.amount.text} in {place}"
    return Found(later.page.path, later.line, f"{said}; make them one, or say which of them amends the other")
