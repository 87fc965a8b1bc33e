"""The seven tools of the MCP server: what each takes, within which bounds, and what it asks of the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field

from kb.adapters.mcp_shapes import (
    BriefOut,
    ChecksOut,
    DocumentOut,
    Located,
    PointersOut,
    SearchOut,
    SectionOut,
    StoryOut,
    check_out,
    document_out,
    hit_out,
    located,
    search_out,
    section_out,
    story_out,
    suspicious,
)
from kb.briefs.decision import Quoted
from kb.briefs.desk import LONGEST_INPUT, Desk, Found
from kb.briefs.paging import MOST_TOKENS, page
from kb.context import estimate_tokens
from kb.documents import KbError
from kb.filters import Filters

LONGEST_QUERY = 4_000
_FRAME_TOKENS = 120
"""Of a result beside its hits."""
_LEAST_TOKENS = 60
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

Budget = Annotated[
    int, Field(ge=200, le=MOST_TOKENS, description="Tokens of the answer; the rest waits behind next_cursor.")
]
Cursor = Annotated[str | None, Field(max_length=200, description="next_cursor of the answer before.")]
DetailOption = Annotated[Literal["low", "full"], Field(description="low: one line of each; full: whole passages.")]
Name = Annotated[str, Field(min_length=1, max_length=1_000)]


def add_tools(made: MCPServer[None], desk: Desk) -> None:
    """Offer all tools of a desk."""
    _add_search(made, desk)
    _add_records(made, desk)
    _add_binding(made, desk)


@contextmanager
def _told() -> Iterator[None]:
    """What a user can mend reaches the model as it is."""
    try:
        yield
    except KbError as error:
        raise ToolError(str(error)) from error


def _add_search(made: MCPServer[None], desk: Desk) -> None:
    @made.tool(title="지식 검색 / Search the knowledge", annotations=_READS)
    def search_knowledge(
        query: Annotated[str, Field(min_length=1, max_length=LONGEST_QUERY, description="Korean or English.")],
        kinds: Annotated[
            list[Literal["adr", "incident", "rule", "skill", "doc"]], Field(description="Empty: all.")
        ] = [],  # noqa: B006 - pydantic copies it
        statuses: Annotated[list[str], Field(max_length=10, description="e.g. superseded; empty: all.")] = [],  # noqa: B006
        as_of: Annotated[
            str | None, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$", description="What was in force that day.")
        ] = None,
        k: Annotated[int, Field(ge=1, le=50, description="Documents.")] = 8,
        detail: DetailOption = "full",
        budget_tokens: Budget = 4_000,
        cursor: Cursor = None,
    ) -> SearchOut:
        """Find decisions, incidents, domain rules, skills and documents that answer a question, with path and lines.

        Use it instead of grep for why, where, how, which incident, what is forbidden. What is replaced comes behind
        what is in force.
        """
        filters = Filters(frozenset(kinds), frozenset(statuses), frozenset(), as_of)
        with _told():
            found = desk.search(query, filters, k, detail, budget_tokens - _FRAME_TOKENS, cursor)
            return _cut(search_out(found, detail), budget_tokens)

    @made.tool(title="비슷한 사고 / Similar incidents", annotations=_READS)
    def similar_incidents(
        error: Annotated[str, Field(min_length=1, max_length=LONGEST_INPUT, description="Message or stack trace.")],
        k: Annotated[int, Field(ge=1, le=20)] = 5,
        detail: DetailOption = "full",
        budget_tokens: Budget = 4_000,
        cursor: Cursor = None,
    ) -> SearchOut:
        """Find incidents like an error message or a stack trace, before you debug it anew."""
        with _told():
            result = desk.similar_incidents(error, k)
            question = f"{result.index_revision}|incidents|{error}|{k}|{detail}"
            taken = page(result.hits, lambda hit: _json(hit_out(hit, detail)), budget_tokens, question, cursor)
            return _cut(search_out(Found(result, taken), detail), budget_tokens)


def _add_records(made: MCPServer[None], desk: Desk) -> None:
    @made.tool(title="문서 읽기 / Read a document", annotations=_READS)
    def get_document(
        name: Annotated[Name, Field(description="adr:0007, rule:pet-bottle, path or path:10-40.")],
        budget_tokens: Budget = 6_000,
        cursor: Cursor = None,
    ) -> DocumentOut:
        """Read the lines that a citation or path names, as they stand now."""
        with _told():
            return document_out(desk.document(name, budget_tokens, cursor), desk.revision)

    @made.tool(title="결정 설명 / Explain a decision", annotations=_READS)
    def explain_decision(
        name: Annotated[Name, Field(description="adr:0007, ADR-7 or its path.")],
        detail: DetailOption = "full",
        budget_tokens: Budget = 6_000,
    ) -> StoryOut:
        """Tell a decision's story: is it in force, what replaced it, what it replaced, alternatives, incidents."""
        with _told():
            told = desk.explain(name)
            wanted = told.sections if detail == "full" else ()
            shown, left_out = _within(wanted, budget_tokens)
            return story_out(told, shown, left_out, desk.revision)

    @made.tool(title="인용 확인 / Verify citations", annotations=_READS)
    def verify_citations(
        text: Annotated[str, Field(min_length=1, max_length=LONGEST_INPUT, description="Text that cites.")],
        budget_tokens: Budget = 4_000,
        cursor: Cursor = None,
    ) -> ChecksOut:
        """Check that every citation of a text holds: ok, moved, edited or gone, and whether it is still in force."""
        with _told():
            checks = desk.verify(text)
            taken = page(checks, lambda one: _json(check_out(one)), budget_tokens, f"verify|{text}", cursor)
            holds = bool(checks) and all(one.verdict == "ok" and not one.superseded_by for one in checks)
            return ChecksOut(
                holds=holds, checks=[check_out(one) for one in taken.items], total=taken.total,
                next_cursor=taken.next_cursor,
            )  # fmt: skip


def _add_binding(made: MCPServer[None], desk: Desk) -> None:
    @made.tool(title="파일에 걸린 규칙 / Rules for files", annotations=_READS)
    def rules_for(
        paths: Annotated[list[str], Field(max_length=500, description="Relative to the repository.")] = [],  # noqa: B006
        diff: Annotated[str, Field(max_length=LONGEST_INPUT, description="Or the text of a unified diff.")] = "",
        wide: Annotated[bool, Field(description="Also what only speaks of the same part of the system.")] = False,
        budget_tokens: Budget = 3_000,
        cursor: Cursor = None,
    ) -> PointersOut:
        """Say which decisions, incidents, rules and skills bind the files you are about to change. Call it first."""
        with _told():
            found = desk.rules_for(paths, diff, wide=wide)
            revision = desk.revision
            question = f"{revision}|rules|{paths}|{diff}|{wide}"
            taken = page(found, lambda one: _json(located(one)), budget_tokens, question, cursor)
            return PointersOut(
                documents=[located(one) for one in taken.items], total=taken.total, next_cursor=taken.next_cursor,
                suspicious=suspicious((one.path, one.line_start, one.title) for one in taken.items),
                index_revision=revision,
            )  # fmt: skip

    @made.tool(title="온보딩 요약 / Onboarding brief", annotations=_READS)
    def onboarding_brief(
        area: Annotated[str, Field(max_length=500, description="A path, a part or a subject; empty: all.")] = "",
        budget_tokens: Budget = 3_000,
    ) -> BriefOut:
        """One page on an area: decisions in force, what not to do, incidents, rules, skills, documents."""
        with _told():
            sections = [section_out(section) for section in desk.onboarding(area)]
            return BriefOut(area=area, sections=_shortened(sections, budget_tokens), index_revision=desk.revision)


def _cut(found: SearchOut, budget_tokens: int) -> SearchOut:
    """Cut the text of the one hit of a page that is too long for the budget; the rest waits at its lines."""
    over = estimate_tokens(_json(found)) - budget_tokens
    if over <= 0 or len(found.hits) != 1:
        return found
    hit = found.hits[0]
    kept = hit.text
    while kept and estimate_tokens(kept) > max(estimate_tokens(hit.text) - over, _LEAST_TOKENS):
        kept = kept[: len(kept) * 9 // 10]
    short = hit.model_copy(update={"text": f"{kept.rstrip()} … (get_document reads on)"})
    return found.model_copy(update={"hits": [short]})


def _within(sections: Sequence[Quoted], budget_tokens: int) -> tuple[list[Quoted], list[str]]:
    """The sections that a budget holds, and the headings of the others."""
    left = budget_tokens
    shown: list[Quoted] = []
    left_out: list[str] = []
    for section in sections:
        cost = estimate_tokens(section.text) + 40
        if cost <= left:
            shown.append(section)
            left -= cost
        else:
            left_out.append(f"{section.heading} ({section.path}:{section.line_start}-{section.line_end})")
    return shown, left_out


def _shortened(sections: Sequence[SectionOut], budget_tokens: int) -> list[SectionOut]:
    """Take from the longest section until the page is within its budget; each keeps one document."""
    shown = [section.model_copy(deep=True) for section in sections]
    costs: Callable[[Located], int] = lambda one: estimate_tokens(_json(one))  # noqa: E731
    total = sum(costs(one) for section in shown for one in section.documents)
    while total > budget_tokens and any(len(section.documents) > 1 for section in shown):
        longest = max(shown, key=lambda section: len(section.documents))
        total -= costs(longest.documents.pop())
        longest.left_out += 1
    return shown


def _json(model: BaseModel) -> str:
    return model.model_dump_json()
