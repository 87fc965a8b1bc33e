"""The HTTP below the live language models: one JSON request, one JSON answer or a stream of server-sent events.

Its errors are those of `policy`; they never hold a key, an address with its query, or more than a line of what the
other side said. It does not try again: `fallback` does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from eco2.completions import Garbled, Refused
from eco2.policy import CallFailed, Deadline, TimedOut
from eco2.turns import ModelError

_CONNECT_S = 5.0
_MOST_BYTES = 4_000_000
_WORDS = 160
_REFUSED_KEY = (401, 403)
_OF_THE_REQUEST = (400, 413, 422)
"""Statuses for which this one request is to blame, not the provider."""
_PASSES = (408, 409, 425, 429)
"""Statuses below 500 after which asking again can help."""
_MODERATED = ("content_filter", "content_policy_violation", "invalid_prompt", "moderation_blocked")
_SPENT = ("insufficient_quota", "billing_hard_limit_reached")
"""Codes of a 429 that only money ends."""


@dataclass(frozen=True)
class Wire:
    """One provider's address. `headers` may hold its key.

    `stall_s` is how long a stream may bring no byte; a whole answer brings none until it is finished, so that only the
    deadline bounds it. A stream that falls silent just before its deadline ends up to `stall_s` after it.
    """

    provider: str
    base_url: str = field(repr=False)
    client: httpx.Client = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    stall_s: float = 20.0

    def post(self, path: str, body: Mapping[str, object], deadline: Deadline) -> Mapping[str, Any]:
        """Return the JSON object of the answer.

        Raises:
            TimedOut: no byte for `stall_s`, or the deadline passed.
            CallFailed: it cannot be reached, or answers with an error that may pass.
            ModelError: it refuses the request itself.
        """
        with self._asked(path, body, deadline, deadline.remaining_s) as response:
            return self._object(self._read(response, deadline))

    def events(
        self, path: str, body: Mapping[str, object], deadline: Deadline
    ) -> Generator[Mapping[str, Any], None, None]:
        """Yield the JSON object of each event as it arrives; ends at the end of the stream or at `[DONE]`.

        Raises:
            TimedOut, CallFailed, ModelError: as `post`.
        """
        with self._asked(path, body, deadline, min(self.stall_s, deadline.remaining_s)) as response:
            if "event-stream" not in response.headers.get("content-type", ""):
                yield self._object(self._read(response, deadline))
                return
            for data in _events(self._lines(response, deadline)):
                if data == "[DONE]":
                    return
                yield self._object(data)

    @contextmanager
    def _asked(
        self, path: str, body: Mapping[str, object], deadline: Deadline, wait_s: float
    ) -> Iterator[httpx.Response]:
        if not wait_s:
            raise TimedOut(self.provider, 0.0)
        started = time.monotonic()
        timeout = httpx.Timeout(wait_s, connect=min(_CONNECT_S, wait_s))
        url = self.base_url.rstrip("/") + path
        try:
            with self.client.stream("POST", url, json=body, headers=dict(self.headers), timeout=timeout) as response:
                if response.status_code != httpx.codes.OK:
                    raise self._refused(response, self._read(response, deadline))
                yield response
        except httpx.TimeoutException as error:
            raise TimedOut(self.provider, time.monotonic() - started) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise ModelError(
                f"{self.provider}: its base address cannot be used; give one as https://host/v1"
            ) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise CallFailed(f"{self.provider}: the connection broke ({type(error).__name__}); try again") from error

    def _read(self, response: httpx.Response, deadline: Deadline) -> str:
        return b"".join(self._pieces(response, deadline)).decode("utf-8", "replace")

    def _pieces(self, response: httpx.Response, deadline: Deadline) -> Iterator[bytes]:
        """Yield bytes within the deadline: a source that sends a byte now and then never stalls, and never ends."""
        size = 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > _MOST_BYTES:
                raise Garbled(f"{self.provider} answered with more than {_MOST_BYTES} bytes; use another model")
            if deadline.expired:
                raise TimedOut(self.provider, self.stall_s)
            yield piece

    def _lines(self, response: httpx.Response, deadline: Deadline) -> Iterator[str]:
        """Split at line ends alone: `splitlines` also cuts at U+2028, which JSON strings may hold."""
        rest = b""
        for piece in self._pieces(response, deadline):
            *lines, rest = (rest + piece).split(b"\n")
            yield from (line.decode("utf-8", "replace").removesuffix("\r") for line in lines)
        if rest:
            yield rest.decode("utf-8", "replace")

    def _object(self, text: str) -> Mapping[str, Any]:
        try:
            found = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as error:
            raise Garbled(f"{self.provider} answered with something that is no JSON; try again") from error
        if not isinstance(found, Mapping):
            raise Garbled(f"{self.provider} answered with a {type(found).__name__}, not an object; try again")
        return found

    def _refused(self, response: httpx.Response, text: str) -> Exception:
        status = response.status_code
        if status in _REFUSED_KEY:  # what they answer here may quote the key
            words = f"{self.provider} refuses the key (HTTP {status}); check the key and what it may use"
            return CallFailed(words, retry=False)
        if (code := _code(text)) in _MODERATED:
            return Refused(self.provider, code)
        said = error_words(text, tuple(self.headers.values()))
        if status in _PASSES or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            wait_s = retry_after_s(response.headers.get("retry-after"), text)
            words = f"{self.provider} answered HTTP {status}{said}; try again"
            return CallFailed(words, retry=code not in _SPENT, retry_after_s=wait_s)
        words = f"{self.provider} refuses the request with HTTP {status}{said}; check the model and its address"
        return ModelError(words) if status in _OF_THE_REQUEST else CallFailed(words, retry=False)


def _code(text: str) -> str:
    try:
        return str(json.loads(text)["error"]["code"])
    except (json.JSONDecodeError, KeyError, TypeError, RecursionError):
        return ""


def error_words(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return the message in an error body as ": …" in one short line, without secrets; "" where there is none."""
    try:
        error = json.loads(text).get("error", {})
    except (json.JSONDecodeError, AttributeError, RecursionError):
        return ""
    said = error.get("message") if isinstance(error, Mapping) else error
    if not isinstance(said, str) or not said.strip():
        return ""
    for secret in (part for whole in secrets for part in whole.split() if len(part) > len("Bearer")):
        said = said.replace(secret, "***")
    line = " ".join(said.split())
    return f": {line if len(line) <= _WORDS else line[: _WORDS - 1] + '…'}"


def retry_after_s(header: str | None, text: str = "") -> float | None:
    """Return the seconds that a provider asks to wait: Retry-After in seconds or as a date, or Google's RetryInfo."""
    if header:
        try:
            return max(0.0, float(header))
        except ValueError:
            return _until(header)
    try:
        details = json.loads(text)["error"]["details"]
        delays = [detail["retryDelay"] for detail in details if "retryDelay" in detail]
        return float(str(delays[0]).removesuffix("s")) if delays else None
    except (json.JSONDecodeError, KeyError, TypeError, ValueError, RecursionError):
        return None


def _until(date: str) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _events(lines: Iterator[str]) -> Iterator[str]:
    """Yield the data of each server-sent event; comments and other fields are not of interest."""
    data: list[str] = []
    for line in lines:
        if not line and data:
            yield "\n".join(data)
            data = []
        elif line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
    # An event without the empty line after it was cut off; the standard drops it.
