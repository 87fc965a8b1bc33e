"""The envelope that services of Korea's public data portal (apis.data.go.kr) share: key, result code, items, errors.

An error comes in three shapes: the service's own {"response": {"header": {"resultCode"}}}, the gateway's
OpenAPI_ServiceResponse as XML or as JSON, whatever was asked for and with HTTP 200 as well as 4xx, and plain words.

Source: the error table in the portal's guides (01 application, 02 database, 03 no data, 04 HTTP, 05 time-out, 10–12
wrong request, 20 access denied, 22 daily quota, 30 key not registered, 31 key expired, 32 caller's address, 99
unknown), as public descriptions of several of its services repeat it; shapes as public clients' tests record them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from eco2.adapters.http_source import Answer
from eco2.adapters.pinned_http import Secret
from eco2.policy import CallFailed

_FINE = frozenset({"0", "00"})
_NO_DATA = frozenset({"3", "03"})
_REASON = re.compile(r"<returnReasonCode>\s*(\d{1,3})\s*</returnReasonCode>")
_NAME = re.compile(r"<returnAuthMsg>\s*([A-Z_]{3,80})\s*</returnAuthMsg>")
_KEY_NAMES = re.compile(r"SERVICE_KEY_IS_NOT_REGISTERED|DEADLINE_HAS_EXPIRED|ACCESS_DENIED|UNREGISTERED_IP")
_QUOTA_NAMES = re.compile(r"LIMITED_NUMBER_OF_SERVICE_REQUESTS|REQUESTS_PER_SECOND")
_MEANINGS = {
    "20": "refused the key", "30": "refused the key", "31": "refused the key, it has expired",
    "32": "refused the key from this address", "22": "has no calls left for today", "12": "knows no such service",
}  # fmt: skip
_MAY_PASS = frozenset({"1", "01", "2", "02", "4", "04", "5", "05", "21", "99"})


def secret(key: str) -> Secret:
    """Return a portal key as sent. It is given out plain and percent-encoded; encoding it twice makes it unknown."""
    return Secret(params={"serviceKey": unquote(key) if "%" in key else key})


def items_of(answer: Answer) -> list[Mapping[str, Any]]:
    """Return the items of an answer; none for "no data".

    Raises:
        CallFailed: an error in any of its shapes, or something that is no such envelope.
    """
    if "<OpenAPI_ServiceResponse>" in answer.text:
        raise _gateway(answer, _first(_REASON, answer.text), _first(_NAME, answer.text))
    found = (answer if answer.text.lstrip().startswith("{") else answer.checked()).object()
    if isinstance(header := _at(found, "OpenAPI_ServiceResponse", "cmmMsgHeader"), Mapping):
        raise _gateway(answer, str(header.get("returnReasonCode", "")), str(header.get("returnAuthMsg", "")))
    code = str(_at(found, "response", "header", "resultCode") or "")
    if code in _NO_DATA:
        return []
    if code not in _FINE:
        raise _gateway(answer, code, "")
    return _items(answer.checked(), found)


def _items(answer: Answer, found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return {"items": {"item": […]}}, {"items": […]} or a single item; an empty list is sent as "" too."""
    items = _at(found, "response", "body", "items")
    if isinstance(items, Mapping) and "item" in items:
        items = items["item"]
    if isinstance(items, Mapping):
        items = [items]
    if items in ("", None) and _at(found, "response", "body", "totalCount") in (0, "0"):
        return []
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise answer.failure("sent an answer without its items", retry=True)
    return items


def _gateway(answer: Answer, code: str, name: str) -> CallFailed:
    known = _MEANINGS.get(code)
    if known is None and _KEY_NAMES.search(name):
        known = "refused the key"
    if known is None and _QUOTA_NAMES.search(name):
        known = "has no calls left"
    if known is not None:
        return answer.failure(f"{known} (code {code or name})", retry=False)
    if code.isdigit():
        return answer.failure(f"reports error {code}", retry=code in _MAY_PASS)
    return answer.checked().failure("sent something that is not its answer", retry=True)


def _at(found: object, *keys: str) -> Any:
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""
