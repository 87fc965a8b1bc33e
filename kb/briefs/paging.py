"""Answers of a bounded size: as many items as a budget of tokens holds, and a cursor to the next ones.

A cursor carries the place and a mark of the question and the index, so that one of another question, or of an index
that has changed since, is refused rather than misread.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

from kb.context import estimate_tokens
from kb.documents import KbError

T = TypeVar("T")
_WORTH_CUTTING = 200
Detail = Literal["low", "full"]
LONGEST_INPUT = 1_000_000
LONGEST_CITING = 60_000
"""Of a text whose citations are checked, each of which costs about a millisecond."""
MOST_TOKENS = 10_000
"""Of any answer: clients refuse more than 25,000, an answer is sent as text and as structure, and their count may
differ from our estimate."""


class CursorRefused(KbError):
    """A cursor that belongs to another question or another index, or is none."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items, how many there are in all, and the cursor to the next; None at the end. `end` counts those so far."""

    items: tuple[T, ...]
    total: int
    next_cursor: str | None
    end: int = 0


@dataclass(frozen=True)
class Asked:
    """What is searched for, and in what; empty or None means everything."""

    query: str
    kinds: tuple[str, ...]
    statuses: tuple[str, ...]
    as_of: str | None
    k: int


@dataclass(frozen=True)
class Wanted:
    """How much of an answer is wanted: how much of each item, how many tokens, and from where on."""

    detail: Detail
    budget_tokens: int
    cursor: str | None = None

    def less(self, tokens: int) -> Wanted:
        return replace(self, budget_tokens=self.budget_tokens - tokens)


def page(
    items: Sequence[T],
    written: Callable[[T], str],
    budget_tokens: int,
    question: str,
    cursor: str | None,
    shorten: Callable[[T, int], T] | None = None,
) -> Page[T]:
    """Take items from where the cursor stands until the budget is spent; at least one, so that asking on ends.

    Args:
        items: all of them, in an order that does not change for the same question and index.
        written: an item as it will be sent, to estimate its tokens.
        budget_tokens: for all items of the page.
        question: what was asked of which revision of the index; a cursor holds for it alone.
        cursor: of the page before; None for the first.
        shorten: cuts an item to some tokens if it can; the last of a page is cut where enough of it can be shown.

    Raises:
        CursorRefused: the cursor is not one of this question.
    """
    start = _place(cursor, question, len(items)) if cursor else 0
    left = min(budget_tokens, MOST_TOKENS)
    taken: list[T] = []
    for item in items[start:]:
        tokens = estimate_tokens(written(item))
        if tokens > left and shorten and (left >= _WORTH_CUTTING or not taken):
            item = shorten(item, left)
            tokens = estimate_tokens(written(item))
        if tokens > left and taken:
            break
        taken.append(item)
        left -= tokens
    end = start + len(taken)
    return Page(tuple(taken), len(items), _cursor(end, question) if end < len(items) else None, end)


def fitted(text: str, tokens: int, rest: str = "…") -> str:
    """The longest beginning of a text within some tokens, as it would stand in JSON; what was cut is told by `rest`."""
    if sent(text) <= tokens:
        return text
    left, low, high = tokens - sent(rest), 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sent(text[:middle]) <= left else (low, middle - 1)
    return f"{text[:low].rstrip()} {rest}"


def sent(text: str) -> int:
    """The estimated tokens of a text within JSON."""
    return estimate_tokens(json.dumps(text, ensure_ascii=False))


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
