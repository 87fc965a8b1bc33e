"""The JSON shape of a checked citation (schema `kb/schemas/citation_check.json`)."""

from __future__ import annotations

from kb.cite import Place
from kb.verify import Check


def check_shape(check: Check) -> dict[str, object]:
    """A citation as `kb cite verify --json` prints it."""
    mention = check.mention
    shape: dict[str, object] = {
        "file": check.file,
        "line": mention.line,
        "column": mention.column,
        "citation": mention.written,
        "id": mention.name if mention.place is None else mention.doc_id,
        "path": mention.place.path if mention.place else None,
        "line_start": mention.place.first if mention.place else None,
        "line_end": mention.place.last if mention.place else None,
        "verdict": check.verdict,
        "basis": check.basis,
        "detail": check.detail,
        "moved_to": [_place(place) for place in check.moved_to],
        "nearest": _place(check.nearest) if check.nearest else None,
        "similarity": check.similarity,
        "quote_hash": check.quote_hash,
        "superseded_by": list(check.superseded_by),
    }
    return shape | (_place(check.place) if check.place and mention.place is None else {})


def _place(place: Place) -> dict[str, object]:
    return {"path": place.path, "line_start": place.first, "line_end": place.last}
