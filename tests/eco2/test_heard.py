"""What people say in their own way: other names of things, endings of speech, statements that ask nothing, and
neighbouring subjects that the rules do not know. Written by the causes of misunderstandings, one case a cause.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eco2.tables import table
from kb.app import open_workspace, rulebook

Ask = Callable[..., dict[str, Any]]
ROOT = Path(__file__).resolve().parents[2]


def test_every_other_name_stands_at_a_rule_and_at_one_only() -> None:
    rules = rulebook(open_workspace(ROOT)).rules
    names = table("names")
    assert not [id_ for id_ in names if id_ not in rules]
    listed = [(name.replace(" ", "").lower(), id_) for id_, names_of in names.items() for name in names_of]
    others = {name: id_ for name, id_ in listed}
    assert [(name, id_) for name, id_ in listed if others[name] != id_] == []


@pytest.mark.parametrize(
    ("turns", "says"),
    [
        (["머그컵깨짐 어따버려ㅠ"], "불연성"),
        (["컵 깨진 건 어디에 넣어요?"], "불연성"),
        (["수박껍질 음식물이여 일반이여"], "음식물"),
        (["옷은 어떻게 내놓고 성수동엔 수거함이 어딨나요"], "성수나루"),
        (["과자봉지 은박 코팅된거 비닐인가여?"], "비닐류"),
        (["항아리 금가서 버리려는데예 우짜면 됩니꺼"], "불연성"),
        (["코팅된 전단지 버리는 곳이 종이 맞아?"], "일반종량제"),
        (["리모컨 버릴때 건전지 빼야함?"], "전지 전용수거함"),
        (["아이스박스 버려도 돼?", "의류수거함에?"], "의류수거함에 넣을 수 없"),
        (["이불 의류수거함 금지인가요"], "의류수거함에 넣을 수 없"),
        (["뚜껑은 따로 버려?"], "뚜껑을 다시 닫아"),
        (["깨진 전구 신문지에 싸면 되나"], "불연성"),
        (["노트북 배터리 부풀었어요"], "전지 전용수거함"),
        (["생분해 플라스틱 컵은 플라스틱에 넣지 말라는 말이 있던데 정말인가요?"], "생분해"),
        (["소파 쿠션 어디다 버려요?"], "일반종량제"),
        (["광택제도 재활용 되나요"], "생활계유해폐기물"),
        (["수원 약국 중에 폐의약품 받는 데"], "마루약국"),
        (["마포구서 소형가전 수거함 어디고"], "마포한빛"),
        (["페트병 시세 수도권이랑 경남 차이"], "400원.*350원"),
        (["What is the fee for a two-seater sofa in Gangnam-gu?"], r"10,000 won"),
        (["What's scrap iron going for in the Seoul area?"], r"310 won"),
        (["Old duvet - clothing bin?"], "clothing bin"),
        (["심심해 놀아줘"], "이코"),
    ],
)
def test_people_are_understood_in_their_own_words(real: Ask, turns: list[str], says: str) -> None:
    answer = real(*turns)["answer"]
    assert re.search(says, answer, re.DOTALL), answer


@pytest.mark.parametrize(
    "message",
    [
        "와인병 코르크는 어떻게 버려요?",
        "선풍기 날개만 버리려면",
        "걸레 버리는 법",
        "줄넘기 어디에 버려?",
        "젖병 어떻게 버려?",
        "숯 어떻게 버려?",
        "USB 꽂는 메모리 카드 지갑 뜻이 뭐야",
        "강남구에서 러닝머신 버리는 값",
        "성동구 침대 더블 스티커 값",
        "판교에 의류수거함 있어?",
        "역삼동 타이어 버리는 곳",
        "구리 전선 1키로 시세 얼마야?",
        "금 1돈 시세",
        "스티로폼은 몇 년 지나야 썩어?",
        "페트병은 재활용되면 뭐가 돼?",
        "세탁기 청소 방법",
        "Do whale shells count as food waste?",
        "What does copper wire sell for?",
        "Who invented plastic?",
        "what time is it",
    ],
)
def test_what_the_rules_do_not_know_is_said_to_be_unknown(real: Ask, message: str) -> None:
    answer = real(message)["answer"]
    assert re.search(r"없어|어려워|어렵|알 수 없|cannot|not in the|do not know|No character", answer), answer


@pytest.mark.parametrize(
    "message", ["우산 또 놓고 왔어", "눈물이 말라버렸나 봅니다", "감미로운 목소리 좋아", "새 운동화 사야지"]
)
def test_a_statement_that_asks_nothing_of_waste_is_none(real: Ask, message: str) -> None:
    assert real(message)["intents"] == ["general"]
