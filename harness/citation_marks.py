"""Find citations in an answer and tell which claim each one stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from harness.case_files import full_id
from harness.cases import Claim

_ID = r"(?:rule|world|adr|incident|skill|doc):[^\[\]\s]+|[^\[\]\s:]+\.\w+:\d+(?:-\d+)?"
_SENTENCE_END = re.compile(r"[.!?。]\s|\n|\]")
MARK = re.compile(rf"\s*\[(?P<id>{_ID})\](?!\()")


def without_marks(answer: str) -> str:
    """The answer as a reader takes it, marks such as `[rule:pet-bottle]` left out."""
    return MARK.sub("", answer)


def cited_ids(answer: str, citations: Sequence[Mapping[str, Any]]) -> list[str]:
    """Ids in the order they stand: the response's own list, else the marks in the text."""
    return [id_ for id_, _ in _places(answer, citations)]


def ids_by_claim(answer: str, citations: Sequence[Mapping[str, Any]], claims: Sequence[Claim]) -> list[list[str]]:
    """The ids that stand for each claim.

    A citation stands for every claim that its span overlaps. A mark behind the words stands for the claims of the
    sentence before it, one in front of all claims for the first.
    """
    found: list[list[str]] = [[] for _ in claims]
    for id_, span in _places(answer, citations):
        for owner in _owners(answer, span, claims):
            found[owner].append(id_)
    return found


def _owners(answer: str, span: tuple[int, int], claims: Sequence[Claim]) -> list[int]:
    over = [index for index, claim in enumerate(claims) if min(span[1], claim.span[1]) > max(span[0], claim.span[0])]
    if over or not claims:
        return over
    last = max((index for index, claim in enumerate(claims) if claim.span[0] <= span[0]), default=0)
    first = last
    while first and not _SENTENCE_END.search(answer[claims[first - 1].span[0] : claims[first].span[0]]):
        first -= 1
    return list(range(first, last + 1))


def _places(answer: str, citations: Sequence[Mapping[str, Any]]) -> list[tuple[str, tuple[int, int]]]:
    marked = [(match["id"], match.span()) for match in MARK.finditer(answer)]
    listed = [(full_id(str(citation["id"])), citation.get("span")) for citation in citations]
    if not listed:
        return marked
    marks: dict[str, list[tuple[int, int]]] = {}
    for id_, span in reversed(marked):
        marks.setdefault(id_, []).append(span)
    return [(id_, _span(span) or _next_mark(marks.get(id_), len(answer))) for id_, span in listed]


def _next_mark(spans: list[tuple[int, int]] | None, end: int) -> tuple[int, int]:
    """The first mark of an id that no citation took yet; the end of the answer when there is none."""
    return spans.pop() if spans else (end, end)


def _span(span: object) -> tuple[int, int] | None:
    if isinstance(span, Sequence) and len(span) == 2:
        return int(span[0]), int(span[1])
    return None
