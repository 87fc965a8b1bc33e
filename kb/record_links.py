"""How records name one another: "ADR-7", "0007-x.md", "[7. Use Flask](0007-use-flask.md)", "adr:0007" -> full ids.

Ids are written in full everywhere inside the room: `adr:0007`, `incident:2026-01-stale-index`. A decision without a
number is known by the name of its file or of its folder. Whether the named record exists is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote

from kb.status import is_partly

Relation = Literal["supersedes", "superseded_by", "amends", "amended_by"]

_PREFIX = r"(?:l?adrs?|madr|[demt]dr|dr|decision|decision[-_ ]record|record|rfc)"
_NUMBERED = re.compile(rf"^(?:{_PREFIX}[-_ #:]*)?0*(\d{{1,4}})(?!\d|[-_.]\d{{2}}[-_.]\d{{2}})", re.IGNORECASE)
_DATED = re.compile(r"^\d{4}[-_]?\d{2}[-_]?\d{2}(?!\d)")
_MENTION = re.compile(
    r"!?\[(?P<text>[^\[\]]*)\]\((?P<target>[^()\s]+)(?:\s[^()]*)?\)"
    r"|(?<![\w/.-])(?:ADRs?|adrs?|[Dd]ecision(?: [Rr]ecord)?s?(?=[ #:-]+\d{3}))[\s:#_-]*0*(?P<number>\d{1,4})"
    r"(?![A-Za-z0-9_]|-\d{2}-\d{2})"
    r"|(?<![\w/.-])(?P<dated>\d{4}-\d{2}-\d{2}[-_][a-zA-Z][\w-]*\w)(?!\.\w)"
    r"|(?<![\w/.-])adr:(?P<name>[\w-]*[a-zA-Z][\w-]*)"
)
# "ADR 0002/0003 and 0004": further numbers, without the word that came before the first.
_MORE = re.compile(r"\s*(?:/|,|&|·|and|및|와|과)\s*0*(\d{3,4}|(?<=/)\d{1,4})(?![A-Za-z0-9_])", re.IGNORECASE)
_BARE = re.compile(r"^[\W_]*0*(\d{1,4})(?!\d|-\d{2}-\d{2})(?:(?=[-_.]?[ -])|\b)")
_JOINED = re.compile(r"[\])]?\s*(?:[,/&·]|와|과|및|and)\s*\[?(?:ADR[\s-]*)?0*", re.IGNORECASE)
_SLUG = re.compile(r"^[\W_]*([\w-]+(?:-[\w-]+)+)(?:\.md)?[\W_]*$")
_SECTION = re.compile(r"^[^.;\n]{0,20}?(?:§\s*([\w.-]*\w)|(?:section|절)\s+[\"“‘']([^\"”’']+)[\"”’'])", re.IGNORECASE)
_RELATIONS: tuple[tuple[Relation, re.Pattern[str]], ...] = (
    (
        "superseded_by",
        re.compile(
            r"(?<![a-z])(?:su[ps]+er[sc]+e+d+ed(?:[-_ ]+by)?"
            r"|(?:replaced|deprecated|obsoleted|overruled|revoked|rejected)"
            r"(?:[-_ ]+by|[-_ ]+in fav[ou]+r of|[-_ ]+with))(?![a-z])"
            r"|대체됨|대체(?:한|된)? (?:ADR|결정|문서)|후속 (?:ADR|결정|문서)",
            re.IGNORECASE,
        ),
    ),
    (
        "supersedes",
        re.compile(
            r"(?<![a-z])(?:su[ps]+er[sc]+e+des|replaces|obsoletes|revokes)(?![a-z])|대체 대상|대체함|대체(?=\s*[:：])",
            re.IGNORECASE,
        ),
    ),
    ("amended_by", re.compile(r"(?<![a-z])(?:amended|modified|revised|updated)[-_ ]by(?![a-z])", re.IGNORECASE)),
    ("amends", re.compile(r"(?<![a-z])(?:amends|modifies|revises)(?![a-z])|수정 대상|개정 대상", re.IGNORECASE)),
)
# In Korean the verb follows what it does something to.
_BEHIND: tuple[tuple[Relation, re.Pattern[str]], ...] = (
    (
        "superseded_by",
        re.compile(r"^\s*(?:로|으로|에 의해|에 의하여|이|가)\s*(?:완전히 |전면 |일부 |부분적으로 )?대체"),
    ),
    ("supersedes", re.compile(r"^\s*(?:을|를)\s*(?:완전히 |전면 |일부 |부분적으로 )?대체")),
    ("amended_by", re.compile(r"^\s*(?:로|으로|에 의해)\s*(?:일부 )?(?:수정|개정)")),
    ("amends", re.compile(r"^\s*(?:을|를)\s*(?:일부 )?(?:수정|개정)")),
)
_INDEX_STEMS = frozenset({"readme", "index", "adr", "decision"})


@dataclass(frozen=True)
class Mention:
    """Where a text names another record; `target` is what a link points to, None for a bare id."""

    id: str
    start: int
    end: int
    target: str | None = None


@dataclass(frozen=True)
class Related:
    """One record names another and says how they stand; `section` is the part that is meant, None for the whole."""

    relation: Relation
    id: str
    section: str | None = None


def number_of(name: str) -> int | None:
    """The number that a file name, a heading or an id begins with; None for none, and for a date."""
    match = None if _DATED.match(name) else _NUMBERED.match(name)
    return int(match.group(1)) if match else None


def name_of(path: str) -> str:
    """What a record's file is called: its stem, or its folder where the file is only the folder's page."""
    file = PurePosixPath(path)
    return file.parent.name if file.stem.lower() in _INDEX_STEMS and file.parent.name else file.stem


def link(kind: str, value: object) -> str:
    """The full id that a link means: a number, an id, a file name, a Markdown link."""
    text = str(value).strip().lstrip("#")
    if found := next(mentions(text, kind), None):
        return found.id
    if text.startswith(f"{kind}:"):
        text = text.partition(":")[2]
    elif re.match(r"^[a-z]+:\S", text):
        return text
    return full_id(kind, name_of(text) if "/" in text or text.endswith(".md") else text)


def mentions(text: str, kind: str = "adr") -> Iterator[Mention]:
    """Every place where a text names a decision by id, or links to a Markdown file, in order."""
    for match in _MENTION.finditer(text):
        if match["target"]:
            if found := _linked(match, kind):
                yield found
            continue
        yield Mention(full_id("adr", match["number"] or match["dated"] or match["name"]), match.start(), match.end())
        end = match.end()
        while match["number"] and (more := _MORE.match(text, end)):
            yield Mention(full_id("adr", more.group(1)), more.start(1), more.end())
            end = more.end()


def related(text: str, kind: str = "adr") -> list[Related]:
    """What a line says of other records: "Superseded by [8](…)", "Amends ADR-3 §2", "0007로 대체됨"."""
    words = sorted(
        (match.start(), match.end(), relation) for relation, pattern in _RELATIONS for match in pattern.finditer(text)
    )
    ends = [start for start, _, _ in words[1:]] + [len(text)] * bool(words)
    found = [
        Related(_meant(relation, text[:start]), id_, section)
        for (start, end, relation), stop in zip(words, ends, strict=True)
        for id_, section in _targets(text[end:stop], kind)
    ]
    return found + ([] if found else list(_said_behind(text, kind)))


def _linked(match: re.Match[str], kind: str) -> Mention | None:
    """A link counts when it leads to a Markdown file or a folder; one elsewhere may still have an id for its text."""
    target = unquote(match["target"])
    path = target.partition("#")[0].partition("?")[0]
    if path.lower().endswith((".md", ".markdown")) or (
        path and "://" not in path and "." not in PurePosixPath(path).name
    ):
        return Mention(full_id(kind, name_of(path.rstrip("/"))), match.start(), match.end(), target)
    inside = next(mentions(match["text"], kind), None)
    return Mention(inside.id, match.start(), match.end(), target) if inside else None


def full_id(kind: str, name: str) -> str:
    """The id of a record by the name of its file: "adr:0007" by its number, else by the name."""
    number = number_of(name) if kind == "adr" else None
    return f"{kind}:{name.removeprefix('adr-')}" if number is None else f"{kind}:{number:04d}"


def _meant(relation: Relation, before: str) -> Relation:
    if not is_partly(before[-20:]):
        return relation
    return "amended_by" if relation == "superseded_by" else "amends" if relation == "supersedes" else relation


def _targets(text: str, kind: str) -> list[tuple[str, str | None]]:
    found = list(mentions(text, kind))
    if found:
        return [(mention.id, _section(text, mention)) for mention in found]
    if match := _BARE.match(text):
        numbers = [match.group(1), *(more.group(1) for more in _MORE.finditer(text, match.end()))]
        return [(full_id(kind, number), None) for number in numbers]
    match = _SLUG.match(text)
    return [(full_id(kind, match.group(1)), None)] if match else []


def _section(text: str, mention: Mention) -> str | None:
    anchor = (mention.target or "").partition("#")[2]
    if anchor:
        return anchor
    match = _SECTION.match(text[mention.end :])
    return (match.group(1) or match.group(2)) if match else None


def _said_behind(text: str, kind: str) -> Iterable[Related]:
    """Relations whose word stands behind the name; of "0003와 0004를 대체한다" it counts for both."""
    found: list[Related] = []
    named = list(mentions(text, kind))
    for place, mention in reversed(list(enumerate(named))):
        behind = text[mention.end :].lstrip("])")
        joined = place + 1 < len(named) and _JOINED.fullmatch(text[mention.end : named[place + 1].start])
        if joined and found:
            found.append(Related(found[-1].relation, mention.id))
            continue
        relation = next((relation for relation, pattern in _BEHIND if pattern.match(behind)), None)
        if relation:
            found.append(Related(_meant(relation, behind[:16]), mention.id))
    return found[::-1]
