"""The faults of `benchmarks.faults` as data: what a broken provider or source sends, and what it is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.eco2.public_apis import Reply as ApiReply
from tests.eco2.wire_server import Reply

TWO_QUESTIONS = "유리병 어떻게 버려? 고철 얼마야?"
PICTURE = "pictures/aluminium-can.png"
UNDERSTOOD = {
    "sub_queries": [
        {"text": "유리병 어떻게 버려?", "standalone": "유리병 어떻게 버려?", "intents": ["waste"], "follow_up": False},
        {"text": "고철 얼마야?", "standalone": "고철 얼마야?", "intents": ["recyclable_price"], "follow_up": False},
    ],
    "left_out": 0,
}
DRAFT = {
    "paragraphs": [
        [{"citations": ["rule:dispose-glass-bottle"], "text": "유리병은 깨지지 않게 유리병 수거함에 넣어 주세요."}],
        [{"citations": ["rule:price-scrap-iron"], "text": "고철의 전국 평균 시세는 1kg에 280원이에요."}],
    ]
}
_HEARD = Reply(json.dumps(UNDERSTOOD, ensure_ascii=False))
_TOLD = json.dumps(DRAFT, ensure_ascii=False)
_SILENT = ApiReply("", pause_s=90.0)


@dataclass(frozen=True)
class Fault:
    """A provider's fault: no replies and no stall is a closed port; the last reply is given again and again."""

    name: str
    replies: tuple[Reply, ...] = ()
    stall: ApiReply | None = None

    @property
    def waits(self) -> bool:
        return self.stall is not None


PROVIDER_FAULTS = (
    Fault("answers", (_HEARD, Reply(_TOLD))),
    Fault("refuses the connection"),
    Fault("says 500", (Reply(status=500),)),
    Fault("says 429, Retry-After 1, once", (Reply(status=429, headers={"Retry-After": "1"}), _HEARD, Reply(_TOLD))),
    Fault("says 429, Retry-After 1, always", (Reply(status=429, headers={"Retry-After": "1"}),)),
    Fault("says nothing", stall=_SILENT),
    Fault("truncates its JSON", (Reply(_TOLD[:40]),)),
    Fault("declines", (Reply(refusal=True),)),
    Fault("breaks off in mid-answer", (_HEARD, Reply(_TOLD, cut_after=16))),
)
SOURCE_QUESTIONS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("KMA (weather)", ("KMA",), "강남역 지금 날씨 어때?"),
    ("Kakao Local (places)", ("Kakao Local",), "강남역 근처 재활용센터 어디야?"),
    ("KECO (collection points)", ("KECO",), "강남역 근처 폐휴대폰 수거함 어디 있어?"),
    ("MOIS (bulky waste)", ("MOIS",), "마포구 대형폐기물 어디에 문의해?"),
    ("OpenAI (web search)", ("OpenAI",), "일회용컵 보증금 최신 정책 검색해 줘"),
    ("OpenAI and Gemini (web search)", ("OpenAI", "Gemini"), "일회용컵 보증금 최신 정책 검색해 줘"),
    ("OpenAI (drawing)", ("OpenAI",), "페트병을 든 수달 그림 그려 줘"),
    ("OpenAI and Gemini (drawing)", ("OpenAI", "Gemini"), "페트병을 든 수달 그림 그려 줘"),
)
SOURCE_FAULTS: Mapping[str, ApiReply] = {
    "is silent": _SILENT,
    "drips": ApiReply('{"response": ' + " " * 200 + "}", drip_s=0.3),
    "says 500": ApiReply("oops", 500),
    "says 401": ApiReply("", 401),
    "talks garbage": ApiReply("<html>"),
}
