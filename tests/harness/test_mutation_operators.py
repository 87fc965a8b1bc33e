"""What each operator makes of a claim: grammatical, really false or really the same, else nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.mutation.hangul import particle, swapped
from harness.mutation.mutants import Pool, Start
from harness.mutation.scoring.numerals_korean import korean_number
from harness.mutation.scoring.table import OPERATORS
from harness.mutation.verbs import MOODS, REGISTERS, predicate, verbs

BY_NAME = {(operator.family, operator.name): operator for operator in OPERATORS}
NAMES = {"character ko": ("플리", "비니", "글래시", "배리"), "district ko": ("강남구", "서대문구", "마포구", "성동구")}


def made(family: str, operator: str, text: str, *context: str) -> list[str]:
    start = Start("s", text, context or (text,), "rule")
    return [mutant.text for mutant in BY_NAME[(family, operator)].mutants(start, Pool((start,), NAMES))]  # type: ignore[index]


MUTATIONS = [
    ("negation", "일반종량제봉투에 버려 주세요.", "일반종량제봉투에 버리지 마세요."),
    ("negation", "물약은 우체통에 넣지 마세요.", "물약은 우체통에 넣으세요."),
    ("negation", "거울은 유리병으로 받지 않아요.", "거울은 유리병으로 받아요."),
    ("negation", "뚜껑을 닫아야 합니다.", "뚜껑을 닫으면 안 됩니다."),
    ("negation", "수수료는 3,000원이에요.", "수수료는 3,000원이 아니에요."),
    ("negation", "고추대는 음식물류폐기물이 아니에요.", "고추대는 음식물류폐기물이에요."),
    ("negation", "페트 컵은 무색페트병이 아니라 플라스틱류예요.", "페트 컵은 플라스틱류가 아니라 무색페트병이에요."),
    ("negation", "서울 성동구 온빛로 101에 있어요.", "서울 성동구 온빛로 101에 없어요."),
    ("negation", "Do not put a mirror out with glass.", "Put a mirror out with glass."),
    ("negation", "A lamp goes in the bin.", "A lamp does not go in the bin."),
    ("modality", "일반종량제봉투에 버려야 해요.", "일반종량제봉투에 버리지 않아도 돼요."),
    ("modality", "카드로 결제할 수 있습니다.", "카드로 결제할 수 없습니다."),
    ("modality", "쿠션을 넣지 마세요.", "쿠션을 넣어도 돼요."),
    ("modality", "It cannot be reused.", "It can be reused."),
    ("action", "라벨을 떼고 내놓으세요.", "라벨을 붙이고 내놓으세요."),
    ("action", "뚜껑을 닫아 내놓으세요.", "뚜껑을 열어 내놓으세요."),
    ("action", "Crush the bottle.", "Inflate the bottle."),
    ("name", "비니는 비닐류를 맡은 캐릭터예요.", "플리는 비닐류를 맡은 캐릭터예요."),
    ("name", "강남구는 스티커를 붙여요.", "성동구는 스티커를 붙여요."),
    ("unit", "역에서 0.3 km 떨어져 있어요.", "역에서 0.3 m 떨어져 있어요."),
    ("unit", "수수료는 3,000원이에요.", "수수료는 3,000달러예요."),
    ("date", "운영 시간은 월~토 10:00~19:00이에요.", "운영 시간은 화~일 10:00~19:00이에요."),
    ("date", "오전 9시에 기록했어요.", "오후 9시에 기록했어요."),
    ("condition", "수거함이 없으면 종량제봉투에 버리세요.", "수거함이 있으면 종량제봉투에 버리세요."),
    ("condition", "200L 미만 냉장고는 8,000원이에요.", "냉장고는 8,000원이에요."),
    ("condition", "If it is a carton, put it out with cartons.", "If it is not a carton, put it out with cartons."),
]


@pytest.mark.parametrize(("operator", "text", "mutant"), MUTATIONS, ids=[f"{row[0]} {row[2]}" for row in MUTATIONS])
def test_an_operator_makes_a_claim_false(operator: str, text: str, mutant: str) -> None:
    assert mutant in made("mutation", operator, text)


REWRITES = [
    ("register", "일반종량제봉투에 버려야 해요.", "일반종량제봉투에 버려야 합니다."),
    ("register", "뚜껑을 닫아 내놓으세요.", "뚜껑을 닫아 내놓아 주세요."),
    ("numeral", "수수료는 3,000원이에요.", "수수료는 삼천 원이에요."),
    ("numeral", "운영 시간은 매일 10:00~19:00이에요.", "운영 시간은 매일 오전 10시부터 오후 7시까지예요."),
    ("order", "페트 컵은 무색페트병이 아니라 플라스틱류예요.", "페트 컵은 플라스틱류지 무색페트병이 아니에요."),
    ("order", "Rinse it with water before you put it out.", "Before you put it out, rinse it with water."),
    ("particles", "페트병은 라벨을 떼고 내놓으세요.", "페트병은 라벨 떼고 내놓으세요."),
    ("contraction", "It is not paper.", "It isn't paper."),
    ("voice", "A mat is not taken as film.", "We do not take a mat as film."),
]


@pytest.mark.parametrize(("operator", "text", "rewrite"), REWRITES, ids=[f"{row[0]} {row[2]}" for row in REWRITES])
def test_a_rewrite_says_the_same(operator: str, text: str, rewrite: str) -> None:
    assert rewrite in made("rewrite", operator, text)


NOT_SURE = [
    ("number", "5개 이상 모이면 신청할 수 있어요.", "8개", "who has eight has five"),
    ("number", "It is for five or more people.", "seven", "as above"),
    ("name", "펌프는 비니가 맡지 않아요.", "배리", "denied of one, it is as true of another"),
    ("modality", "되도록 산 곳에 돌려주세요.", "않아도", "a wish is no duty"),
    ("modality", "A can with gas explodes.", "cannot", "a can is no verb"),
    ("action", "라벨을 떼어 내고 버리세요.", "붙여 내고", "a compound verb has no opposite"),
    ("action", "뚜껑은 따로 떼어 버리지 않아요.", "붙여", "what is denied stays denied"),
    ("condition", "작은 가전은 다섯 개를 모으면 거저 가져가요.", "작은 거저", "an adjective is no topic"),
    ("modality", "Check whether it can be emptied.", "cannot", "whether it can is whether it cannot"),
    ("date", "운영 시간은 매일이에요.", "평일", "every day has the weekdays in it"),
]


@pytest.mark.parametrize(("operator", "text", "never", "why"), NOT_SURE, ids=[row[3] for row in NOT_SURE])
def test_what_need_not_be_false_is_never_made(operator: str, text: str, never: str, why: str) -> None:
    assert not [mutant for mutant in made("mutation", operator, text) if never in mutant], why


def test_a_number_is_none_that_the_passage_says_of_something_else() -> None:
    text = "의자는 3,000원이에요."
    context = text + " 책상은 6,000원, 소파는 1,500원, 침대는 4,500원이에요."
    assert not [
        mutant for mutant in made("mutation", "number", text, context) if mutant.removesuffix("이에요.")[4:] in context
    ]


def test_a_number_of_another_passage_is_borrowed() -> None:
    text = "의자는 3,000원이에요."
    assert "의자는 8,000원이에요." in made("mutation", "number", text, text, "침대는 8,000원이에요.")


def test_a_threshold_moves_to_where_the_claim_fails() -> None:
    assert made("mutation", "number", "5개 이상 모이면 신청하세요.") == ["2개 이상 모이면 신청하세요."]
    assert made("mutation", "number", "40인치 미만 TV는 5,000원이에요.")[0].startswith("80인치 미만")


def test_a_name_in_the_context_is_never_put_in() -> None:
    text = "비니는 비닐류를 맡은 캐릭터예요."
    assert made("mutation", "name", text, text, "배리는 전지를, 글래시는 유리병을, 플리는 플라스틱을 맡아요.") == []


def test_an_answer_to_something_else_comes_from_elsewhere() -> None:
    here = Start(
        "a",
        "비니는 비닐류를 맡은 캐릭터예요.",
        ("비니는 비닐류를 맡은 캐릭터예요.",),
        "answer",
        topics=frozenset({"character"}),
    )
    same = Start("b", "글래시는 유리병을 맡은 캐릭터예요.", ("…",), "answer", topics=frozenset({"character"}))
    other = Start(
        "c", "강남구 목록에서 소파의 수수료는 6,000원이에요.", ("…",), "answer", topics=frozenset({"bulk_waste"})
    )
    mutants = BY_NAME[("mutation", "intent")].mutants(here, Pool((here, same, other)))
    assert [mutant.text for mutant in mutants] == [other.text]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: f"{operator.family} {operator.name}")
@pytest.mark.parametrize(
    "text", ["", "네", "😊", "가" * 500, "12", "of", "…", "If , ."], ids=lambda text: text[:5] or "empty"
)
def test_awkward_text_breaks_no_operator(operator: object, text: str) -> None:
    start = Start("s", text, (text,), "rule")
    assert operator in OPERATORS
    for mutant in next(row for row in OPERATORS if row is operator).mutants(start, Pool((start,), NAMES)):
        assert mutant.text != text


@given(st.sampled_from(sorted(verbs())), st.sampled_from(MOODS), st.sampled_from(REGISTERS))
def test_every_form_of_a_verb_is_read_back_as_that_form(stem: str, mood: object, register: object) -> None:
    form = verbs()[stem].form(mood, register)  # type: ignore[arg-type]
    if form is not None:
        seen = predicate(f"이것을 확인{form}." if stem in ("하", "되") else f"이것을 {form}.")
        assert seen is not None
        assert seen.verb.form(seen.mood, seen.register) == form


@pytest.mark.parametrize(
    ("word", "ending", "right"),
    [
        ("비닐", "을", "을"),
        ("종이", "을", "를"),
        ("비닐", "으로", "로"),
        ("종이팩", "로", "으로"),
        ("캔", "예요", "이에요"),
        ("5959", "이", "가"),
    ],
)
def test_a_particle_fits_the_letter_before_it(word: str, ending: str, right: str) -> None:
    assert particle(word, ending) == right


def test_a_swapped_noun_takes_its_particle_along() -> None:
    assert swapped("유리병은 헹궈요.", 0, 3, "종이") == "종이는 헹궈요."
    assert swapped("유리병이 아니라 캔이에요.", 0, 3, "종이") == "종이가 아니라 캔이에요."


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "영"), (45, "사십오"), (1200, "천이백"), (10000, "만"), (12500, "만 이천오백"), (1000000, "백만")],
)
def test_a_number_is_said_as_koreans_do(value: int, said: str) -> None:
    assert korean_number(value) == said
