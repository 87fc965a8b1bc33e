"""Rules about records by themselves: front matter, status, ids, leftovers of templates. Their links: `lint_links`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from kb.lint_subject import Found, Page, Subject, record
from kb.markdown import Block
from kb.record_kind import leftover_title
from kb.record_links import name_of, number_of
from kb.record_text import texts
from kb.status import DECISION_STATUSES, INCIDENT_STATUSES, decision_status, is_placeholder, plain


def front_matter_unreadable(subject: Subject) -> Iterator[Found]:
    """Front matter that is no YAML, or begins and never ends."""
    for page in subject.pages:
        if page.error:
            yield Found(
                page.path, 1, f"front matter cannot be read ({_reason(page)}); quote the value or mend the YAML"
            )
        elif page.matter.body_start == 1 and _opens(page):
            yield Found(page.path, 1, "front matter begins with --- and never ends; close it with ---")


def unknown_status(subject: Subject) -> Iterator[Found]:
    """A status that is none of the known words."""
    for page in (*subject.decisions, *subject.incidents):
        known = DECISION_STATUSES if record(page).kind == "adr" else INCIDENT_STATUSES
        status = record(page).status
        if status is not None and status not in known:
            yield Found(page.path, page.status_line, f"status {status!r} is unknown; use one of {', '.join(known)}")


def status_missing(subject: Subject) -> Iterator[Found]:
    """Decisions that state no status, one finding a folder."""
    silent: defaultdict[PurePosixPath, list[Page]] = defaultdict(list)
    count: defaultdict[PurePosixPath, int] = defaultdict(int)
    for page in subject.decisions:
        folder = _folder(page)
        count[folder] += 1
        if record(page).status is None and not _leftover_status(page):
            silent[folder].append(page)
    for folder, pages in silent.items():
        first = min(pages, key=lambda page: page.path)
        told = f"{len(pages)} of {count[folder]} decisions in {folder} state no status"
        yield Found(first.path, first.title_line, f"{told}; add one, so that a reader knows what is in force")


def status_conflict(subject: Subject) -> Iterator[Found]:
    """Front matter and body state different statuses."""
    for page in subject.decisions:
        own = decision_status(str(page.meta.get("status") or ""))
        for said in texts(page.said, "status"):
            body = decision_status(said.text)
            if own and body and own != body and _is_plain(said.text, body):
                yield Found(page.path, said.line, f"reads {body} here and {own} in the front matter; keep one")
                break


def template_leftover(subject: Subject) -> Iterator[Found]:
    """A record whose status or title is still the template's."""
    for page in subject.decisions:
        if said := _leftover_status(page):
            yield Found(page.path, page.status_line, f"status is still the template's choice {said[:40]!r}; choose one")
        if leftover_title(page.path, page.lines[page.matter.body_start - 1 :]):
            yield Found(page.path, page.title_line, f"title {page.title!r} is still the template's; name the decision")


def id_is_not_the_file_name(subject: Subject) -> Iterator[Found]:
    """An id whose number is not the one of the file."""
    for page in (*subject.decisions, *subject.incidents):
        own = str(page.meta.get("id") or "")
        name = name_of(page.path)
        if own and _differs(own, name, record(page).kind):
            yield Found(page.path, page.key_line("id"), f"id {own!r} is not the file's ({name}); rename one of them")


def heading_number(subject: Subject) -> Iterator[Found]:
    """A title that carries another number than the file."""
    for page in subject.decisions:
        title, file = _title_number(page), number_of(name_of(page.path))
        if title is not None and file is not None and title != file:
            yield Found(page.path, page.title_line, f"title says {title}, file name says {file}; make them one number")


def duplicate_id(subject: Subject) -> Iterator[Found]:
    """Two records of one folder with one id; several folders may count for themselves."""
    first: dict[tuple[PurePosixPath, str], Page] = {}
    for page in sorted((*subject.decisions, *subject.incidents), key=lambda page: page.path):
        key = (_folder(page), record(page).doc_id)
        other = first.setdefault(key, page)
        if other is not page:
            yield Found(page.path, _id_line(page), f"{key[1]} is taken by {other.path}; number one of them anew")


def review_overdue(subject: Subject) -> Iterator[Found]:
    """A record or rule whose day of review has passed; only where today is given."""
    if subject.today is None:
        return
    for page in (*subject.decisions, *subject.incidents):
        due = str(page.meta.get("review_by") or "")
        if due and due < subject.today[: len(due)]:
            yield Found(page.path, page.key_line("review_by"), f"review was due on {due}; confirm it and set a new day")
    for path, line, count, due in _overdue_rules(subject, subject.today):
        yield Found(path, line, f"review of {count} rules was due on {due}; confirm them and set a new day")


def _overdue_rules(subject: Subject, today: str) -> Iterator[tuple[str, int, int, str]]:
    """One for each file and day, since a file's rules mostly share their day."""
    due: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for rule in subject.rules:
        day = str(rule.fields.get("review_by") or "")
        ended = str(rule.fields.get("valid_to") or "9999")
        if day and day < today[: len(day)] and not ended < today[: len(ended)]:
            due[rule.path, day].append(rule.line)
    for (path, day), lines in due.items():
        yield path, min(lines), len(lines), day


def _reason(page: Page) -> str:
    return (page.error or "").removeprefix(f"{page.path}: ")


def _opens(page: Page) -> bool:
    return len(page.lines) > 1 and page.lines[0].rstrip() == "---" and ":" in page.lines[1]


def _leftover_status(page: Page) -> str | None:
    if record(page).status is not None:
        return None
    stated = [str(page.meta.get("status") or ""), *(said.text for said in texts(page.said, "status"))]
    return next((text for text in stated if text and is_placeholder(text)), None)


def _is_plain(text: str, status: str) -> bool:
    """True for a line that is a status and no history of it."""
    return plain(text).lower().strip(" .*") == status or plain(text).lower().startswith(f"{status} ")


def _differs(own: str, name: str, kind: str) -> bool:
    if kind == "incident":
        return own != name
    number, file = number_of(own), number_of(name)
    return number is not None and file is not None and number != file


def _title_number(page: Page) -> int | None:
    """The number in "ADR 011: …" or "# 11. …"; "3 replicas" and "2024" carry none."""
    heading = next((block for block in page.body if block.kind == "heading"), None)
    text = heading.text if isinstance(heading, Block) else ""
    head, mark, _ = text.partition(":") if ":" in text else text.partition(". ")
    return number_of(head.strip()) if mark and head.strip(" #").lower().lstrip("adr-_ #").isdigit() else None


def _id_line(page: Page) -> int:
    return page.key_line("id") if page.meta.get("id") else page.title_line


def _folder(page: Page) -> PurePosixPath:
    file = PurePosixPath(page.path)
    return file.parent.parent if name_of(page.path) != file.stem else file.parent
