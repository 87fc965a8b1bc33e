"""Small typing errors are mended towards known words; right words and names are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.spelling import Speller, letters_of

SPELLER = Speller(
    ["페트병", "스티로폼", "소파", "건전지", "재활용센터", "battery", "styrofoam", "cardboard box"],
    ["글래시", "Glassy"],
)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("페트벙 어떻게 버려", "페트병 어떻게 버려"),
        ("스티로품은요", "스티로폼은요"),
        ("쇼파 버리는데", "소파 버리는데"),
        ("건전쥐버려", "건전지버려"),
        ("재활용쎈터 어디", "재활용센터 어디"),
        ("used batery bin", "used battery bin"),
    ],
)
def test_a_slip_of_the_finger_is_mended(text: str, mended: str) -> None:
    assert SPELLER.mend(text) == mended


@pytest.mark.parametrize(
    "text", ["모레 날씨", "boxes", "Glassy", "글래시", "페트병", "소나무", "charge", "건전한 생각"]
)
def test_right_words_are_left_alone(text: str) -> None:
    assert SPELLER.mend(text) == text


def test_confusable_letters_sound_alike() -> None:
    assert letters_of("쇼파") == letters_of("소파")
    assert letters_of("빠떼리") == letters_of("바데리")
    assert letters_of("소파") != letters_of("소바")


@given(st.text(max_size=60))
def test_mending_is_stable(text: str) -> None:
    assert SPELLER.mend(SPELLER.mend(text)) == SPELLER.mend(text)
