"""Markdown files -> records: which are decisions and incidents, their id, status, date and links to one another.

Reads front matter (MADR 2 to 4, this product's fields) and bodies (Nygard, adr-tools, tables, bullet lists, Korean). A
template that nobody filled in is no record; a record whose status is still a template's choice states none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kb.dates import iso_date
from kb.documents import Amendment
from kb.markdown import Block, blocks
from kb.record_kind import kind_of, leftover_title
from kb.record_links import Related, Relation, full_id, link, name_of, number_of, related
from kb.record_text import Said, statements_in, texts
from kb.status import decision_status, incident_status, is_placeholder, leads_with_status, plain

_KEYS: Mapping[Relation, tuple[str, ...]] = {
    "supersedes": ("supersedes", "supercedes", "replaces"),
    "superseded_by": ("superseded_by", "superseded-by", "supersededby", "superseded by", "replaced_by", "replaced-by"),
    "amends": ("amends",),
    "amended_by": ("amended_by", "amended-by", "amendedby"),
}
_DATES = ("decided", "decision_date", "decision-date", "date", "started_at", "period", "created", "created_at")
_NOTHING = frozenset({"", "-", "none", "n/a", "null", "~", "없음", "tbd", "unknown"})
_DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_TAG = re.compile(r"[\w][\w./+-]*(?: [\w./+-]+)*")
_LONGEST_STATUS = 24


@dataclass(frozen=True)
class Record:
    """What a decision or an incident says of itself; `status` is one normalised word, None where none is stated."""

    kind: Literal["adr", "incident"]
    doc_id: str
    title: str | None = None
    status: str | None = None
    date: str | None = None
    supersedes: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    amends: tuple[Amendment, ...] = ()
    amended_by: tuple[Amendment, ...] = ()
    tags: tuple[str, ...] = ()
    meta: Mapping[str, object] = field(default_factory=dict)


def parse_record(path: str, meta: Mapping[str, object], body: str) -> Record | None:
    """Read a Markdown file as a decision or an incident; None when it is neither, or a template of one.

    Args:
        path: relative to the workspace, POSIX.
        meta: its front matter.
        body: its text below the front matter.
    """
    lines = body.split("\n")
    return record_in(path, meta, lines, blocks(lines))


def record_in(
    path: str, meta: Mapping[str, object], lines: Sequence[str], body: Sequence[Block], before: int = 0
) -> Record | None:
    """As `parse_record`, of a body that is cut already; its blocks count `before` lines of front matter too."""
    kind = kind_of(path, meta, lines)
    return None if kind is None else record_of(kind, path, meta, lines, statements_in(body, before))


def record_of(
    kind: Literal["adr", "incident"],
    path: str,
    meta: Mapping[str, object],
    lines: Sequence[str],
    said: Sequence[Said],
) -> Record:
    """Put front matter and statements of the body together; where they differ, the front matter counts.

    One exception: a status of "superseded" counts wherever it stands, since nobody writes it by mistake. A record that
    states none but names its successor is superseded.
    """
    links = [*_links_of(meta, kind), *_links_said(said, kind)]
    replaced = _ids(links, "superseded_by")
    return Record(
        kind=kind,
        doc_id=doc_id_of(kind, path, meta),
        title=_word(meta.get("title")) or leftover_title(path, lines),
        status=status_of(kind, meta, said) or ("superseded" if replaced else None),
        date=_date_of(path, meta, said),
        supersedes=_ids(links, "supersedes"),
        superseded_by=replaced,
        amends=_amendments(links, "amends"),
        amended_by=_amendments(links, "amended_by"),
        tags=_tags(meta, said),
        meta=meta,
    )


def doc_id_of(kind: str, path: str, meta: Mapping[str, object]) -> str:
    """The full id: the front matter's, else the number or the name of the file (of its folder, for a README)."""
    name = name_of(path)
    own = _word(meta.get("id"))
    if kind == "incident":
        return f"incident:{(own or name).removeprefix('incident:')}"
    if own and (number_of(own) is not None or number_of(name) is None):
        return link("adr", own)
    return full_id("adr", name)


def status_of(kind: str, meta: Mapping[str, object], said: Sequence[Said]) -> str | None:
    """The normalised status; an unknown word as it stands, in small letters; None where none is stated."""
    own = _word(meta.get("status"))
    stated = [item.text for item in stated_statuses(said)]
    if kind == "incident":
        return next((incident_status(text) or _raw(text) for text in (own, *stated) if text), None)
    words = [decision_status(text) for text in stated]
    if "superseded" in words:
        return "superseded"
    return (own and (decision_status(own) or _raw(own))) or _last(words) or next(filter(None, map(_raw, stated)), None)


def stated_statuses(said: Sequence[Said]) -> list[Said]:
    """The statements of a body that are its status, oldest first: short ones before prose, dated ones by their date."""
    every = texts(said, "status")
    leading = [item for item in every if leads_with_status(item.text) or _replaced(item.text)]
    chosen = leading or every[:1]
    if len(chosen) > 1 and all(iso_date(item.text) for item in chosen):
        return sorted(chosen, key=lambda item: iso_date(item.text) or "")
    return chosen


def link_values(meta: Mapping[str, object], relation: Relation) -> list[object]:
    """What the front matter lists under a relation, whatever the spelling of its key; placeholders left out."""
    names = _KEYS[relation]
    values = [value for key, value in meta.items() if str(key).lower() in names]
    items = [item for value in values for item in _list(value)]
    return [item for item in items if isinstance(item, Mapping) or str(item).strip().lower() not in _NOTHING]


def _replaced(text: str) -> bool:
    return any(item.relation == "superseded_by" for item in related(text))


def _last(words: Iterable[str | None]) -> str | None:
    known = [word for word in words if word]
    return known[-1] if known else None


def _raw(text: str) -> str | None:
    """An unknown status in its own words, if it is one: short, and no untouched placeholder."""
    word = re.split(r"[.,;:(\[{<]", plain(text).lower(), maxsplit=1)[0].strip(" *_-–—")
    return word if word and len(word) <= _LONGEST_STATUS and not is_placeholder(text) else None


def _links_of(meta: Mapping[str, object], kind: str) -> list[Related]:
    found = [Related(name, *_target(kind, value)) for name in _KEYS for value in link_values(meta, name)]
    return found + _related(str(meta.get("status") or ""), kind)


def _target(kind: str, value: object) -> tuple[str, str | None]:
    if isinstance(value, Mapping):
        return link(kind, value.get("id", "")), _word(value.get("section"))
    found = related(f"amends {value}", kind)
    return link(kind, value), found[0].section if found else None


def _links_said(said: Sequence[Said], kind: str) -> list[Related]:
    fields = {"status", "relation"}
    return [item for statement in said if statement.field in fields for item in _related(statement.text, kind)]


def _related(text: str, kind: str) -> list[Related]:
    """Relations that a line states; a template's "superseded by ADR-0123" to choose from states none."""
    return [] if is_placeholder(text) else related(text, kind)


def _ids(links: Iterable[Related], relation: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.id for item in links if item.relation == relation))


def _amendments(links: Iterable[Related], relation: str) -> tuple[Amendment, ...]:
    return tuple(dict.fromkeys(Amendment(item.id, item.section) for item in links if item.relation == relation))


def _date_of(path: str, meta: Mapping[str, object], said: Sequence[Said]) -> str | None:
    own = (iso_date(str(meta[key])) for key in _DATES if meta.get(key))
    stated = (iso_date(item.text) for name in ("decided", "date", "created") for item in said if item.field == name)
    named = _DAY.match(name_of(path).replace("_", "-"))
    day = named.group() if named else None
    # "Accepted on 2020-02-03" is the day of the decision, where nothing else says it.
    return next(
        filter(None, (*own, *stated, day, *(iso_date(item.text) for item in stated_statuses(said)[::-1]))), None
    )


def _tags(meta: Mapping[str, object], said: Sequence[Said]) -> tuple[str, ...]:
    if listed := _list(meta.get("tags")):
        return tuple(map(str, listed))
    return tuple(dict.fromkeys(tag for item in texts(said, "tags") for tag in _TAG.findall(plain(item.text))))


def _list(value: object) -> list[object]:
    """A list of links or tags, which people also write as one text with commas."""
    if isinstance(value, list):
        return value
    if isinstance(value, str) and "](" not in value:
        return [part.strip() for part in value.split(",") if part.strip()]
    return [] if value is None else [value]


def _word(value: object) -> str | None:
    if isinstance(value, Mapping | list):
        return None
    return None if value is None else str(value).strip() or None
