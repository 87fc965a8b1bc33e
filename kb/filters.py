"""Which documents may answer a question: by kind, status, tag and day. One mask serves both legs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb.documents import Document
from kb.ports import Mask


@dataclass(frozen=True)
class Filters:
    """Empty or None means: everything. `as_of` is an ISO date."""

    kinds: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    as_of: str | None = None

    def allow(self, document: Document) -> bool:
        """True when the document passes all filters; one without a date passes every day."""
        return (
            (not self.kinds or document.kind in self.kinds)
            and (not self.statuses or document.status in self.statuses)
            and (not self.tags or not self.tags.isdisjoint(document.tags))
            and self.in_time(document)
        )

    def in_time(self, document: Document) -> bool:
        """True for what was known on the day asked for: written by then and, a rule, not yet run out."""
        if self.as_of is None:
            return True
        ends = document.meta.get("valid_to")
        return _reached(document.date, self.as_of) and not (ends and _reached(str(ends), self.as_of))

    def mask(self, documents: Sequence[Document]) -> Mask | None:
        """Mark the documents that pass; None when all do by definition."""
        if self == EVERYTHING:
            return None
        return np.fromiter((self.allow(document) for document in documents), bool, len(documents))


EVERYTHING = Filters()


def _reached(date: str | None, day: str) -> bool:
    """True when `day` is not before `date`, which may be a year or a month only."""
    return date is None or date <= day[: len(date)]
