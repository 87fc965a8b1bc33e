"""Collection bins for used appliances and phones, batteries and lamps where the data has them, with their points.

The data names addresses, not points. An address is looked up once and then remembered; what could not be placed in the
time given is left out, so that a list near somewhere holds only bins whose distance is known.

Source: Korea Environment Corporation, places of bins for used electronics (data.go.kr 15106385), by odcloud.kr: GET
/api/15106385/v1/uddi:…, header "Authorization: Infuser KEY", parameters page, perPage (to 1,000), returnType and
cond[수거장소(주소)::LIKE]; an answer is {"page", "perPage", "totalCount", "currentCount", "matchCount",
"data"}, a row has 순번, 상호명, 수거종류, 수거방법, 수거장소(주소), 장소구분, 수거비용 (eco2-team/backend;
위도 and 경도, which some copies of the table add, are used). Errors carry {"code", "msg"}: -4 and -401 for
the key, -10 for the quota.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Any

from eco2.adapters.http_source import Answer, HttpSource, Params
from eco2.adapters.pinned_http import Secret
from eco2.outside import CollectionPoint, Found, Spot
from eco2.policy import Deadline, TimedOut

DATASET = "/uddi:4977d714-dca6-4bda-a10f-9bed30e2ce9c"
PATH = "live:keco"
_PER_PAGE, _MOST_PAGES, _MOST_LOOKED_UP = 1_000, 5, 40
_ADDRESS = "수거장소(주소)"
_KINDS: Mapping[str, re.Pattern[str]] = {
    "phone": re.compile(r"휴대폰|휴대전화|핸드폰"),
    "small_appliance": re.compile(r"가전|전자"),
    "battery": re.compile(r"건전지|전지|배터리"),
    "fluorescent_lamp": re.compile(r"형광등|조명"),
    "clothes": re.compile(r"의류|헌\s*옷"),
    "medicine": re.compile(r"의약품|폐\s*의약|약품"),
}
_ERRORS = {-4: "refused the key", -401: "refused the key", -10: "has no calls left"}

Locate = Callable[[str, float], tuple[float, float] | None]
"""Returns (latitude, longitude) of an address within some seconds, None when it is not known."""


class KecoPoints:
    """Asks the data set for a district; remembers where addresses lie. Safe from many threads."""

    def __init__(self, source: HttpSource, locate: Locate) -> None:
        self._source, self._locate = source, locate
        self._known: dict[str, tuple[float, float] | None] = {}
        self._lock = Lock()

    def points(self, kind: str | None, near: Spot, within: Deadline) -> list[Found[CollectionPoint]]:
        """Return the bins of a kind (all for None) in a spot's district that could be placed, in the data's order.

        Raises:
            TimedOut, CallFailed: the source, or the one that knows where addresses lie, gave no usable answer.
        """
        if not near.district or (kind is not None and kind not in _KINDS):
            return []
        numbered = enumerate(self._rows(near.district, within), start=1)
        return list(self._placed([(line, row) for line, row in numbered if _is_of(row, kind)], kind, within))

    def _rows(self, district: str, within: Deadline) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of all pages, up to a bound."""
        for page in range(1, _MOST_PAGES + 1):
            where = f"cond[{_ADDRESS}::LIKE]"
            params: Params = {"page": page, "perPage": _PER_PAGE, "returnType": "JSON", where: district}
            answer = self._source.get(DATASET, params, within.remaining_s)
            rows, matching = _data(answer)
            yield from rows
            if page * _PER_PAGE >= matching or not rows:
                return

    def _placed(
        self, rows: Sequence[tuple[int, Mapping[str, Any]]], kind: str | None, within: Deadline
    ) -> Iterator[Found[CollectionPoint]]:
        looked_up = placed = 0
        for line, row in rows:
            point = _stated(row)
            if point is None:
                address = str(row[_ADDRESS])
                if address not in self._known:
                    if looked_up >= _MOST_LOOKED_UP or within.expired:
                        continue
                    looked_up += 1
                try:
                    point = self._point(address, within)
                except TimedOut:
                    if not placed:
                        raise
                    return
            if point is not None:
                placed += 1
                yield Found(_fact(row, kind, point), PATH, line)

    def _point(self, address: str, within: Deadline) -> tuple[float, float] | None:
        with self._lock:
            if address in self._known:
                return self._known[address]
        point = self._locate(address, within.remaining_s)
        with self._lock:
            self._known[address] = point
        return point


def secret(key: str) -> Secret:
    return Secret(headers={"Authorization": f"Infuser {key}"})


def _data(answer: Answer) -> tuple[list[Mapping[str, Any]], int]:
    """Return the usable rows of a page and how many match in all.

    Raises:
        CallFailed: an error, or an answer without rows.
    """
    found = (answer if answer.text.lstrip().startswith("{") else answer.checked()).object()
    code = found.get("code")
    if isinstance(code, int) and code in _ERRORS:
        raise answer.failure(f"{_ERRORS[code]} (code {code})", retry=False)
    rows, matching = answer.checked() and found.get("data"), found.get("matchCount", found.get("totalCount"))
    if not isinstance(rows, list) or not isinstance(matching, int):
        raise answer.failure("sent an answer without data", retry=True)
    return [row for row in rows if isinstance(row, Mapping) and row.get(_ADDRESS) and row.get("상호명")], matching


def _is_of(row: Mapping[str, Any], kind: str | None) -> bool:
    return kind is None or bool(_KINDS[kind].search(str(row.get("수거종류") or "")))


def _stated(row: Mapping[str, Any]) -> tuple[float, float] | None:
    try:
        return float(row["위도"]), float(row["경도"])
    except (KeyError, TypeError, ValueError):
        return None


def _fact(row: Mapping[str, Any], kind: str | None, point: tuple[float, float]) -> CollectionPoint:
    takes = str(row.get("수거종류") or "")
    known = kind or next((name for name, words in _KINDS.items() if words.search(takes)), "small_appliance")
    name, told = str(row["상호명"]), [takes, str(row.get("수거방법") or ""), str(row.get("장소구분") or "")]
    detail = ", ".join(word for word in told if word) or None
    key = hashlib.sha256(f"{name}|{row[_ADDRESS]}".encode()).hexdigest()[:12]
    return CollectionPoint(f"keco-{key}", known, name, name, str(row[_ADDRESS]), *point, detail)
