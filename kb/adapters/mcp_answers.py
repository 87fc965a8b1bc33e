"""What the MCP tools answer: the desk asked, its answer cut into pages. Imported by the first call.

Each answers in pages: as much as `budget_tokens` holds, and a cursor to the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from kb.adapters.mcp_quotes import (
    check_out,
    compact,
    cost,
    document_out,
    hit_out,
    located,
    names,
    quoted_out,
    suspicious,
    within,
)
from kb.adapters.mcp_shapes import (
    BriefOut,
    CheckOut,
    ChecksOut,
    DocumentOut,
    HitOut,
    Located,
    PointersOut,
    QuotedOut,
    SearchOut,
    SectionOut,
    StoryOut,
)
from kb.briefs.area import SECTIONS, in_turn
from kb.briefs.decision import Story
from kb.briefs.desk import Desk
from kb.briefs.paging import Asked, Detail, Page, Wanted, page
from kb.briefs.pointers import Pointer
from kb.briefs.telling import shortened, words_of
from kb.documents import Passage
from kb.filters import Filters
from kb.lint_text import without_hidden
from kb.search import SearchResult

_LEAST_ROOM = 100
_FRAME_TOKENS = 60
"""Of a document's page beside its lines."""
Row = tuple[str, Located | QuotedOut]


class Answers:
    """The answers of a desk, one for each tool."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def search(self, asked: Asked, wanted: Wanted) -> SearchOut:
        """Hits of a search."""
        filters = Filters(frozenset(asked.kinds), frozenset(asked.statuses), frozenset(), asked.as_of)
        return self._hits(self.desk.search(asked.query, filters, asked.k), f"search|{asked}", wanted)

    def incidents(self, error: str, k: int, wanted: Wanted) -> SearchOut:
        """Incidents like an error."""
        return self._hits(self.desk.similar_incidents(error, k), f"incidents|{error}|{k}", wanted)

    def document(self, name: str, wanted: Wanted) -> DocumentOut:
        """Lines of a document."""
        revision = self.desk.revision
        return document_out(self.desk.document(name, wanted.less(_FRAME_TOKENS)), revision)

    def decision(self, name: str, wanted: Wanted) -> StoryOut:
        """The story of a decision."""
        revision = self.desk.revision
        told = self.desk.explain(name)
        frame = StoryOut(decision=located(told.decision), total=0, index_revision=revision)
        question = f"{revision}|story|{name}|{wanted.detail}"
        rows = list(_rows(told, wanted.detail))
        taken = page(rows, lambda row: compact(row[1]), _room(frame, wanted), question, wanted.cursor, _shorter)
        return _story(frame, taken)

    def checks(self, text: str, wanted: Wanted) -> ChecksOut:
        """All citations of a text, or those that do not hold."""
        every = [check_out(one) for one in self.desk.verify(text)]
        wrong = [one for one in every if one.verdict != "ok" or one.superseded_by]
        frame = ChecksOut(holds=bool(every) and not wrong, checks=[], total=len(every))
        shown = wrong if wanted.detail == "low" else every
        taken = page(shown, compact, _room(frame, wanted), f"verify|{wanted.detail}|{text}", wanted.cursor)
        update: dict[str, list[CheckOut] | str | None] = {"checks": list(taken.items), "next_cursor": taken.next_cursor}
        return frame.model_copy(update=update)

    def bound(self, paths: Sequence[str], diff: str, wide: bool, wanted: Wanted) -> PointersOut:
        """What binds files."""
        frame = PointersOut(documents=[], total=0, index_revision=self.desk.revision)
        found = self.desk.rules_for(paths, diff, wide=wide)
        every = _located(found, self.desk, wanted)
        question = f"{frame.index_revision}|rules|{paths}|{diff}|{wide}|{wanted.detail}"
        taken = page(every, compact, _room(frame, wanted), question, wanted.cursor, within)
        return frame.model_copy(
            update={
                "documents": list(taken.items), "total": taken.total, "next_cursor": taken.next_cursor,
                "suspicious": suspicious(taken.items),
            }
        )  # fmt: skip

    def brief(self, area: str, wanted: Wanted) -> BriefOut:
        """A page on an area, each of its sections in turn."""
        frame = BriefOut(area=area, sections=[], total=0, index_revision=self.desk.revision)
        rows = in_turn(self.desk.onboarding(area))
        every = _located([pointer for _, pointer in rows], self.desk, wanted)
        question = f"{frame.index_revision}|brief|{area}|{wanted.detail}"
        taken = page(every, compact, _room(frame, wanted), question, wanted.cursor, within)
        sections = [name for name, _ in rows]
        start = taken.end - len(taken.items)
        shown = list(zip(sections[start : taken.end], taken.items, strict=True))
        return frame.model_copy(
            update={
                "sections": list(_sections(shown, sections[taken.end :])), "total": taken.total,
                "next_cursor": taken.next_cursor, "suspicious": suspicious(taken.items),
            }
        )  # fmt: skip

    def _hits(self, result: SearchResult, question: str, wanted: Wanted) -> SearchOut:
        frame = SearchOut(
            answerable=result.answerable, hits=[], unmatched=names(result.unmatched), total=len(result.hits),
            index_revision=result.index_revision,
        )  # fmt: skip
        words = words_of(result)

        def shorter(item: tuple[HitOut, Passage], room: int) -> tuple[HitOut, Passage]:
            shown, passage = item
            return within(shown, room, lambda left: without_hidden(shortened(passage, words, left))), passage

        hits = self.desk.surrounded(result.hits, words) if wanted.detail == "full" else result.hits
        every = [(hit_out(hit, wanted.detail), hit.passage) for hit in hits]
        question = f"{result.index_revision}|{wanted.detail}|{question}"
        cut = shorter if wanted.detail == "full" else None
        taken = page(every, lambda item: compact(item[0]), _room(frame, wanted), question, wanted.cursor, cut)
        shown = [one for one, _ in taken.items]
        return frame.model_copy(
            update={"hits": shown, "next_cursor": taken.next_cursor, "suspicious": suspicious(shown)}
        )


def _room(frame: BaseModel, wanted: Wanted) -> int:
    """What a budget leaves beside what stands around the items of a page."""
    return max(wanted.budget_tokens - cost(frame), _LEAST_ROOM)


def _located(pointers: Sequence[Pointer], desk: Desk, wanted: Wanted) -> list[Located]:
    """Pointers as they are told; with full detail in the words of the document too."""
    return [located(one, desk.quoted(one) if wanted.detail == "full" else "") for one in pointers]


def _shorter(row: Row, room: int) -> Row:
    name, shown = row
    return name, within(shown, room)


def _rows(told: Story, detail: Detail) -> Iterator[Row]:
    """What hangs on a decision, what matters most first, each with the name of its list in the answer."""
    for name, pointers in (("in_force", told.in_force), ("amendments", told.amendments)):
        yield from ((name, located(pointer)) for pointer in pointers)
    for section in told.sections if detail == "full" else ():
        yield "sections", quoted_out(section)
    for name, pointers in (("incidents", told.incidents), ("replaced", told.replaced), ("cited_by", told.cited_by)):
        yield from ((name, located(pointer)) for pointer in pointers)


def _story(frame: StoryOut, taken: Page[Row]) -> StoryOut:
    lists: dict[str, list[Located | QuotedOut]] = {}
    for name, shown in taken.items:
        lists.setdefault(name, []).append(shown)
    quoted = [frame.decision, *(shown for _, shown in taken.items)]
    return frame.model_copy(
        update={
            **lists, "total": taken.total, "next_cursor": taken.next_cursor,
            "suspicious": suspicious(quoted, frame.decision.path),
        }
    )  # fmt: skip


def _sections(shown: Sequence[tuple[str, Located]], behind: Sequence[str]) -> Iterator[SectionOut]:
    """A page by its sections, in their order; each says how many of it later pages hold."""
    for name in SECTIONS:
        if documents := [document for section, document in shown if section == name]:
            yield SectionOut(name=name, documents=documents, left_out=behind.count(name) or None)
