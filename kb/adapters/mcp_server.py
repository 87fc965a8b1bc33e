"""The knowledge base as an MCP server: the tools of `mcp_tools`, documents as resources, two prompts. Reads only.

Whatever a user can mend becomes a tool error with what to do; anything else is logged by the SDK and told without
detail. stdio and streamable HTTP come from the same object.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import (
    CallToolResult,
    Completion,
    CompletionArgument,
    CompletionContext,
    InputRequiredResult,
    PromptReference,
    Resource,
    ResourceTemplateReference,
    TextContent,
)

from kb.adapters.mcp_tools import add_tools
from kb.briefs.desk import Desk
from kb.documents import KbError

_MOST_COMPLETIONS = 100
INSTRUCTIONS = """\
The decisions, incidents and domain rules of this repository. Before you change a file call rules_for with its path;
before you propose a design call search_knowledge; after an error call similar_incidents with the text. What is
superseded does not bind: read what replaces it. Cite what you rely on, and check it with verify_citations.\
"""


def server(desk: Desk) -> MCPServer[None]:
    """Put a desk behind the protocol."""
    made = _Server(desk)
    add_tools(made, desk)
    _add_resources(made, desk)
    _add_prompts(made)
    _add_completion(made, desk)
    return made


def serve_stdio(desk: Desk) -> None:
    """Serve on standard input and output until the client hangs up."""
    server(desk).run()


def serve_http(desk: Desk, host: str, port: int, allowed_hosts: Sequence[str]) -> None:
    """Serve streamable HTTP at /mcp, without sessions; other host names than `allowed_hosts` are refused.

    Args:
        desk: what answers.
        host: address to bind; a loopback address unless others are to reach it.
        port: of that address.
        allowed_hosts: values of the Host header; empty allows those of the bound loopback address.
    """
    hosts = list(allowed_hosts) or [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]", host)]
    security = TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[f"http://{name}" for name in hosts])
    server(desk).run(
        "streamable-http", host=host, port=port, stateless_http=True, json_response=True, transport_security=security
    )


class _Server(MCPServer[None]):
    """Lists the documents of the newest index; the SDK's own list is fixed when the server is made."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            "eco2-agent-kb", title="eco2-agent-kb", version=_version(), instructions=INSTRUCTIONS, log_level="WARNING"
        )
        self._desk = desk

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[None, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """As the SDK does, with the text that models read on one line and without what is empty: half the tokens."""
        result = await super().call_tool(name, arguments, context)
        if isinstance(result, CallToolResult) and not result.is_error and result.structured_content is not None:
            text = json.dumps(_filled(result.structured_content), ensure_ascii=False, separators=(",", ":"))
            return result.model_copy(update={"content": [TextContent(type="text", text=text)]})
        return result

    async def list_resources(self) -> list[Resource]:
        try:
            return [
                Resource(
                    uri=f"kb://doc/{document.path}", name=document.path, title=document.title,
                    description=f"{document.kind}{f', {document.status}' if document.status else ''}",
                    mime_type="text/markdown",
                )
                for document in self._desk.files()
            ]  # fmt: skip
        except KbError:
            return []


def _add_resources(made: MCPServer[None], desk: Desk) -> None:
    @made.resource(
        "kb://doc/{+path}", name="document", title="문서 / Document", mime_type="text/markdown",
        description="A document of the index as it stands, by its path.",
    )  # fmt: skip
    def document(path: str) -> str:
        try:
            return desk.whole(path)
        except KbError as error:
            raise ResourceError(str(error)) from error


def _add_prompts(made: MCPServer[None]) -> None:
    @made.prompt(title="온보딩 / Onboarding")
    def onboarding(area: str = "") -> str:
        """Get to know an area of this repository from its decisions, incidents and rules, with citations."""
        about = f" on {area!r}" if area else ""
        return (
            f"Call onboarding_brief{about}, then get_document for the three decisions that matter most. Tell me in "
            "half a page what is in force, what must not be done and why, and which incidents taught it. Cite every "
            "statement as [citation], run verify_citations on your text, and correct what does not hold."
        )

    @made.prompt(title="장애 분류 / Incident triage")
    def incident_triage(error: str) -> str:
        """Triage an error: alike incidents first, then the decisions behind them, then the cheapest check."""
        return (
            "Call similar_incidents with the error below. For each that fits say what is the same and what differs, "
            "with its citation. Call explain_decision for decisions that it names. Then give the most likely cause, "
            "the cheapest check that would refute it, and what to do. If none fits, say so.\n\n"
            f"<error>\n{error}\n</error>"
        )


def _filled(value: Any) -> Any:
    """Plain JSON without nulls, empty texts, lists and tables."""
    if isinstance(value, dict):
        return {key: left for key, item in value.items() if (left := _filled(item)) not in (None, "", [], {})}
    return [_filled(item) for item in value] if isinstance(value, list) else value


def _add_completion(made: MCPServer[None], desk: Desk) -> None:
    @made.completion()  # type: ignore[no-untyped-call, untyped-decorator]  # the SDK leaves it untyped
    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion:
        """Paths of documents, for the argument of the resource; folders that hold some, for an area."""
        paths = [document.path for document in desk.files()]
        if isinstance(ref, PromptReference):
            paths = sorted({folder for path in paths if (folder := path.rpartition("/")[0])})
        found = [path for path in paths if argument.value.casefold() in path.casefold()]
        return Completion(values=found[:_MOST_COMPLETIONS], total=len(found), has_more=len(found) > _MOST_COMPLETIONS)


def _version() -> str:
    try:
        return version("eco2-agent-kb")
    except PackageNotFoundError:
        return "0"
