"""Answers are cut into claims that can be found again in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.claims import split_claims

CUT: tuple[tuple[str, list[str]], ...] = (
    ("뚜껑을 닫으세요. [rule:cap] 라벨은 떼세요. [rule:label]", ["뚜껑을 닫으세요.", "라벨은 떼세요."]),
    ("수수료는 1,200원이에요. 문의는 1599-0903이에요.", ["수수료는 1,200원이에요.", "문의는 1599-0903이에요."]),
    ("기온은 5.2도예요.", ["기온은 5.2도예요."]),
    ("안녕하세요! 페트병은 헹궈요.", ["페트병은 헹궈요."]),
    ("페트병은 헹궈요. 더 궁금한 점이 있으면 말씀해 주세요.", ["페트병은 헹궈요."]),
    ("- 병은 헹궈요.\n- 캔은 눌러요.", ["병은 헹궈요.", "캔은 눌러요."]),
    ("Rinse the can. Then crush it.", ["Rinse the can.", "Then crush it."]),
    ("Yeah, that is true. They also track speed.", ["They also track speed."]),
    ("I agree! It is a bag.", ["It is a bag."]),
    ("Oh wow, it is very cool!", []),
    ("어디에 사세요?", []),
    ("", []),
    ("🙂", []),
)


@pytest.mark.parametrize(("answer", "texts"), CUT, ids=[answer[:12] or "empty" for answer, _ in CUT])
def test_an_answer_is_cut_into_what_it_asserts(answer: str, texts: list[str]) -> None:
    assert [claim.text for claim in split_claims(answer)] == texts


@given(st.text(alphabet="가나다 .요?!\n[rule:x]0123abcé한", max_size=120))
def test_spans_lie_in_the_answer_in_order_and_do_not_overlap(answer: str) -> None:
    end = 0
    for claim in split_claims(answer):
        start, stop = claim.span
        assert end <= start < stop <= len(answer)
        assert answer[start:stop].strip() == answer[start:stop]
        end = stop
