"""What a short question leaves out is found in the conversation, also where the message asks something else too."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eco2.split import pieces
from eco2.turns import SubQuery

Questions = Callable[..., tuple[SubQuery, ...]]


@pytest.mark.parametrize(
    ("turns", "intents", "taken_over"),
    [
        (("페트병 어떻게 버려?", "그럼 뚜껑은? 그리고 강남역 날씨도 알려줘"), ["waste", "weather"], "페트병"),
        (("강남역 날씨 어때?", "내일은? 그리고 페트병 버리는 법도"), ["weather", "waste"], "강남역"),
        (("고철 시세 얼마야?", "그럼 강원도는? 아 그리고 페티 누구야?"), ["recyclable_price", "character"], "고철"),
        (("유리병 어떻게 버려?", "깨졌으면? 그리고 고철 시세는?"), ["waste", "recyclable_price"], "유리병"),
        (("How do I recycle a plastic bottle?", "and the cap? Also, what's the weather in Gangnam?"),
         ["waste", "weather"], "plastic bottle"),
        (("지금 강남역 날씨 어때?", "거기 눈 오는 건 아니지? 그리고 고철 시세는?"),
         ["weather", "recyclable_price"], "강남역"),
        (("페티 누구야?", "걔 그려줘. 그리고 고철 시세도 알려줘"), ["image_generation", "recyclable_price"], "페티"),
    ],
    ids=["a part", "a day", "a region", "a condition", "english", "what it is not", "a character"],
)  # fmt: skip
def test_a_short_question_before_another_takes_over_what_it_leaves_out(
    questions: Questions, turns: tuple[str, ...], intents: list[str], taken_over: str
) -> None:
    asked = questions(*turns)
    assert [query.intents for query in asked] == [(intent,) for intent in intents]
    assert taken_over in asked[0].standalone
    assert asked[0].follow_up


def test_a_linked_thing_asks_the_same_though_the_next_sentence_asks_something_else(questions: Questions) -> None:
    asked = questions("Which character stands for paper?", "And for plastic bottles? Also, how do I throw them away?")
    assert [query.intents for query in asked] == [("character",), ("waste",)]


@pytest.mark.parametrize(
    "message", ["http://10.0.0.1/a.b/?c=d;e 열어 줘", "www.example.com/x.y;z 보여줘", "192.168.0.1:80/x?y 열어 줘"]
)
def test_an_address_is_one_piece(message: str) -> None:
    assert [piece.of(message) for piece in pieces(message)] == [message]


def test_without_a_conversation_such_a_question_is_none(questions: Questions) -> None:
    assert [query.intents for query in questions("내일은? 그리고 페트병 버리는 법도")] == [("waste",)]


@pytest.mark.parametrize(
    ("message", "least"),
    [
        ("냉장고 신고 방법", 1),
        ("고철 시세 알려줘그리고 날씨 어때", 2),
        ("캔 버리는 법/고철 시세", 2),
        ("그리고, 캔은?", 1),
    ],
    ids=["a noun in -go", "no space before and", "a slash without spaces", "only a link"],
)
def test_a_message_is_cut_where_people_leave_spaces_out(message: str, least: int) -> None:
    assert len(pieces(message)) == least
