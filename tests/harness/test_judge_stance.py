"""A claim beside the sentence that it copies: what stands in whose place, what only one side says by its grammar."""

from __future__ import annotations

import pytest

from harness.judging.features import features
from harness.judging.look import look
from harness.judging.offline import offline_judge
from harness.judging.respacing import respaced
from harness.judging.stance import marks

BAG = "A melamine bowl looks like plastic; throw it away in a general-waste bag if it is broken."
CAN = "알루미늄캔은 내용물을 비우고 물로 헹군 뒤 금속캔 수거함에 넣으세요."


def counted(context: str, claim: str) -> dict[str, float]:
    return features(look(None, (context,), claim))


@pytest.mark.parametrize(
    ("context", "claim"),
    [
        (BAG, "A melamine bowl looks like plastic; throw it away in a violin bag if it is broken."),
        (CAN, "알루미늄캔은 내용물을 칠하고 물로 헹군 뒤 금속캔 수거함에 넣으세요."),
    ],
    ids=["en", "ko"],
)
def test_a_word_in_the_place_of_another_is_told_from_the_copy_around_it(context: str, claim: str) -> None:
    assert counted(context, claim)["put_in_place"] > 0.5 > counted(context, context)["put_in_place"]


def test_what_stands_in_no_place_came_in() -> None:
    grown = CAN.replace("넣으세요", "넣고 노래를 한 곡 불러 이웃을 놀라게 하세요")
    assert counted(CAN, grown)["put_in"] > counted(CAN, CAN)["put_in"] == 0.0


def test_a_denial_counts_where_it_stands_though_the_sentence_denies_something_else() -> None:
    context = "A razor is plastic with a blade and is not taken as plastics."
    claim = context.replace("is plastic with", "is not plastic with")
    assert counted(context, claim)["denial_in_place"] > 0.5 > counted(context, context)["denial_in_place"]


def test_a_limit_that_the_copy_leaves_out_is_counted() -> None:
    context = "강남구 목록에서 40인치 이상 TV의 대형폐기물 수수료는 8,000원이에요."
    assert counted(context, context.replace("40인치 이상 ", ""))["limit_left_out"] > 0.5


def test_a_paraphrase_is_no_copy() -> None:
    assert counted(CAN, "금속캔 수거함에는 씻어서 빈 알루미늄캔을 둡니다.")["near_copy"] < 0.4


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Never put it there.", 0), ("They need not be rinsed.", 1), ("You can sell it.", 2), ("It must be dry.", 3),
        ("Unless it is wet, keep it.", 4), ("넣지 마세요.", 0), ("헹구지 않아도 돼요.", 1), ("팔 수 있어요.", 2),
        ("말려야 해요.", 3), ("젖었으면 말려요.", 4),
    ],
)  # fmt: skip
def test_the_marks_of_a_stance(text: str, kind: int) -> None:
    assert marks(text)[kind] > 0


@pytest.mark.parametrize(
    ("claim", "apart"),
    [
        ("수거함에넣으세요", "수거함에 넣으세요"), ("금속캔수거함에 넣으세요", "금속캔 수거함에 넣으세요"),
        ("재활용폐기물", "재활용폐기물"), ("알루미늄캔은", "알루미늄캔은"), ("", ""),
    ],
)  # fmt: skip
def test_spaces_are_put_only_between_words_that_the_context_has(claim: str, apart: str) -> None:
    assert respaced(claim, look(None, (CAN,), "x").known) == apart


@pytest.mark.parametrize("claim", [CAN.replace(" ", ""), CAN.replace("금속캔 수거함", "금속캔수거함")])
def test_korean_says_the_same_whatever_its_spacing(claim: str) -> None:
    assert offline_judge().judge(None, (CAN,), claim).verdict == "supported"


def test_a_statement_that_hangs_on_a_condition_is_no_quotation_without_it() -> None:
    judged = offline_judge().judge(None, ("Put it in the bag if it fits in there.",), "Put it in the bag")
    assert judged.reason != "the context says so in these words"
