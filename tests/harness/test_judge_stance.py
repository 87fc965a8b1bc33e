"""A claim beside the sentence that it copies: what stands in whose place, what only one side says by its grammar."""

from __future__ import annotations

import pytest

from harness.judging.facts import joins
from harness.judging.features import features
from harness.judging.look import look
from harness.judging.number_forms import quantities
from harness.judging.offline import head_of, offline_judge
from harness.judging.respacing import respaced
from harness.judging.stance import marks
from harness.judging.words import words

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


@pytest.mark.parametrize(
    ("context", "claim"),
    [
        ("Glass goes into the blue bin and cardboard goes into the green bin on collection days.",
         "Cardboard goes into the blue bin and glass goes into the green bin on collection days."),
        ("여러 물건이 섞여 있으니 품목별로 나눠서 내놓으세요.", "여러 물건이 섞여 있으니 품목별로 섞어서 내놓으세요."),
    ],
    ids=["en", "ko"],
)  # fmt: skip
def test_a_word_of_the_sentence_in_the_place_of_another_has_moved(context: str, claim: str) -> None:
    assert counted(context, claim)["moved"] > 0.4 > counted(context, context)["moved"]


@pytest.mark.parametrize(
    ("context", "claim"),
    [
        ("Pyrex glass is not taken as glass bottles.", "We do not take Pyrex glass as glass bottles."),
        ("건전지는 종이류와 섞어 버리면 안 되고, 전용 수거함에 넣어요.", "건전지는 종이류와 섞어 버리지 마세요."),
        ("의자는 접어서 버리고, 침대는 혼자 옮기지 마세요.", "의자는 접어서 버려요."),
    ],
    ids=["voice", "another denial", "left out"],
)  # fmt: skip
def test_a_denial_that_moved_or_was_left_out_with_what_it_denies_is_no_other(context: str, claim: str) -> None:
    assert counted(context, claim)["denial_in_place"] == 0.0


def test_an_empty_question_is_none() -> None:
    claims = ("The ferry takes dogs on the upper deck.", "You may bring your pet.")
    context = ("The ferry takes dogs on the lower deck.",)
    judge = offline_judge()
    assert [judge.judge(" ", context, claim) for claim in claims] == [
        judge.judge(None, context, claim) for claim in claims
    ]


def test_each_side_may_deny_another_word_of_the_same() -> None:
    assert counted("보증금 인상은 5%를 넘지 못한다.", "보증금은 5퍼센트 넘게 올릴 수 없습니다.")["denied_verb"] == 0.0
    assert counted("뚜껑을 닫지 마세요.", "뚜껑을 닫으세요.")["denied_verb"] == 1.0


def test_what_only_leads_in_is_passed_over_and_a_condition_is_not() -> None:
    assert look(None, (CAN,), f"정리하자면, {CAN}").claim_text == CAN
    dried = "종이팩을 말리면, 재활용할 수 있어요."
    assert look(None, (CAN,), dried).claim_text == dried


def test_a_limit_dropped_from_a_list_of_prices_is_counted() -> None:
    context = "냉장고는 200리터 미만 8,000원, 200리터 이상 12,000원입니다."
    assert counted(context, "냉장고를 버리려면 12,000원이 들어요.")["limit_dropped"] > 0.0
    assert counted(context, "200리터 이상 냉장고를 버리려면 12,000원이 들어요.")["limit_dropped"] == 0.0


def test_the_opposite_may_stand_in_another_part_of_the_sentence() -> None:
    context = "종이팩은 내용물을 비우고 헹군 뒤, 잘 말려서 전용 수거함에 넣어요."
    assert counted(context, "종이팩은 헹궈서 적신 뒤 전용 수거함에 넣어요.")["opposite"] > 0
    assert counted(context, "종이팩은 헹궈서 말린 뒤 전용 수거함에 넣어요.")["opposite"] == 0


@pytest.mark.parametrize(
    ("context", "claim", "head"),
    [
        ("The ferry takes dogs on the lower deck.", "The ferry takes dogs on the upper deck.", "copy_english"),
        ("The ferry takes dogs on the lower deck.", "You may bring your pet.", "domain"),
        ("회원권은 개시한 뒤에도 환불할 수 있다. 이용한 기간과 위약금을 뺀 금액을 돌려주고, 양도는 한 번만 가능하며"
         " 수수료는 없다.", "회원권은 개시한 뒤에는 환불할 수 없다.", "copy"),
        ("남자가 공원에서 자전거를 탄다.", "남자가 밖에 있다.", "korean"),
    ],
    ids=["English copy", "English", "Korean copy", "pair of sentences"],
)  # fmt: skip
def test_a_statement_of_any_domain_is_judged_as_one(context: str, claim: str, head: str) -> None:
    assert head_of(look(None, (context,), claim)) == head


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("사흘 전까지 신고해요.", "3일 전까지 신고해요."), ("It costs £25.", "It costs 25 pounds."),
        ("Pay €4.", "Pay 4 euros."), ("휴지 한 롤로 바꿔요.", "휴지 1롤로 바꿔요."),
    ],
)  # fmt: skip
def test_an_amount_is_the_same_in_words_and_signs(one: str, other: str) -> None:
    (first,), (second,) = quantities(one), quantities(other)
    assert joins(first, second) == 1.0


def test_for_each_kilogram_is_for_one() -> None:
    (claimed,), (known,) = quantities("1kg을 가져가면"), quantities("1kg당")
    assert joins(claimed, known) == 1.0


def test_about_is_no_medicine() -> None:
    assert "medicine" in words("약은 약국에 버려요.")[0].keys
    assert words("역에서 약 2 km 떨어져 있어요.")[1].sort == "light"


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
