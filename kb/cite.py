"""Citations: what `[adr:0007]`, `[rule:pet-bottle]`, `[docs/x.md:3-9]` name, with a hash of the lines as they stand.

A pinned citation carries the beginning of that hash, `[adr:0007@3fa9c1d2e0b4]`, `docs/x.md:3-9@3fa9c1d2e0b4`, and so
says itself what was cited. Where citations stand in a text: `kb.mentions`; whether they still hold: `kb.verify`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kb.documents import Citation, Passage

_CITATION = re.compile(r"\[((?:adr|rule|incident|world):[\w./-]*\w|[^\[\]\s:]+\.\w+:\d+(?:-\d+)?)\](?!\()")
_PIN = re.compile(r"[0-9a-f]{12,64}")
PIN_DIGITS = 12
_LINES = re.compile(r"^(?P<path>.+?)(?::(?P<first>\d+)(?:-(?P<last>\d+))?)?$")


@dataclass(frozen=True)
class Place:
    """Lines of a file; None for the end of the file."""

    path: str
    first: int = 1
    last: int | None = None


@dataclass(frozen=True)
class Mention:
    """A citation as it stands in a text.

    `name` is an id in full or a path as written; `place` the lines, None for an id and for a whole file. `pin`, `quote`
    and `blob` are what it carries of the cited lines: the beginning of their hash, the lines, git's hash of the file.
    `line` and `column` are 1-based, `start` and `end` code points; `kind` says how it is written. An unsure one may be
    no citation at all (`redis.svc:6379`): it counts when there is such a file.
    """

    kind: Literal["mark", "place", "link", "json"]
    line: int
    column: int
    start: int
    end: int
    written: str
    name: str
    place: Place | None = None
    pin: str | None = None
    quote: str | None = None
    blob: str | None = None
    doc_id: str | None = None
    is_sure: bool = True

    @property
    def is_pinned(self) -> bool:
        return any(part is not None for part in (self.pin, self.quote, self.blob))


def citation_of(passage: Passage) -> str:
    """How a passage is cited: by the id of its decision, incident or rule, else by path and lines."""
    return passage.doc_id or passage.id


def citations_in(text: str) -> list[tuple[str, int, int]]:
    """Every citation in a text as (id, start, end): code points, brackets included. A Markdown link is none."""
    return [(match.group(1), match.start(), match.end()) for match in _CITATION.finditer(text)]


def full_id(name: str) -> str:
    """A citation's id as it is kept: without brackets; a bare word means a rule."""
    name = name.strip().strip("[]")
    return name if ":" in name or "/" in name or "." in name else f"rule:{name}"


def place_of(name: str) -> Place:
    """Split "path", "path:12" or "path:12-40"."""
    match = _LINES.match(name)
    if match is None or match["first"] is None:
        return Place(name)
    first = int(match["first"])
    return Place(match["path"], first, int(match["last"] or first))


def cite(name: str, path: str, lines: list[str], place: Place, blob: str) -> Citation:
    """Resolve a citation against the lines of its file.

    Args:
        name: the citation's id in full.
        path: the file.
        lines: all its lines as they stand, without line ends.
        place: which of them are meant; cut to what the file has.
        blob: git's hash of the file as it stands.
    """
    first = min(max(place.first, 1), max(len(lines), 1))
    last = len(lines) if place.last is None else min(max(place.last, first), len(lines))
    return Citation(name, path, first, max(last, first), blob, quote_hash(lines[first - 1 : last]))


def is_pin(text: str) -> bool:
    """True for the beginning of a hash, 12 hex digits at least."""
    return _PIN.fullmatch(text) is not None


def quote_hash(lines: Sequence[str]) -> str:
    """SHA-256 of lines joined by line feeds, 64 hex digits."""
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
