"""A target behind an address: POST the request, read JSON or server-sent events. The only file that knows `httpx`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping

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
        if reply.headers.get("content-type", "").startswith("text/event-stream"):
            return response_of(self._in_time(reply.iter_lines(), spent_ms), spent_ms)
        reply.read()
        answer = reply.json()
        if not isinstance(answer, dict):
            raise TypeError(f"expected a JSON object, got {type(answer).__name__}")
        return answer

    def _in_time(self, lines: Iterable[str], spent_ms: Callable[[], float]) -> Iterator[str]:
        """Pass lines on while there is time; a stream that only keeps alive would go on for ever."""
        for line in lines:
            if spent_ms() > self._timeout_s * 1000:
                raise TimeoutError(f"the stream was not done within {self._timeout_s:g} s")
            yield line
