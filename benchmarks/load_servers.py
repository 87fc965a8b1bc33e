"""Targets whose latencies under load are known in advance: one that stands still for a while, and a queue with desks.

Each has a coroutine for a load in one process, and can be served by HTTP in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Protocol

from harness.load.asking import Reply, Request

_BEGUN_S = 30.0


class Server(Protocol):
    """A target in one process."""

    async def ask(self, request: Request) -> Reply: ...


@contextmanager
def serving(make: Callable[[], Server]) -> Iterator[str]:
    """Serve a target by HTTP in a process of its own, so that it and the generator do not wait for each other.

    Args:
        make: makes the target, in that process and on its loop; something that can be sent there.

    Yields:
        Its address.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_served, args=(make, there), daemon=True)
    process.start()
    if not here.poll(_BEGUN_S):
        raise TimeoutError("the server did not start")
    try:
        yield f"http://127.0.0.1:{here.recv()}/ask"
    finally:
        process.terminate()
        process.join()


def _served(make: Callable[[], Server], parent: Connection) -> None:
    asyncio.run(_serve(make, parent))


async def _serve(make: Callable[[], Server], parent: Connection) -> None:
    target = make()
    server = await asyncio.start_server(lambda reader, writer: _connection(target, reader, writer), "127.0.0.1", 0)
    parent.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _connection(target: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request after the other until the client hangs up."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            size = int(head.split("content-length:")[1].split("\r\n")[0])
            reply = await target.ask(json.loads(await reader.readexactly(size)))
            body = json.dumps(dict(reply.response)).encode()
            told = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(told.encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
