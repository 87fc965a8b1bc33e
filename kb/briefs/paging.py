"""Answers of a bounded size: as many items as a budget of tokens holds, and a cursor to the next ones.

A cursor carries the place and a mark of the question and the index, so that one of another question, or of an index
that has changed since, is refused rather than misread.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kb.context import estimate_tokens
from kb.documents import KbError

T = TypeVar("T")
MOST_TOKENS = 10_000
"""Of any answer: clients refuse more than 25,000, an answer is sent as text and as structure, and their count may
differ from our estimate."""


class CursorRefused(KbError):
    """A cursor that belongs to another question or another index, or is none."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items, how many there are in all, and the cursor to the next; None at the end."""

    items: tuple[T, ...]
    total: int
    next_cursor: str | None


def page(
    items: Sequence[T], written: Callable[[T], str], budget_tokens: int, question: str, cursor: str | None
) -> Page[T]:
    """Take items from where the cursor stands until the budget is spent; at least one, so that asking on ends.

    Args:
        items: all of them, in an order that does not change for the same question and index.
        written: an item as it will be sent, to estimate its tokens.
        budget_tokens: for all items of the page.
        question: what was asked of which revision of the index; a cursor holds for it alone.
        cursor: of the page before; None for the first.

    Raises:
        CursorRefused: the cursor is not one of this question.
    """
    start = _place(cursor, question, len(items)) if cursor else 0
    left = min(budget_tokens, MOST_TOKENS)
    end = start
    for item in items[start:]:
        left -= estimate_tokens(written(item))
        if left < 0 and end > start:
            break
        end += 1
    return Page(tuple(items[start:end]), len(items), _cursor(end, question) if end < len(items) else None)


def _cursor(place: int, question: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([place, _mark(question)]).encode()).decode().rstrip("=")


def _place(cursor: str, question: str, count: int) -> int:
    try:
        place, mark = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError) as error:
        raise CursorRefused(f"cursor {cursor[:40]!r} is none; leave it out to begin again") from error
    if mark != _mark(question) or not isinstance(place, int) or not 0 <= place <= count:
        raise CursorRefused("this cursor is of another question, or the index has changed; leave it out to begin again")
    return place


def _mark(question: str) -> str:
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()[:16]
