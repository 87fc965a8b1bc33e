"""The longest alias wins, spaces do not matter, and nothing is found inside an unrelated longer word."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.lexicon import Lexicon, squeeze, without

LEXICON = Lexicon(
    [
        ("pet", ["페트병", "PET병", "plastic bottle"]),
        ("can", ["캔", "can"]),
        ("book", ["책"]),
        ("paper", ["종이"]),
        ("cup", ["종이컵", "paper cup"]),
        ("chair", ["의자"]),
        ("fridge", ["냉장고"]),
        ("pouch", ["비닐봉지"]),
        ("ward", ["Nowon"]),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("페트병이랑캔 어떻게 버려?", ["pet", "can"]),
        ("페 트 병", ["pet"]),
        ("pet병어떻게버려", ["pet"]),
        ("종이 컵은", ["cup"]),
        ("종이, 컵", ["paper"]),
        ("김치냉장고 버리는 법", ["fridge"]),
        ("빈페트병", ["pet"]),
        ("two plastic bottles and paper cups", ["pet", "cup"]),
        ("떡볶이국물밴비닐봉지물로헹궈도안지워지는데", ["pouch"]),
    ],
)
def test_words_are_found_as_people_write_them(text: str, found: list[str]) -> None:
    assert [mention.keys[0] for mention in LEXICON.find(text)] == found


@pytest.mark.parametrize(
    "text", ["정책 알려줘", "산책", "캔버스화", "환경주의자", "candle", "책임", "from now on", "종이접기 책상"]
)
def test_no_word_is_found_inside_another(text: str) -> None:
    assert [mention.keys[0] for mention in LEXICON.find(text) if mention.keys[0] != "paper"] == []


def test_the_english_verb_is_no_can() -> None:
    assert [mention.start for mention in LEXICON.find("can I recycle a can")] == [16]


@given(st.text(max_size=60))
def test_mentions_lie_in_the_text_in_order_and_apart(text: str) -> None:
    mentions = LEXICON.find(text)
    assert all(0 <= mention.start < mention.end <= len(text) for mention in mentions)
    assert all(one.end <= other.start for one, other in pairwise(mentions))


@given(st.text(max_size=60))
def test_blanking_mentions_keeps_every_place(text: str) -> None:
    assert len(without(text, LEXICON.find(text))) == len(text)


@given(st.text(max_size=30))
def test_an_alias_alone_is_always_found(filler: str) -> None:
    assert LEXICON.keys_of("종이 컵") == ("cup",)
    assert squeeze(filler) == squeeze(squeeze(filler))
