"""One public API as the adapters of this room see it: its base address, its key, and an answer or a policy error.

Messages name the source and the status, never the address, the answer's text or the key: any of them may hold the key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from eco2.adapters.pinned_http import Secret
from eco2.policy import CallFailed, TimedOut

Params = Mapping[str, str | int | float]
_HALF_LETTER = re.compile(r"\\u[dD][89a-fA-F]")
_MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Answer:
    """What a source sent back."""

    source: str
    status: int
    text: str
    headers: Mapping[str, str]

    def checked(self) -> Answer:
        """Return itself if it is a success.

        Raises:
            CallFailed: the status is another than 2xx.
        """
        if 200 <= self.status < 300:
            return self
        raise self.failure()

    def failure(self, what: str | None = None, *, retry: bool | None = None) -> CallFailed:
        """Return the error of this answer; whether it may pass is read off the status unless it is given."""
        passes = self.status in _MAY_PASS if retry is None else retry
        return CallFailed(
            f"{self.source} {what or _meaning(self.status)}", retry=passes, retry_after_s=_retry_after_s(self.headers)
        )

    def object(self) -> Mapping[str, Any]:
        """Return the JSON object that it is.

        Raises:
            CallFailed: it is something else.
        """
        try:
            found = json.loads(self.text)
        except (json.JSONDecodeError, RecursionError):
            raise self.failure("sent something that is not JSON", retry=True) from None
        if not isinstance(found, Mapping):
            raise self.failure(f"sent a {type(found).__name__} where an object was expected", retry=True)
        return _writable(found) if _HALF_LETTER.search(self.text) else found


class HttpSource:
    """Asks one API. Each method takes at most the `seconds` given."""

    def __init__(self, name: str, base_url: str, secret: Secret, client: httpx.Client) -> None:
        self.name, self._base_url = name, base_url.rstrip("/")
        self._secret, self._client = secret, client

    def __repr__(self) -> str:
        return f"HttpSource({self.name!r})"

    def get(self, path: str, params: Params, seconds: float) -> Answer:
        """Ask with parameters; any status comes back as an answer.

        Raises:
            TimedOut, CallFailed: no answer came.
        """
        return self._sent("GET", path, seconds, params=dict(params))

    def post(self, path: str, body: Mapping[str, Any], seconds: float) -> Answer:
        """Ask with a JSON body; as `get`."""
        return self._sent("POST", path, seconds, json=dict(body))

    def _sent(self, method: str, path: str, seconds: float, **content: Any) -> Answer:
        extensions = {"deadline_s": seconds, "secret": self._secret}
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        try:
            answer = self._client.request(
                method, self._base_url + path, headers=headers, extensions=extensions, timeout=seconds, **content
            )
        except httpx.TimeoutException:
            raise TimedOut(self.name, seconds) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CallFailed(f"{self.name} could not be reached ({type(error).__name__})") from None
        return Answer(self.name, answer.status_code, answer.content.decode("utf-8", errors="replace"), answer.headers)


def rows(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; none for anything else."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _writable(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an object with "?" for halves of letters: JSON may escape what no file and no screen can take."""
    written: Mapping[str, Any] = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    return written


def _meaning(status: int) -> str:
    words = {
        401: "refused the key",
        403: "refused the key",
        404: "knows no such address",
        429: "is asked too often",
    }
    if 300 <= status < 400:
        return f"wants to be asked elsewhere (HTTP {status}); redirects are not followed"
    return f"{words.get(status, 'broke' if status >= 500 else 'refused the request')} (HTTP {status})"


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of Retry-After; a date counts from the answer's own Date, our clock may differ."""
    stated = headers.get("retry-after", "")
    if stated.isascii() and stated.isdigit():
        return float(stated)
    try:
        wait = parsedate_to_datetime(stated) - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, wait.total_seconds())
