"""Is a Markdown file a decision, an incident or neither? By its front matter, its folder, its name, its headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal

from kb.record_links import name_of, number_of
from kb.record_text import heading_name, statements, texts
from kb.status import decision_status, is_placeholder

_ADR_FOLDERS = frozenset(
    {"adr", "adrs", "decisions", "decision", "decision-records", "decision_records", "architecture-decisions",
     "architecture-decision-records", "architectural-decisions", "decision-log", "architecture_decisions", "결정"}
)  # fmt: skip
_INCIDENT_FOLDERS = frozenset(
    {"incidents", "incident", "postmortems", "postmortem", "post-mortems", "post-mortem", "outages", "사고", "장애"}
)
_PAGES = frozenset(
    {"readme", "index", "toc", "summary", "changelog", "contributing", "glossary", "overview", "log", "list", "guide"}
)
_TEMPLATE = re.compile(r"^(?:adr|madr|decision|record|incident|postmortem|nygard|[-_ .\d])*template(?:[-_ .]\w+)*$")
_ADR_NAME = re.compile(r"^l?adrs?[-_ ]|[-_ ]adr$|^l?adr\d", re.IGNORECASE)
_INCIDENT_NAME = re.compile(r"(?:^|[-_])(?:post-?mortem|incident[-_]?(?:report|\d))", re.IGNORECASE)
_DATED = re.compile(r"^\d{4}-?\d{2}(?:-?\d{2})?(?!\d)")
# A title is no longer; a longer line only costs time.
_TITLE_CHARACTERS = 300
_TITLE = re.compile(r"^#\s+(.*?)\s*#*$")
_LEFTOVER = re.compile(
    r"^\W*(?:adr[-\s]*)?[#\dnx.:\s-]*(?:[\[{<].{4,}[\]}>]"
    r"|(?:short )?title(?: of .{0,60})?|decision title|제목|결정 제목)\W*$",
    re.IGNORECASE,
)
_NAMED_BY = {"context": ("context", "맥락", "배경", "background", "rationale"), "decision": ("decision", "결정")}
_SECTION = re.compile("|".join(word for words in _NAMED_BY.values() for word in words), re.IGNORECASE)


def kind_of(path: str, meta: Mapping[str, object], lines: Sequence[str]) -> Literal["adr", "incident"] | None:
    """Decide what a file is; lists of records, templates and their instructions are neither.

    Args:
        path: relative to the workspace, POSIX.
        meta: its front matter.
        lines: its body.
    """
    name = name_of(path)
    if is_template(path, meta, lines) or _bare(name) in _PAGES or _lists_records(path):
        return None
    folders = {part.lower() for part in PurePosixPath(path).parts[:-1]}
    declared = str(meta.get("type") or meta.get("kind") or "").lower()
    if declared in {"incident", "postmortem"} or _is_incident(path, name, folders, meta):
        return "incident"
    return "adr" if declared in {"adr", "decision"} or _is_decision(path, name, folders, meta, lines) else None


def is_template(path: str, meta: Mapping[str, object], lines: Sequence[str]) -> bool:
    """True for a form to copy: by its name, or because neither its title nor its status was filled in."""
    if _TEMPLATE.match(name_of(path).lower()) or _TEMPLATE.match(PurePosixPath(path).stem.lower()):
        return True
    title = _first_title(lines)
    if title is None or not _LEFTOVER.match(title):
        return False
    stated = [str(meta["status"])] if meta.get("status") else [item.text for item in texts(statements(lines), "status")]
    return bool(stated) and not any(decision_status(text) for text in stated)


def leftover_title(path: str, lines: Sequence[str]) -> str | None:
    """The words of the file's name, where the heading is still the template's; None where it is not."""
    title = _first_title(lines)
    if title is None or not _LEFTOVER.match(title):
        return None
    return re.sub(r"^(?:adr)?[-_\d]+", "", name_of(path)).replace("-", " ").replace("_", " ").strip() or None


def _first_title(lines: Sequence[str]) -> str | None:
    return next((match.group(1) for line in lines if (match := _TITLE.match(line[:_TITLE_CHARACTERS]))), None)


def _bare(name: str) -> str:
    return re.sub(r"^(?:adr)?[-_\d]+|[-_]?adrs?$", "", name.lower())


def _is_incident(path: str, name: str, folders: Iterable[str], meta: Mapping[str, object]) -> bool:
    if not _INCIDENT_FOLDERS.isdisjoint(folders):
        return bool(meta.get("id") or name[:1].isdigit() or meta.get("severity") or _INCIDENT_NAME.search(name))
    return bool(_INCIDENT_NAME.search(name)) and not _is_page(path)


def _is_page(path: str) -> bool:
    return PurePosixPath(path).stem.lower() in _PAGES


def _is_decision(path: str, name: str, folders: set[str], meta: Mapping[str, object], lines: Sequence[str]) -> bool:
    numbered = number_of(name) is not None or bool(_DATED.match(name))
    if not _ADR_FOLDERS.isdisjoint(folders):
        known = numbered or meta.get("id") or _ADR_NAME.search(name)
        return bool(known or (_has_sections(lines) and not _is_annex(path)) or _states_status(lines, meta))
    if _ADR_NAME.search(name):
        return number_of(name) is not None or _has_sections(lines) or _states_status(lines, meta)
    return numbered and _has_sections(lines) and _states_status(lines, meta)


def _lists_records(path: str) -> bool:
    """True for the page of a folder that holds records and is none itself."""
    file = PurePosixPath(path)
    return file.stem.lower() in _PAGES and file.parent.name.lower() in {*_ADR_FOLDERS, *_INCIDENT_FOLDERS, ""}


def _is_annex(path: str) -> bool:
    """True for a file beside the page of a record that has a folder of its own."""
    folder = PurePosixPath(path).parent.name
    return number_of(folder) is not None or bool(_DATED.match(folder))


def _has_sections(lines: Sequence[str]) -> bool:
    """True with a heading for the decision and one for its context."""
    telling = [line for line in lines if line.startswith("#") and _SECTION.search(line)]
    headings = [heading_name(line.lstrip("#")) for line in telling]
    return all(any(name.startswith(words) for name in headings) for words in _NAMED_BY.values())


def _states_status(lines: Sequence[str], meta: Mapping[str, object]) -> bool:
    stated = [str(meta.get("status") or ""), *(item.text for item in texts(statements(lines), "status"))]
    return any(decision_status(text) or is_placeholder(text) for text in stated if text)
