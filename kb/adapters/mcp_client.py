"""Call the tools of an MCP server as a coding agent does: one process over stdio, one session, from any thread."""

from __future__ import annotations

import atexit
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from anyio.from_thread import start_blocking_portal
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, TextContent

from kb.documents import KbError


class ToolRefused(KbError):
    """A tool answered with an error; the message is the one that a model reads."""


@dataclass(frozen=True)
class Result:
    """What a tool gave: the text that a model reads, the same as data, and the time of the round trip."""

    tool: str
    text: str
    data: Mapping[str, Any]
    elapsed_ms: float


class McpClient:
    """A session with a server that it starts; calls run one beside the other on the loop of its own thread.

    Args:
        command: starts the server on standard input and output.
        environ: the server's environment; without PATH and the like it gets the SDK's few.

    Raises:
        KbError: the server does not start, or does not speak the protocol.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        started = time.perf_counter()
        self._open = ExitStack()
        self._portal = self._open.enter_context(start_blocking_portal())
        parameters = StdioServerParameters(command=command[0], args=list(command[1:]), env=dict(environ))
        client = Client(stdio_client(parameters), cache=None)
        try:
            self._client = self._open.enter_context(self._portal.wrap_async_context_manager(client))
        except (MCPError, OSError) as error:
            self._open.close()
            raise KbError(f"`{' '.join(command)}` does not answer ({error}); run it by hand to see why") from error
        self.start_ms = (time.perf_counter() - started) * 1000
        atexit.register(self.close)

    def call(self, tool: str, arguments: Mapping[str, object]) -> Result:
        """Call a tool.

        Raises:
            ToolRefused: the tool answered with an error.
        """
        started = time.perf_counter()
        result: CallToolResult = self._portal.call(self._client.call_tool, tool, dict(arguments))
        elapsed_ms = (time.perf_counter() - started) * 1000
        text = "\n".join(part.text for part in result.content if isinstance(part, TextContent))
        if result.is_error:
            raise ToolRefused(text)
        return Result(tool, text, result.structured_content or json.loads(text), elapsed_ms)

    def descriptions(self) -> dict[str, str]:
        """The tools by name, each with what a model is told of it."""
        listed = self._portal.call(self._client.list_tools)
        return {tool.name: tool.description or "" for tool in listed.tools}

    def close(self) -> None:
        """End the session and the server."""
        atexit.unregister(self.close)
        self._open.close()
