"""A server over time: an index that comes, changes and goes, a client that hangs up, a second server."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp")

from mcp import Client
from mcp.client.stdio import stdio_client
from mcp.types import TextContent

from kb.app import index, open_workspace
from tests.kb.conftest import write
from tests.kb.mcp_asking import PATIENCE_S, asked, http_server, process

START = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


@pytest.fixture
def indexed(root: Path, environ: dict[str, str]) -> Path:
    index(open_workspace(root, environ), environ)
    return root


async def said(client: Client, tool: str, **arguments: object) -> str:
    (part,) = (await client.call_tool(tool, arguments)).content
    assert isinstance(part, TextContent)
    return part.text


def test_an_index_that_comes_and_goes_and_a_workspace_that_goes_are_told(root: Path) -> None:
    async def ask(client: Client) -> list[str]:
        found = [await said(client, "search_knowledge", query="gateway")]
        index(open_workspace(root, {}), {})
        found.append(await said(client, "search_knowledge", query="gateway"))
        shutil.rmtree(root / ".kb")
        found.append(await said(client, "rules_for", paths=["adr/0003-streams.md"]))
        shutil.rmtree(root)
        found.append(await said(client, "search_knowledge", query="gateway"))
        found.append(await said(client, "verify_citations", text="docs/guide.md:1"))
        return found

    none, there, gone, *without = asked(root, ask)
    assert "run `kb index" in none
    assert "run `kb index" in gone
    assert "docs/guide.md" in there
    assert all("is not there any more" in one for one in without)


def test_calls_are_answered_from_one_generation_each_while_the_index_is_built_anew(indexed: Path) -> None:
    async def build() -> None:
        for n in range(4):
            write(indexed, {"docs/new.md": f"# New {n}\n\nThe gateway has {n} doors.\n"})
            await asyncio.to_thread(index, open_workspace(indexed, {}), {})

    async def ask(client: Client) -> list[Any]:
        building = asyncio.create_task(build())
        found = []
        while not building.done():
            found.append(await client.call_tool("search_knowledge", {"query": "gateway"}))
            found.append(await client.call_tool("explain_decision", {"name": "adr:0001"}))
        await building
        found.append(await client.call_tool("search_knowledge", {"query": "gateway doors"}))
        return found

    found = asked(indexed, ask)
    assert not any(result.is_error for result in found)
    assert "3 doors" in found[-1].content[0].text


def test_two_servers_answer_for_one_workspace(indexed: Path) -> None:
    async def run() -> list[str]:
        async with Client(stdio_client(process(indexed))) as one, Client(stdio_client(process(indexed))) as other:
            return list(
                await asyncio.gather(*(said(each, "search_knowledge", query="gateway") for each in (one, other)))
            )

    one, other = asyncio.run(run())
    assert one == other
    assert "docs/guide.md" in one


def begun(root: Path) -> subprocess.Popen[bytes]:
    """A server that has answered `initialize` and holds twenty calls."""
    parameters = process(root)
    server = subprocess.Popen(
        [parameters.command, *parameters.args],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=parameters.env,
    )  # fmt: skip
    assert server.stdin
    assert server.stdout
    server.stdin.write(message("initialize", START, 1))
    server.stdin.flush()
    assert b"serverInfo" in server.stdout.readline()
    calls = (message("tools/call", {"name": "onboarding_brief", "arguments": {}}, number) for number in range(2, 22))
    server.stdin.write(message("notifications/initialized", {}) + b"".join(calls))
    server.stdin.flush()
    return server


def message(method: str, params: dict[str, Any], number: int | None = None) -> bytes:
    told = {"jsonrpc": "2.0", "method": method, "params": params, **({} if number is None else {"id": number})}
    return json.dumps(told).encode() + b"\n"


@pytest.mark.parametrize("closed", ["input", "output", "both"])
def test_a_client_that_hangs_up_in_mid_call_ends_the_server_without_a_word(indexed: Path, closed: str) -> None:
    server = begun(indexed)
    assert server.stdin
    assert server.stdout
    assert server.stderr
    if closed in ("output", "both"):
        server.stdout.close()
    server.stdin.close()
    assert server.wait(PATIENCE_S) == 0
    assert server.stderr.read() == b""


def test_what_is_no_message_is_passed_over(indexed: Path) -> None:
    parameters = process(indexed)
    lines = b"not json\n\xff\xfe\n[1, 2]\n" + b"[" * 50_000 + b"\n" + message("initialize", START, 1)
    done = subprocess.run(
        [parameters.command, *parameters.args], input=lines, capture_output=True, timeout=PATIENCE_S, env=parameters.env
    )
    assert b"serverInfo" in done.stdout
    assert done.returncode == 0


def test_an_http_client_that_aborts_in_mid_call_harms_nobody(indexed: Path) -> None:
    body = message("tools/call", {"name": "onboarding_brief", "arguments": {}}, 1)
    head = (
        "POST /mcp HTTP/1.1\r\nHost: {host}\r\nAccept: application/json, text/event-stream\r\n"
        "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
    with http_server(indexed) as address:
        host = address.removeprefix("http://").split("/")[0]
        for sent in (len(body), len(body) // 2):
            for _ in range(5):
                with socket.create_connection((host.split(":")[0], int(host.split(":")[1]))) as raw:
                    raw.sendall(head.format(host=host, length=len(body)).encode() + body[:sent])

        async def one() -> str:
            async with Client(address) as client:
                return await said(client, "search_knowledge", query="gateway")

        assert "docs/guide.md" in asyncio.run(one())


def test_a_port_that_is_taken_is_one_line_that_says_what_to_do(indexed: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "kb", "mcp", "--http", "--port", port, "--workspace", str(indexed)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert f"port {port} cannot be bound" in done.stderr
    assert "--port" in done.stderr
