"""The seven tools of the MCP server: what each takes, within which bounds. `mcp_answers` answers.

Nothing that needs an index is imported before a tool is called, so that a server that starts answers at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from kb.adapters.mcp_shapes import BriefOut, ChecksOut, DocumentOut, PointersOut, SearchOut, StoryOut
from kb.briefs.paging import LONGEST_CITING, LONGEST_INPUT, MOST_TOKENS, Asked, Wanted
from kb.documents import KbError

if TYPE_CHECKING:
    from kb.adapters.mcp_answers import Answers

LONGEST_QUERY = 4_000
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

Budget = Annotated[
    int, Field(ge=200, le=MOST_TOKENS, description="Tokens of the answer; the rest waits behind next_cursor.")
]
Cursor = Annotated[str | None, Field(max_length=200, description="next_cursor of the answer before.")]
DetailOption = Annotated[Literal["low", "full"], Field(description="low: one line of each; full: whole passages.")]
Name = Annotated[str, Field(min_length=1, max_length=1_000)]


def add_tools(made: MCPServer[None], answers: Callable[[], Answers]) -> None:
    """Offer all tools; `answers` is asked for at each call, and loads what is needed at the first."""
    _add_search(made, answers)
    _add_records(made, answers)
    _add_verification(made, answers)
    _add_binding(made, answers)


@contextmanager
def _told() -> Iterator[None]:
    """What a user can mend reaches the model as it is."""
    try:
        yield
    except KbError as error:
        raise ToolError(str(error)) from error


def _add_search(made: MCPServer[None], answers: Callable[[], Answers]) -> None:
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
        with _told():
            asked = Asked(query, tuple(sorted(kinds)), tuple(sorted(statuses)), as_of, k)
            return answers().search(asked, Wanted(detail, budget_tokens, cursor))

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
            return answers().incidents(error, k, Wanted(detail, budget_tokens, cursor))


def _add_records(made: MCPServer[None], answers: Callable[[], Answers]) -> None:
    @made.tool(title="문서 읽기 / Read a document", annotations=_READS)
    def get_document(
        name: Annotated[Name, Field(description="adr:0007, rule:pet-bottle, path or path:10-40.")],
        detail: Annotated[
            Literal["low", "full"], Field(description="low: headings and first lines, numbered; full: all lines.")
        ] = "full",
        budget_tokens: Budget = 6_000,
        cursor: Cursor = None,
    ) -> DocumentOut:
        """Read the lines that a citation or path names, as they stand now."""
        with _told():
            return answers().document(name, Wanted(detail, budget_tokens, cursor))

    @made.tool(title="결정 설명 / Explain a decision", annotations=_READS)
    def explain_decision(
        name: Annotated[Name, Field(description="adr:0007, ADR-7 or its path.")],
        detail: Annotated[
            Literal["low", "full"], Field(description="low: what hangs on it; full: its sections too.")
        ] = "full",
        budget_tokens: Budget = 6_000,
        cursor: Cursor = None,
    ) -> StoryOut:
        """Tell a decision's story: is it in force, what replaced it, what it replaced, alternatives, incidents."""
        with _told():
            return answers().decision(name, Wanted(detail, budget_tokens, cursor))


def _add_verification(made: MCPServer[None], answers: Callable[[], Answers]) -> None:
    @made.tool(title="인용 확인 / Verify citations", annotations=_READS)
    def verify_citations(
        text: Annotated[str, Field(min_length=1, max_length=LONGEST_CITING, description="Text that cites.")],
        detail: Annotated[
            Literal["low", "full"], Field(description="low: only citations that do not hold; full: all.")
        ] = "full",
        budget_tokens: Budget = 4_000,
        cursor: Cursor = None,
    ) -> ChecksOut:
        """Check that every citation of a text holds: ok, moved, edited or gone, and whether it is still in force."""
        with _told():
            return answers().checks(text, Wanted(detail, budget_tokens, cursor))


def _add_binding(made: MCPServer[None], answers: Callable[[], Answers]) -> None:
    @made.tool(title="파일에 걸린 규칙 / Rules for files", annotations=_READS)
    def rules_for(
        paths: Annotated[list[str], Field(max_length=500, description="Relative to the repository.")] = [],  # noqa: B006
        diff: Annotated[str, Field(max_length=LONGEST_INPUT, description="Or the text of a unified diff.")] = "",
        wide: Annotated[bool, Field(description="Also what only speaks of the same part of the system.")] = False,
        detail: DetailOption = "low",
        budget_tokens: Budget = 3_000,
        cursor: Cursor = None,
    ) -> PointersOut:
        """Say which decisions, incidents, rules and skills bind the files you are about to change. Call it first."""
        with _told():
            return answers().bound(paths, diff, wide, Wanted(detail, budget_tokens, cursor))

    @made.tool(title="온보딩 요약 / Onboarding brief", annotations=_READS)
    def onboarding_brief(
        area: Annotated[str, Field(max_length=500, description="A path, a part or a subject; empty: all.")] = "",
        detail: DetailOption = "low",
        budget_tokens: Budget = 3_000,
        cursor: Cursor = None,
    ) -> BriefOut:
        """One page on an area: decisions in force, what not to do, incidents, rules, skills, documents."""
        with _told():
            return answers().brief(area, Wanted(detail, budget_tokens, cursor))
