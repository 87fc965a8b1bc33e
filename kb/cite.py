"""Citations: what `[adr:0007]`, `[rule:pet-bottle]`, `[docs/x.md:3-9]` name, with a hash of the lines as they stand."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from kb.documents import Citation, Passage

_CITATION = re.compile(r"\[((?:adr|rule|incident|world):[\w./-]*\w|[^\[\]\s:]+\.\w+:\d+(?:-\d+)?)\](?!\()")
_LINES = re.compile(r"^(?P<path>.+?)(?::(?P<first>\d+)(?:-(?P<last>\d+))?)?$")


@dataclass(frozen=True)
class Place:
    """Lines of a file; None for the end of the file."""

    path: str
    first: int = 1
    last: int | None = None


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


def quote_hash(lines: list[str]) -> str:
    """SHA-256 of lines joined by line feeds, 64 hex digits."""
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
