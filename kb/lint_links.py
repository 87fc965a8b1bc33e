"""Rules about what records say of one another: targets, both ends, cycles, who may replace whom, amended sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from kb.documents import Amendment
from kb.lint_subject import Found, Page, Subject, record
from kb.record_links import link
from kb.records import Record
from kb.reversal_pairs import reversals_of
from kb.status import NEVER_IN_FORCE

Relation = Literal["supersedes", "superseded_by", "amends", "amended_by"]
_OTHER_END: dict[Relation, Relation] = {
    "supersedes": "superseded_by",
    "superseded_by": "supersedes",
    "amends": "amended_by",
    "amended_by": "amends",
}
_ENDED = frozenset({"superseded", "deprecated", "rejected", "withdrawn"})
_KNOWN_KINDS = ("adr:", "incident:", "rule:")


def dangling_link(subject: Subject) -> Iterator[Found]:
    """A record that names another which is not there."""
    rules = {f"rule:{rule.id}" for rule in subject.rules}
    for page in (*subject.decisions, *subject.incidents):
        for relation, target in _every_target(page):
            known = subject.resolve(target, page.path) or subject.named(target) or target in rules
            if not known and target.startswith(_KNOWN_KINDS):
                message = f"{relation} names {target}, which is not there; mend the id or add the record"
                yield Found(page.path, _line(page, relation, target), message)


def one_way_link(subject: Subject) -> Iterator[Found]:
    """A link that the other record does not return."""
    for page in subject.decisions:
        for relation, back in _OTHER_END.items():
            for target in _targets(record(page), relation):
                other = subject.resolve(target, page.path)
                if (
                    other
                    and record(page).doc_id not in _targets(record(other), back)
                    and not _is_louder(page, other, relation)
                ):
                    where = f"{other.path}:{other.status_line}"
                    message = (
                        f"{relation} names {target}, but {where} does not say {back} {record(page).doc_id}; add it"
                    )
                    yield Found(page.path, _line(page, relation, target), message)


def supersession_cycle(subject: Subject) -> Iterator[Found]:
    """Records that replace one another in a circle."""
    after = {page.path: _successors(subject, page) for page in subject.decisions}
    told: set[str] = set()
    for page in subject.decisions:
        circle = _circle(page, after)
        if circle and told.isdisjoint(item.path for item in circle):
            told.update(item.path for item in circle)
            names = " -> ".join(record(item).doc_id for item in (*circle, circle[0]))
            message = f"{names} replace one another in a circle; only one of them can be in force"
            yield Found(page.path, page.status_line, message)


def replaces_without_force(subject: Subject) -> Iterator[Found]:
    """A proposed, draft, rejected or withdrawn record that replaces another."""
    for page in subject.decisions:
        own = record(page)
        if own.status in NEVER_IN_FORCE and own.supersedes:
            message = (
                f"is {own.status} and yet supersedes {', '.join(own.supersedes)}; accept it first, or drop the link"
            )
            yield Found(page.path, _line(page, "supersedes", own.supersedes[0]), message)


def superseded_without_successor(subject: Subject) -> Iterator[Found]:
    """A superseded record that nothing names as replaced."""
    replaced = {
        found.path
        for page in subject.decisions
        for target in record(page).supersedes
        if (found := subject.resolve(target, page.path))
    }
    for page in subject.decisions:
        if record(page).status == "superseded" and not record(page).superseded_by and page.path not in replaced:
            yield Found(page.path, page.status_line, "is superseded, but by nothing; name the record that replaces it")


def superseded_reads_in_force(subject: Subject) -> Iterator[Found]:
    """A record that another replaces by a link, or that names its successor, and whose status does not say so."""
    for page in subject.decisions:
        if record(page).status in _ENDED:
            continue
        for other, line in _replaced_by(subject, page):
            reads = _reads(page)
            message = f"{record(page).doc_id} {reads}, but {record(other).doc_id} ({other.path}:{line}) supersedes it; "
            yield Found(page.path, page.status_line, f"{message}set status: superseded")
            break


def reversed_in_prose(subject: Subject) -> Iterator[Found]:
    """A record that reads as if in force while a later one takes it back in words."""
    pages = {page.path: page for page in subject.decisions}
    told = {found.path for found in superseded_reads_in_force(subject)}
    for item in reversals_of(subject):
        if item.old.path not in told:
            page = pages[item.old.path]
            place = f"{item.new.doc_id} takes it back in prose at {item.path}:{item.line} ({item.quote})"
            message = f"{item.old.doc_id} {_reads(page)}, but {place}; set status: superseded by {item.new.doc_id[4:]}"
            yield Found(page.path, page.status_line, message)


def amended_section_missing(subject: Subject) -> Iterator[Found]:
    """An amendment of a section that the other record does not have."""
    for page in subject.decisions:
        for amendment in record(page).amends:
            other = subject.resolve(amendment.id, page.path)
            if other and amendment.section and not _has_section(other, amendment.section):
                missing = f"amends {amendment.section!r} of {amendment.id}, but {other.path} has no such heading"
                message = f"{missing}; name a heading of it"
                yield Found(page.path, _line(page, "amends", amendment.section), message)


def _reads(page: Page) -> str:
    status = record(page).status
    return f"reads {status}" if status else "states no status"


def _targets(own: Record, relation: Relation) -> tuple[str, ...]:
    links: tuple[str | Amendment, ...] = getattr(own, relation)
    return tuple(item.id if isinstance(item, Amendment) else item for item in links)


def _every_target(page: Page) -> Iterator[tuple[str, str]]:
    own = record(page)
    for relation in _OTHER_END:
        yield from ((relation, target) for target in _targets(own, relation))
    related = page.meta.get("related")
    for value in related if isinstance(related, list) else []:
        yield "related", link(own.kind, value)
    if page.meta.get("recurrence_of"):
        yield "recurrence_of", link("incident", page.meta["recurrence_of"])


def _line(page: Page, relation: str, target: str) -> int:
    """Where a relation to a target stands: its name in the front matter, else the statement in the body."""
    bare = target.partition(":")[2] or target
    last = page.matter.body_start - 1
    start = page.key_line(relation) if last else 1
    for number in range(start, last + 1):
        if bare in page.lines[number - 1]:
            return number
    digits = bare.lstrip("0")
    return next((said.line for said in page.said if re.search(rf"(?<!\d){re.escape(digits)}(?!\d)", said.text)), start)


def _returns(page: Page, other: Page, back: Relation) -> bool:
    return record(page).doc_id in _targets(record(other), back)


def _is_louder(page: Page, other: Page, relation: Relation) -> bool:
    """True where `superseded_reads_in_force` says the same with more weight."""
    old = other if relation == "supersedes" else page
    return relation in {"supersedes", "superseded_by"} and record(old).status not in _ENDED


def _successors(subject: Subject, page: Page) -> list[Page]:
    """What replaces a record by its own words or by the other's."""
    own = [subject.resolve(target, page.path) for target in record(page).superseded_by]
    others = [
        other
        for other in subject.decisions
        for target in record(other).supersedes
        if subject.resolve(target, other.path) is page
    ]
    return [found for found in (*own, *others) if found is not None and found is not page]


def _circle(page: Page, after: dict[str, list[Page]]) -> list[Page]:
    """The shortest way from a record back to itself; empty without one."""
    ways: list[list[Page]] = [[page]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for found in after.get(way[-1].path, []):
            if found is page:
                return way
            if found.path not in seen:
                seen.add(found.path)
                ways.append([*way, found])
    return []


def _replaced_by(subject: Subject, page: Page) -> Iterator[tuple[Page, int]]:
    for other in subject.decisions:
        for target in record(other).supersedes:
            if subject.resolve(target, other.path) is page and record(other).status not in NEVER_IN_FORCE:
                yield other, _line(other, "supersedes", target)
    for target in record(page).superseded_by:
        if other_page := subject.resolve(target, page.path):
            yield other_page, other_page.title_line


def _has_section(page: Page, section: str) -> bool:
    """True when a heading is called so: in its words, as an anchor, by its number, with or without that number."""
    headings = {_slug(block.text) for block in page.body if block.kind == "heading"}
    numbers = {heading.split("-")[0].rstrip(".") for heading in headings}
    known = (
        headings | {_unnumbered(heading) for heading in headings} | {heading.replace(".", "") for heading in headings}
    )
    return section.strip(" .") in numbers or not known.isdisjoint({_slug(section), _unnumbered(_slug(section))})


def _unnumbered(slug: str) -> str:
    return slug.lstrip("0123456789.-")


def _slug(text: str) -> str:
    """A heading as GitHub makes an anchor of it."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s.-]", "", text.strip().lower().lstrip("#")))
