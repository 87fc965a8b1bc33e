"""How districts have bulky waste put out. The service has no fees: those stay with the rules (`kb/rules/bulky.yaml`).

Source: Ministry of the Interior and Safety, household waste information (data.go.kr 15155080), operation info:
parameters serviceKey, pageNo, numOfRows, returnType and cond[SGG_NM::LIKE]; fields CTPV_NM, SGG_NM, MNG_ZONE_NM,
MNG_DEPT_NM, MNG_DEPT_TELNO, DAT_CRTR_YMD and, for bulky waste, TMPRY_BULK_WASTE_EMSN_MTHD, _PLC, _BGNG_TM, _END_TM, as
public clients read them; "해당없음" and "없음" stand for nothing. eco2-team/backend reads BULK_WST_EMSN_MTHD and
MNG_DEPT_TEL, which no other client has seen in an answer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from eco2.adapters.data_go_kr import items_of
from eco2.adapters.http_source import HttpSource, Params
from eco2.districts import DistrictWaste

PATH = "live:mois"
_MOST_ROWS = 100
_NOTHING = frozenset({"", "해당없음", "없음", "-", "null", "None"})
_BULKY = "TMPRY_BULK_WASTE_EMSN_"
_DAY = re.compile(r"^(\d{4})-?(\d{2})-?(\d{2})$")


class MoisBulky:
    """Asks the service for a district."""

    def __init__(self, source: HttpSource) -> None:
        self._source = source

    def district(self, name: str, seconds: float, region: str | None = None) -> DistrictWaste | None:
        """Return the first row of a district that speaks of bulky waste, else its first one; None when it has none.

        `region` tells districts of one name apart ("중구"): only rows whose province begins like it count.

        Raises:
            TimedOut, CallFailed: the service gave no usable answer.
        """
        params: Params = {"pageNo": 1, "numOfRows": _MOST_ROWS, "returnType": "json", "cond[SGG_NM::LIKE]": name}
        rows = [
            _row(item, line)
            for line, item in enumerate(items_of(self._source.get("/info", params, seconds)), start=1)
            if _text(item, "SGG_NM") == name and (_text(item, "CTPV_NM") or "").startswith((region or "")[:2])
        ]
        return next((row for row in rows if row.method), rows[0] if rows else None)


def _row(item: Mapping[str, Any], line: int) -> DistrictWaste:
    begin, end = _text(item, f"{_BULKY}BGNG_TM"), _text(item, f"{_BULKY}END_TM")
    key = "|".join(str(item.get(name)) for name in ("CTPV_NM", "SGG_NM", "MNG_ZONE_NM", "DAT_CRTR_YMD"))
    return DistrictWaste(
        f"mois-{hashlib.sha256(key.encode()).hexdigest()[:12]}",
        _text(item, "CTPV_NM") or "",
        _text(item, "SGG_NM") or "",
        PATH,
        line,
        _text(item, f"{_BULKY}MTHD"),
        _text(item, f"{_BULKY}PLC"),
        f"{begin}~{end}" if begin and end else None,
        _text(item, "MNG_DEPT_NM"),
        _text(item, "MNG_DEPT_TELNO"),
        _day(_text(item, "DAT_CRTR_YMD") or ""),
    )


def _text(item: Mapping[str, Any], key: str) -> str | None:
    """Return a field as one line; None where it stands for nothing."""
    value = " ".join(str(item.get(key) or "").split())
    return None if value in _NOTHING else value


def _day(stated: str) -> str | None:
    match = _DAY.match(stated)
    return "-".join(match.groups()) if match else None
