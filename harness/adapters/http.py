"""A target behind an address: POST the request, read JSON or server-sent events. The only file that knows `httpx`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

import httpx

from harness.sse import response_of


class HttpTarget:
    """One connection pool for a run. `timeout_s` bounds the whole answer, a stream included."""

    def __init__(self, address: str, timeout_s: float, transport: httpx.BaseTransport | None = None) -> None:
        self._address = address
        self._timeout_s = timeout_s
        accept = {"Accept": "application/json, text/event-stream"}
        self._client = httpx.Client(timeout=timeout_s, transport=transport, headers=accept)

    def ask(self, request: Mapping[str, object]) -> Mapping[str, object]:
        started = time.perf_counter()

        def spent_ms() -> float:
            return (time.perf_counter() - started) * 1000

        try:
            with self._client.stream("POST", self._address, json=dict(request)) as reply:
                return self._read(reply, spent_ms)
        except httpx.TimeoutException as error:
            raise TimeoutError(f"no answer within {self._timeout_s:g} s") from error
        except httpx.HTTPError as error:
            raise ConnectionError(f"{self._address}: {type(error).__name__}: {error}") from error

    def close(self) -> None:
        self._client.close()

    def _read(self, reply: httpx.Response, spent_ms: Callable[[], float]) -> Mapping[str, object]:
        reply.raise_for_status()
        reply.stream = _InTime(reply.stream, lambda: spent_ms() <= self._timeout_s * 1000, self._timeout_s)
        if reply.headers.get("content-type", "").startswith("text/event-stream"):
            return response_of(reply.iter_lines(), spent_ms)
        reply.read()
        answer = reply.json()
        if not isinstance(answer, dict):
            raise TypeError(f"expected a JSON object, got {type(answer).__name__}")
        return answer


class _InTime(httpx.SyncByteStream):
    """Passes bytes on while there is time: httpx bounds the wait for each alone, and drops can go on for ever."""

    def __init__(self, stream: object, has_time: Callable[[], bool], timeout_s: float) -> None:
        if not isinstance(stream, httpx.SyncByteStream):
            raise TypeError(f"an answer that was read with await came to a door without: {type(stream).__name__}")
        self._stream, self._has_time, self._timeout_s = stream, has_time, timeout_s

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            if not self._has_time():
                raise TimeoutError(f"the answer was not done within {self._timeout_s:g} s")
            yield part

    def close(self) -> None:
        self._stream.close()
