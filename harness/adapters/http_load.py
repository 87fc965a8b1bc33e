"""A target behind an address under load: many requests at once on one loop, first tokens stamped as they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Self

import httpx

from harness.load.asking import AskFailed, Reply, Request, reply_of
from harness.sse import StreamFailed, response_of


class HttpLoad:
    """As many connections as turns are on their way: a queue in the generator would be read as the target's.

    Each has a client of its own. One pool for all looks at every idle connection for every request, which at fifty
    turns a second took the time of the turns themselves.
    """

    def __init__(self, address: str, timeout_s: float, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._address, self._timeout_s, self._transport = address, timeout_s, transport
        self._trust = httpx.create_ssl_context()
        self._idle: list[httpx.AsyncClient] = []
        self._opened: list[httpx.AsyncClient] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._opened:
            await client.aclose()

    async def ask(self, request: Request) -> Reply:
        """Raises: AskFailed, by the status or the class of what went wrong; TimeoutError."""
        clock = asyncio.get_running_loop().time
        began = clock()
        client = self._idle.pop() if self._idle else self._open()
        try:
            async with client.stream("POST", self._address, json=dict(request)) as reply:
                return await _read(reply, lambda: (clock() - began) * 1000)
        except httpx.TimeoutException as error:
            raise TimeoutError from error
        except httpx.HTTPStatusError as error:
            raise AskFailed(f"http {error.response.status_code}") from error
        except (httpx.HTTPError, StreamFailed) as error:
            raise AskFailed(type(error).__name__) from error
        finally:
            self._idle.append(client)

    def _open(self) -> httpx.AsyncClient:
        accept = {"Accept": "application/json, text/event-stream"}
        client = httpx.AsyncClient(
            timeout=self._timeout_s, headers=accept, verify=self._trust, transport=self._transport
        )  # fmt: skip
        self._opened.append(client)
        return client


async def _read(reply: httpx.Response, spent_ms: Callable[[], float]) -> Reply:
    reply.raise_for_status()
    if not reply.headers.get("content-type", "").startswith("text/event-stream"):
        await reply.aread()
        return reply_of(reply.json())
    return _streamed([(line, spent_ms()) async for line in reply.aiter_lines()])


def _streamed(lines: Sequence[tuple[str, float]]) -> Reply:
    """Fold a stream by the times at which its lines came; what the target says of its first token is not asked."""
    stamps: list[float] = []
    at = 0.0

    def told() -> Iterator[str]:
        nonlocal at
        for line, at in lines:  # noqa: B007 - the clock below reads it
            yield line

    def clock_ms() -> float:
        stamps.append(at)
        return at

    response = response_of(told(), clock_ms)
    return reply_of(response, stamps[0] / 1000 if stamps else None)
