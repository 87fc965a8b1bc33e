"""One local server for each public API: it checks requests as the API documents them, and answers and errs as it does.

`fault` replaces every answer, `twist` changes it: sources that are slow, broken or talk garbage.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "k3y+that/must=not-leak"
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
XML_BAD_KEY = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
    "<returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg>"
    "<returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
)


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """An answer; `pause_s` before the first byte, `drip_s` between any two."""

    body: str | bytes | Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pause_s: float = 0.0
    drip_s: float = 0.0

    @property
    def raw(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)).encode()


Handle = Callable[[Asked], Reply]


class PublicApi:
    """A running server."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.fault: Reply | None = None
        self.twist: Callable[[Reply], Reply] | None = None
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        reply = self.fault or self.handle(asked)
        return self.twist(reply) if self.twist else reply

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(handle: Handle) -> Iterator[PublicApi]:
    api = PublicApi(handle)
    try:
        yield api
    finally:
        api.close()


def _handler(api: PublicApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two writes, and a delayed ACK would part them by 40 ms

        def log_message(self, format: str, *args: object) -> None:
            del format, args

        def do_GET(self) -> None:
            self._answer("GET", {})

        def do_POST(self) -> None:
            self._answer("POST", json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, method: str, body: Mapping[str, Any]) -> None:
            parts = urlsplit(self.path)
            headers = {key.lower(): value for key, value in self.headers.items()}
            reply = api.reply(Asked(method, parts.path, dict(parse_qsl(parts.query)), headers, body))
            time.sleep(reply.pause_s)
            try:
                self._send(reply)
            except OSError:  # the client has gone
                self.close_connection = True

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for key, value in {"Content-Length": str(len(reply.raw)), **reply.headers}.items():
                self.send_header(key, value)
            self.end_headers()
            for start in range(len(reply.raw)) if reply.drip_s else ():
                self.wfile.write(reply.raw[start : start + 1])
                self.wfile.flush()
                time.sleep(reply.drip_s)
            if not reply.drip_s:
                self.wfile.write(reply.raw)

    return Handler


def kma(asked: Asked) -> Reply:
    """KMA's short-term forecast service."""
    if asked.params.get("serviceKey") != KEY:
        return Reply(XML_BAD_KEY)
    try:
        base = datetime.strptime(asked.params["base_date"] + asked.params["base_time"], "%Y%m%d%H%M")
        cell = {"nx": int(asked.params["nx"]), "ny": int(asked.params["ny"])}
    except (KeyError, ValueError):
        return _portal(code="10")
    if asked.params.get("dataType") != "JSON" or base.minute:
        return _portal(code="10")
    if asked.path.endswith("/getUltraSrtNcst"):
        values = {"PTY": "3", "REH": "82", "RN1": "0", "T1H": "-3", "UUU": "0.4", "WSD": "1.1"}
        return _portal([{**cell, "category": key, "obsrValue": value} for key, value in values.items()])
    if not asked.path.endswith("/getVilageFcst") or base.hour % 3 != 2:
        return _portal(code="03")
    hours = [base + timedelta(hours=hour) for hour in range(1, 12)]
    values = {"TMP": "-2", "SKY": "4", "PTY": "3", "POP": "80", "REH": "80", "PCP": "강수없음"}
    rows = [
        {**cell, "fcstDate": f"{hour:%Y%m%d}", "fcstTime": f"{hour:%H%M}", "category": key, "fcstValue": value}
        for hour in hours
        for key, value in values.items()
    ]
    return _portal(rows[: int(asked.params.get("numOfRows", "10"))])


def mois(asked: Asked) -> Reply:
    """The ministry's household waste information."""
    if asked.params.get("serviceKey") != KEY:
        return Reply(XML_BAD_KEY, 403)
    rows = [
        _district("서울특별시", "중구", "예약 후 배출", "02-3396-5472"),
        _district("부산광역시", "중구", "해당없음", "051-600-4421"),
        _district("서울특별시", "마포구", "해당없음", "02-3153-9202"),
        _district("서울특별시", "마포구", "스티커를 붙여 문 앞에", "02-3153-9202"),
    ]
    wanted = asked.params.get("cond[SGG_NM::LIKE]", "")
    return _portal([row for row in rows if wanted in str(row["SGG_NM"])])


def _district(region: str, name: str, bulky: str, phone: str) -> dict[str, str]:
    return {
        "CTPV_NM": region, "SGG_NM": name, "MNG_ZONE_NM": "전체", "TMPRY_BULK_WASTE_EMSN_MTHD": bulky,
        "TMPRY_BULK_WASTE_EMSN_PLC": "문 앞", "TMPRY_BULK_WASTE_EMSN_BGNG_TM": "18:00",
        "TMPRY_BULK_WASTE_EMSN_END_TM": "24:00", "MNG_DEPT_NM": "청소행정과", "MNG_DEPT_TELNO": phone,
        "DAT_CRTR_YMD": "2025-11-03",
    }  # fmt: skip


def _portal(items: list[dict[str, Any]] | None = None, code: str = "00") -> Reply:
    body = {"items": {"item": items or []}, "pageNo": 1, "numOfRows": 100, "totalCount": len(items or [])}
    if code != "00":
        return Reply({"response": {"header": {"resultCode": code, "resultMsg": "ERROR"}}})
    return Reply({"response": {"header": {"resultCode": code, "resultMsg": "NORMAL_SERVICE"}, "body": body}})


def kakao(asked: Asked) -> Reply:
    """Kakao Local."""
    if asked.headers.get("authorization") != f"KakaoAK {KEY}":
        return Reply({"errorType": "AccessDeniedError", "message": "cannot find Authorization : KakaoAK header"}, 401)
    if asked.path.endswith("/address.json"):
        known = {
            "서울 마포구 새봄로 1": ("126.9041", "37.5578"),
            "서울 마포구 새봄로 2": ("126.9052", "37.5581"),
            "서울 강남구 새봄로 5": ("127.0281", "37.4981"),
        }
        point = known.get(asked.params["query"])
        return _documents([{"address_name": asked.params["query"], "x": point[0], "y": point[1]}] if point else [])
    if asked.path.endswith("/coord2regioncode.json"):
        return _documents([{"region_type": "B", "region_1depth_name": "서울특별시", "region_2depth_name": "마포구"}])
    if asked.path.endswith("/category.json") and asked.params.get("category_group_code") != "CE7":
        return Reply({"errorType": "MissingParameter", "message": "category_group_code parameter required"}, 400)
    if int(asked.params.get("radius", "0")) > 20_000 or int(asked.params.get("size", "15")) > 15:
        return Reply({"errorType": "InvalidArgument", "message": "out of range"}, 400)
    lat, lon = float(asked.params.get("y", "37.5578")), float(asked.params.get("x", "126.9041"))
    rows = [_place(number, lat, lon + east) for number, east in ((7, 0.0), (8, 0.0002), (9, 0.01))]
    return _documents([*rows, {"id": "10", "x": "?"}])


def _place(number: int, lat: float, lon: float) -> dict[str, str]:
    return {
        "id": str(number), "place_name": "새봄 재활용센터", "category_name": "사회,공공기관", "phone": "02-123-4567",
        "address_name": "서울 마포구 망원동 1", "road_address_name": "서울 마포구 새봄로 12", "x": str(lon),
        "y": str(lat),
        "place_url": f"http://place.map.kakao.com/{number}", "distance": "12",
    }  # fmt: skip


def _documents(rows: list[dict[str, str]]) -> Reply:
    return Reply({"meta": {"total_count": len(rows), "pageable_count": len(rows), "is_end": True}, "documents": rows})


def keco(asked: Asked) -> Reply:
    """The environment corporation's data set at odcloud."""
    if asked.headers.get("authorization") != f"Infuser {KEY}":
        return Reply({"code": -4, "msg": "등록되지 않은 인증키 입니다."}, 401)
    takes = ["폐휴대폰, 소형가전", "폐가전", "폐휴대폰", "폐휴대폰"]
    rows = [_bin(number, kinds) for number, kinds in enumerate(takes, start=1)] + [_bin(5, "폐휴대폰", "강남구")]
    page, size = int(asked.params["page"]), int(asked.params["perPage"])
    found = [row for row in rows if asked.params["cond[수거장소(주소)::LIKE]"] in str(row["수거장소(주소)"])]
    part = found[(page - 1) * size : page * size]
    return Reply(
        {
            "page": page,
            "perPage": size,
            "totalCount": 12_800,
            "matchCount": len(found),
            "currentCount": len(part),
            "data": part,
        }
    )


def _bin(number: int, takes: str, district: str = "마포구") -> dict[str, object]:
    return {
        "순번": number, "상호명": f"새봄마트 {number}호점", "수거종류": takes, "수거방법": "수거함 설치",
        "수거장소(주소)": f"서울 {district} 새봄로 {number}", "장소구분": "대형마트", "수거비용": "무료",
    }  # fmt: skip


def openai(asked: Asked) -> Reply:
    """OpenAI's Responses and image APIs."""
    if asked.headers.get("authorization") != f"Bearer {KEY}":
        return Reply({"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}, 401)
    if asked.path.endswith("/images/generations"):
        if "폭탄" in asked.body["prompt"]:
            return Reply({"error": {"message": "rejected", "code": "moderation_blocked"}}, 400)
        return Reply({"created": 1, "data": [{"b64_json": base64.b64encode(PNG).decode()}]})
    if [tool["type"] for tool in asked.body["tools"]] != ["web_search"]:
        return Reply({"error": {"message": "Unknown tool", "code": "invalid_value"}}, 400)
    first = "보증금은 컵 하나에 300원이다."
    mark = " ([환경부](https://me.example.org/cup))"
    text = f"{first}{mark}\n둘째 사실이다. 내부 주소다."
    notes = [
        _note("https://me.example.org/cup", "컵 보증금", len(first) + 1, len(first + mark)),
        _note("https://news.example.org/b", "둘째", text.index("둘째"), text.index("둘째") + 8),
        _note("http://169.254.169.254/latest", "안쪽", len(text) - 3, len(text)),
    ]
    message = {"type": "message", "content": [{"type": "output_text", "text": text, "annotations": notes}]}
    return Reply({"status": "completed", "output": [{"type": "web_search_call", "status": "completed"}, message]})


def _note(url: str, title: str, start: int, end: int) -> dict[str, object]:
    return {"type": "url_citation", "url": url, "title": title, "start_index": start, "end_index": end}


def gemini(asked: Asked) -> Reply:
    """Gemini's generateContent, grounded and with pictures."""
    if asked.headers.get("x-goog-api-key") != KEY:
        return Reply(
            {"error": {"code": 400, "status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]}}, 400
        )
    asked_for = asked.body["contents"][0]["parts"][0]["text"]
    if "폭탄" in asked_for:
        return Reply({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}})
    if "generationConfig" in asked.body:
        inline = {"mimeType": "image/png", "data": base64.b64encode(PNG).decode()}
        return Reply(
            {"candidates": [{"content": {"parts": [{"text": "자"}, {"inlineData": inline}]}, "finishReason": "STOP"}]}
        )
    if asked.body["tools"] != [{"google_search": {}}]:
        return Reply({"error": {"code": 400, "status": "INVALID_ARGUMENT"}}, 400)
    grounding = {
        "webSearchQueries": [asked_for],
        "groundingChunks": [{"web": {"uri": "https://go.example.org/r/1", "title": "me.go.kr"}}, {"web": {"uri": "x"}}],
        "groundingSupports": [
            {
                "segment": {"startIndex": 0, "endIndex": 9, "text": "보증금은 300원이다."},
                "groundingChunkIndices": [0, 1, 7],
            }
        ],
    }
    text = {"parts": [{"text": "보증금은 300원이다."}], "role": "model"}
    return Reply({"candidates": [{"content": text, "groundingMetadata": grounding, "finishReason": "STOP"}]})


HANDLERS: Mapping[str, Handle] = {
    "KMA": kma, "MOIS": mois, "Kakao Local": kakao, "KECO": keco, "OpenAI": openai, "Gemini": gemini,
}  # fmt: skip
