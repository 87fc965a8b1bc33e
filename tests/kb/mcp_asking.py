"""Ask an MCP server of a workspace, in memory or as a process, as tests do."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mcp import Client, MCPError, StdioServerParameters

from kb.adapters.mcp_server import server
from kb.app import desk, knowledge, open_workspace

LIMIT_TOKENS = 25_000
PATIENCE_S = 120


def asked(root: Path, ask: Callable[[Client], Awaitable[Any]]) -> Any:
    """Ask a server in memory; what holds it for minutes is an error."""

    async def run() -> Any:
        workspace = open_workspace(root, {})
        async with Client(server(lambda: desk(workspace, lambda: knowledge(workspace, {}), {}))) as client:
            return await asyncio.wait_for(ask(client), PATIENCE_S)

    return asyncio.run(run())


def called(root: Path, tool: str, **arguments: object) -> dict[str, Any]:
    result = asked(root, lambda client: client.call_tool(tool, arguments))
    assert not result.is_error, result.content[0].text
    return dict(result.structured_content)


def refused(root: Path, tool: str, **arguments: object) -> str:
    result = asked(root, lambda client: client.call_tool(tool, arguments))
    assert result.is_error
    return str(result.content[0].text)


def is_refused(root: Path, uri: str) -> bool:
    async def ask(client: Client) -> bool:
        try:
            await client.read_resource(uri)
        except MCPError:
            return True
        return False

    return bool(asked(root, ask))


def pages(root: Path, tool: str, **arguments: object) -> list[dict[str, Any]]:
    """All pages of an answer, asked for one after the other."""
    found: list[dict[str, Any]] = []
    while not found or found[-1]["next_cursor"]:
        cursor = found[-1]["next_cursor"] if found else None
        found.append(called(root, tool, **arguments, cursor=cursor))
        assert len(found) < 1_000
    return found


def process(root: Path) -> StdioServerParameters:
    """A server of its own over stdio."""
    return StdioServerParameters(
        command=sys.executable, args=["-m", "kb", "mcp", "--workspace", str(root)], env=dict(os.environ)
    )


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def http_server(root: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "kb", "mcp", "--http", "--port", str(port), "--workspace", str(root)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
