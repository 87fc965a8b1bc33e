"""What the body of a record says of itself, wherever it says it: a status section, "Status:" lines, tables, the title.

Finds the words and their lines; what they mean is decided in `status` and `record_links`. Only the head of a record and
its sections about status and links are read, so that an example "Status: accepted" further down is not taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kb.markdown import Block, blocks
from kb.record_links import related
from kb.status import is_placeholder, is_status, leads_with_status, plain

Field = Literal["status", "date", "decided", "created", "tags", "relation"]

_HEADINGS = {
    "status": frozenset(
        {"status", "decision status", "current status", "adr status", "상태", "결정 상태", "현재 상태"}
    ),
    "head": frozenset(
        {"metadata", "meta", "info", "information", "details", "header", "메타데이터", "정보", "문서 정보"}
    ),
    "links": frozenset(
        {"links", "more information", "related", "related decisions", "related adrs", "relations", "references",
         "관련 문서", "관련 결정", "관련 adr", "참고"}
    ),
}  # fmt: skip
_NAMES: Mapping[Field, tuple[str, ...]] = {
    "status": ("status", "decision status", "adr status", "current status", "상태", "결정 상태"),
    "date": ("date", "날짜", "일자", "일시"),
    "decided": ("decided", "decision date", "date decided", "accepted", "결정일", "승인일"),
    "created": ("created", "date created", "last updated", "updated", "작성일"),
    "tags": ("tags", "태그"),
    "relation": (
        "supersedes", "supercedes", "replaces", "superseded by", "superceded by", "superseded-by", "replaced by",
        "amends", "amended by", "partially superseded by", "partially supersedes",
        "대체", "대체 대상", "대체됨", "대체 문서", "대체 결정", "대체한 adr", "대체한 결정", "대체한 문서", "후속 adr",
        "후속 결정", "후속 문서", "수정 대상",
    ),
}  # fmt: skip
_LABELS = {name: field for field, names in _NAMES.items() for name in names}
_LABEL = re.compile(r"^([^:：|()\[\]]{2,24}?)\s*[:：]\s*(.*)$")
_OPENING = re.compile(r"^(?:[\s>*+•-]|\[[xX]\]|\d+\.\s)+(?=\S)")
_BOX = re.compile(r"^[\s>]*[-*+]\s+\[([ xX])\]\s*")
_LEADING = re.compile(r"^[\d.\s§]+|^[^\w\[#{<]+")
_PARTS = re.compile(r"(?:\s+[·•|]\s+|\s{2,}|;\s+)(?=[*_]{0,2}[^\W\d][\w -]{1,23}[*_]{0,2}\s*[:：])")
_RULER = re.compile(r"^[\s|:=-]+$")
_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_BANNER = re.compile(
    r"(?:\b(?:this|the) (?:adr|decision|record|document|proposal)\b|^\W{0,9}(?:note|warning|caution|update)?\W{0,9}\b)"
    r"[^.]{0,30}?\b(?:su[ps]+er[sc]+e+d+ed|replaced|deprecated|obsolete|withdrawn|rejected)\b"
    r"|(?:이|본|해당) (?:결정|문서|adr)[은는이]?[^.]{0,40}?(?:대체됐|대체되|대체됨|폐기됐|폐기되|폐기됨|철회)",
    re.IGNORECASE,
)
_IN_TITLE = re.compile(r"^\W{0,3}[\[(【](?P<front>[^\])】]{4,40})[\])】]|[\[(](?P<back>[^\])]{4,60})[\])]\W*$")
_RELATION_FIRST = re.compile(
    r"^\W*(?:partially |partly )?(?:su[ps]+er[sc]+e+d|replace[sd]\b|amend(?:s|ed)\b|obsoletes\b|대체|후속)",
    re.IGNORECASE,
)
_NO_TITLES = frozenset({"context", "decision", "decision outcome", "rationale", "결정", "맥락", "배경", "summary"})
_HEAD_LINES = 60
_LONGEST_LINE = 500  # what a record says of itself is short; a longer line is prose, or a trap for patterns


@dataclass(frozen=True)
class Said:
    """A statement of a record about itself; `line` is 1-based in the lines that were read."""

    field: Field
    text: str
    line: int


def statements(lines: Sequence[str]) -> list[Said]:
    """Everything that the lines of a body state about status, dates, tags and other records, in file order."""
    return statements_in(blocks(lines))


def statements_in(body: Sequence[Block], before: int = 0) -> list[Said]:
    """As `statements`, of blocks that are cut already, `before` lines of front matter above them not counted."""
    return list(_statements(body, before))


def heading_name(text: str) -> str:
    """A heading as a word: "## 1. Status:" and "## 📌 상태" are "status" and "상태"."""
    return _LEADING.sub("", _LEADING.sub("", plain(text))).strip(" :.").lower()


def _statements(body: Sequence[Block], before: int) -> Iterator[Said]:
    section = "head"
    titled = False
    wanting: Field | None = None
    for block in body:
        if block.kind == "heading":
            is_title = not titled and heading_name(block.text) not in _NO_TITLES
            yield from (replace(said, line=said.line - before) for said in _of_heading(block, is_title))
            section = _section(block) or ("head" if is_title and section == "head" else "")
            titled = True
            wanting = None
        elif block.kind == "prose" and section:
            own = replace(block, line_start=block.line_start - before)
            said_here, wanting = _of_prose(own, section, wanting)
            yield from said_here


def _section(block: Block) -> str:
    name = heading_name(block.text)
    if _heading_status(block):
        return "status"
    return next((section for section, names in _HEADINGS.items() if name in names), "")


def _of_heading(block: Block, is_title: bool) -> Iterator[Said]:
    if value := _heading_status(block):
        yield Said("status", value, block.line_start)
    elif is_title and (match := _IN_TITLE.search(block.text)) and leads_with_status(match["front"] or match["back"]):
        yield Said("status", match["front"] or match["back"], block.line_start)


def _heading_status(block: Block) -> str | None:
    """The value of a heading such as "## Status: accepted"."""
    match = re.match(r"^(.{2,20}?)\s*(?:[:：]|\s[-–—])\s*(\S.*)$", _LEADING.sub("", block.text))
    return match.group(2) if match and match.group(1).strip().lower() in _HEADINGS["status"] else None


def _of_prose(block: Block, section: str, wanting: Field | None) -> tuple[list[Said], Field | None]:
    """What a block states, and the field whose label came last without a value, so that the next block holds it."""
    lines = (line[:_LONGEST_LINE] for line in block.text.split("\n"))
    numbered = list(enumerate(lines, start=block.line_start))
    rows = [(number, line) for number, line in numbered if line.lstrip(" >").startswith("|")]
    found = list(_of_table(rows))
    for number, line in numbered:
        if (number, line) not in rows:
            said, wanting = _of_line(line, number, section, wanting)
            found += said
    return found, wanting


def _of_line(line: str, number: int, section: str, wanting: Field | None) -> tuple[list[Said], Field | None]:
    """What one line states, and the field whose value must stand on the next one."""
    box = _BOX.match(line)
    if box and box.group(1) == " ":
        return [], wanting
    text = _OPENING.sub("", line).strip()
    labelled = [said for part in _PARTS.split(text) for said in _labelled(part, number)]
    if labelled:
        empty = labelled[-1].field if not labelled[-1].text else None
        return [said for said in labelled if said.text], empty
    if wanting and text:
        return [Said(wanting, text, number)], None
    return list(_unlabelled(text, number, section)), None


def _labelled(part: str, number: int) -> Iterator[Said]:
    bare = plain(part)
    match = _LABEL.match(_LEADING.sub("", bare))
    name = (match.group(1) if match else bare).strip(" *_").lower()
    if name not in _LABELS or (match is None and not re.match(r"^\s*(\*\*|__)", part)):
        return
    field = _LABELS[name]
    value = _value(part) if match else ""
    if field == "relation":
        yield Said(field, f"{name}: {value}" if value else "", number)
    elif match and field == "decided" and name == "accepted" and not _DAY.search(value):
        return
    else:
        yield Said(field, value, number)


def _value(part: str) -> str:
    """What stands behind the label, its Markdown kept: links are read later."""
    return re.sub(r"^.*?[:：]\s*(?:\*\*|__|\*|`)?\s*", "", part, count=1).strip()


def _unlabelled(text: str, number: int, section: str) -> Iterator[Said]:
    if section == "status":
        yield Said("status", text, number)
    elif section == "links":
        if _RELATION_FIRST.match(text) and related(text):
            yield Said("relation", text, number)
    elif section == "head" and number <= _HEAD_LINES:
        if is_status(text) or "/badge/" in text or (_BANNER.search(plain(text)) and not is_placeholder(text)):
            yield Said("status", text, number)
        elif len(text) < 30 and re.search(r"\d", text):
            yield Said("date", text, number)


def _of_table(rows: Sequence[tuple[int, str]]) -> Iterator[Said]:
    """Both kinds of table: names in the first column, or names in the first row."""
    cells = [(number, _cells(line)) for number, line in rows if not _RULER.match(line.replace(">", ""))]
    if not cells:
        return
    heads = [_LABELS.get(plain(cell).lower().strip(" :*")) for cell in cells[0][1]]
    if sum(head is not None for head in heads) > 1 or (heads[:1] == ["status"] and len(heads) != 2):
        yield from (
            Said(head, cell, number)
            for number, row in cells[1:]
            for head, cell in zip(heads, row, strict=False)
            if head and cell
        )
        return
    for number, row in cells:
        if len(row) > 1 and row[1]:
            yield from _labelled(f"{plain(row[0])}: {row[1]}", number)


def _cells(line: str) -> list[str]:
    inner = line.strip().lstrip("> ").strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", inner)]


def texts(said: Iterable[Said], field: Field) -> list[Said]:
    """The statements about one field, in file order."""
    return [item for item in said if item.field == field]
