"""What a change may contradict: records it cites that no longer hold, values that records state, records it rewrites.

Each doubt names the line of the change and the line of the record; a person decides. Nothing is guessed from meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.briefs.binding import ids_in
from kb.briefs.changes import Change
from kb.briefs.pointers import GONE, REFUSED, Pointer, Shelf
from kb.documents import Passage
from kb.lineage import Lineage

_SETTING = re.compile(
    r"(?P<name>[A-Za-z_][\w.-]{2,}\w)[\"'`]?\s*(?::\s*\w+\s*=|[:=]|=>)\s*[\"']?(?P<value>-?\d+(?:\.\d+)?)(?![-.:\w])"
)
_DATA = re.compile(r"\.(?:html|jsonl?|csv|tsv|lock|svg|tape)$|(?:^|/)(?:datasets|reports|fixtures|golden)/")
"""Files that hold what came out or what is expected; their numbers are nobody's setting."""
_NEAR = 60
_FRONT_MATTER_ENDS = 40
"""Links and status of a record change when another comes; they stand in its first lines."""


@dataclass(frozen=True)
class Doubt:
    """One line of a change (1-based, of the new file) that a record speaks against."""

    path: str
    line: int
    message: str
    record: Pointer


def doubts(changes: Iterable[Change], shelf: Shelf, lineage: Lineage) -> list[Doubt]:
    """All doubts about a change, by file and line."""
    changes = [change for change in changes if not _DATA.search(change.path)]
    found = [*_stale(changes, shelf, lineage), *_values(changes, shelf, lineage), *_rewritten(changes, shelf)]
    return sorted(found, key=lambda doubt: (doubt.path, doubt.line, doubt.record.citation))


def _stale(changes: Iterable[Change], shelf: Shelf, lineage: Lineage) -> Iterator[Doubt]:
    """Added lines that cite what was replaced or refused. Records may: history is their subject."""
    records = {document.path for document in shelf.documents if document.kind in ("adr", "incident")}
    for change in changes:
        if change.path in records or "adr/" in f"/{change.path}":
            continue
        for number, text in change.added:
            for name in ids_in(text):
                for place in lineage.places(name):
                    if message := _why_stale(name, place, shelf, lineage):
                        yield Doubt(change.path, number, message, shelf.pointer(place, "is cited by the change"))


def _why_stale(name: str, place: int, shelf: Shelf, lineage: Lineage) -> str:
    if later := lineage.successors(place):
        return f"cites {name}, which {', '.join(later)} replaces"
    status = shelf.documents[place].status
    return f"cites {name}, which is {status}" if status in GONE | REFUSED else ""


def _values(changes: Iterable[Change], shelf: Shelf, lineage: Lineage) -> Iterator[Doubt]:
    """A setting that gets another number, where a record in force states the one that it had."""
    for change in changes:
        for number, name, before, after in _settings_changed(change):
            for place, passage in _stating(name, before, shelf):
                document = shelf.documents[place]
                if document.path != change.path and document.status not in GONE and not lineage.is_replaced(place):
                    message = f"makes {name} {after}; {shelf.name(place)} states {before}"
                    yield Doubt(change.path, number, message, shelf.pointer(place, "states the value", passage))


def _settings_changed(change: Change) -> Iterator[tuple[int, str, str, str]]:
    """Line, name, old and new number of each setting that is on a removed and on an added line."""
    before = {match["name"]: match["value"] for _, text in change.removed for match in _SETTING.finditer(text)}
    for number, text in change.added:
        for match in _SETTING.finditer(text):
            name, value = match["name"], match["value"]
            if before.get(name, value) != value:
                yield number, name, before[name], value


def _stating(name: str, value: str, shelf: Shelf) -> Iterator[tuple[int, Passage]]:
    """Documents with a passage in which the name and the number stand close together; each once."""
    last = name.rsplit(".", 1)[-1]
    pattern = re.compile(
        rf"(?<!\w){re.escape(last)}(?!\w)[^\n]{{0,{_NEAR}}}(?<![\w.]){re.escape(value)}(?![\w.]*\d)"
        rf"|(?<![\w.]){re.escape(value)}(?![\w.]*\d)[^\n]{{0,{_NEAR}}}(?<!\w){re.escape(last)}(?!\w)"
    )
    for place in range(len(shelf.documents)):
        for passage in shelf.passages(place):
            if last in passage.text and pattern.search(passage.text):
                yield place, passage
                break


def _rewritten(changes: Iterable[Change], shelf: Shelf) -> Iterator[Doubt]:
    """The body of an accepted decision that is changed: later readers would take it for what was decided then."""
    accepted = {
        document.path: place
        for place, document in enumerate(shelf.documents)
        if document.kind == "adr" and document.status == "accepted"
    }
    for change in changes:
        place = accepted.get(change.path)
        body = [number for number, text in change.removed if number > _FRONT_MATTER_ENDS and text.strip()]
        if place is not None and body and not change.is_deleted:
            message = "rewrites an accepted decision; write a new one that amends or supersedes it"
            yield Doubt(change.path, body[0], message, shelf.pointer(place, "is being rewritten"))
