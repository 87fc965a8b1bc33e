"""The shipped offline judge, on pairs that it was not fitted on."""

from __future__ import annotations

import json
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cases import DataError, Judgement
from harness.judging.offline import model_from, offline_judge
from harness.judging.rows import score_rows
from tests.harness.judged_pairs import SUPPORTED, UNSUPPORTED

RIGHT_SUPPORTED, RIGHT_UNSUPPORTED = 0.9, 0.8
PERSONA = "저는 이코예요. 이코에코의 대표 캐릭터이자 여러분과 이야기하는 안내자라서 맡은 재활용 품목은 따로 없어요."
CONTEXT = ("무색페트병은 뚜껑을 닫아 내놓으세요.", "강남구에서 의자 수수료는 3,000원이에요.")


def judged(context: str | tuple[str, ...], claim: str, question: str | None = None) -> Judgement:
    return offline_judge().judge(question, (context,) if isinstance(context, str) else context, claim)


def test_what_the_context_says_in_other_words_is_mostly_supported() -> None:
    missed = [claim for context, claim in SUPPORTED if judged(context, claim).verdict != "supported"]
    assert len(missed) <= (1 - RIGHT_SUPPORTED) * len(SUPPORTED), missed


def test_what_the_context_does_not_say_is_mostly_unsupported() -> None:
    passed = [claim for context, claim, _ in UNSUPPORTED if judged(context, claim).verdict != "unsupported"]
    assert len(passed) <= (1 - RIGHT_UNSUPPORTED) * len(UNSUPPORTED), passed


@pytest.mark.parametrize(
    ("context", "claim"),
    [
        (CONTEXT[0], "무색페트병의 뚜껑은 병에서 분리해 따로 버려 주세요."),
        (CONTEXT[1], "강남구에서 의자 수수료는 5,000원이에요."),
        ("깨진 형광등은 불연성종량제폐기물로 버려야 해요.", "깨진 형광등은 종량제봉투에 버려 주세요."),
        ("플리는 플라스틱류를 맡은 캐릭터예요.", "플라스틱류를 맡은 캐릭터는 바다거북 터틀이에요."),
        (PERSONA, "저는 에코에코예요."),
    ],
    ids=["cap", "fee", "lamp", "turtle", "persona"],
)
def test_an_error_that_an_earlier_evaluation_passed_is_caught(context: str, claim: str) -> None:
    assert judged(context, claim).verdict == "unsupported"


@pytest.mark.parametrize("claim", ["", "   ", "🙂🙂", "..."])
def test_what_says_nothing_is_not_judged(claim: str) -> None:
    found = judged(CONTEXT, claim)
    assert (found.verdict, found.p_supported) == ("abstain", 0.5)


def test_without_context_it_knows_nothing() -> None:
    priors = {offline_judge().judge(None, (), claim).p_supported for _, claim in SUPPORTED}
    assert priors == {0.5}


def test_the_order_of_the_context_does_not_matter() -> None:
    claim = "강남구 의자 수수료는 3천 원이에요."
    assert judged(CONTEXT, claim).p_supported == judged(CONTEXT[::-1], claim).p_supported


def test_decomposed_hangul_is_the_same_text() -> None:
    context, claim = SUPPORTED[0]
    assert isinstance(context, str)
    assert judged(normalize("NFD", context), normalize("NFD", claim)).verdict == judged(context, claim).verdict


def test_of_several_sentences_the_least_supported_decides() -> None:
    both = judged(CONTEXT, "무색페트병은 뚜껑을 닫아 내놓으세요. 강남구에서 의자 수수료는 9,000원이에요.")
    assert both.verdict == "unsupported"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=3))
def test_a_probability_stays_in_its_range(claim: str, context: list[str]) -> None:
    found = offline_judge().judge(None, context, claim)
    assert 0 <= found.p_supported <= 1
    assert found == offline_judge().judge(None, context, claim)


@pytest.mark.parametrize(
    ("context", "claim", "kind", "quote"),
    [
        ("강남구에서 의자 수수료는 3,000원이에요.", "강남구에서 의자 수수료는 5,000원이에요.", "number", "3,000원"),
        ("신고는 3월 2일까지 받아요.", "신고는 3월 5일까지 받아요.", "date", "2일"),
        ("수거함은 450m 떨어져 있어요.", "수거함은 450km 떨어져 있어요.", "unit", "450m"),
        ("플리는 플라스틱류를 맡은 캐릭터예요.", "수도요금은 매달 말일에 자동으로 빠져나갑니다.", "topic", None),
    ],
    ids=["number", "date", "unit", "other topic"],
)
def test_a_fault_is_named_and_the_words_that_contradict_are_quoted(
    context: str, claim: str, kind: str, quote: str | None
) -> None:
    found = judged(context, claim)
    assert (found.verdict, found.kind) == ("unsupported", kind)
    assert found.against_quote == quote if quote else found.against_index is None


def test_what_speaks_against_a_claim_stands_in_the_context_or_else_in_the_claim() -> None:
    for context, claim, _ in UNSUPPORTED:
        found = judged(context, claim)
        texts = (context,) if isinstance(context, str) else context
        if found.against_index is not None:
            assert str(found.against_quote) in texts[found.against_index]
        elif found.against_quote is not None:
            assert all(word in claim for word in found.against_quote.split(", "))


def test_a_city_that_the_context_does_not_name_is_another_place() -> None:
    context = "2025년 1월 전국 평균 시세는 신문지 120원/kg, 골판지 80원/kg이에요."
    assert judged(context, "부산의 골판지 시세는 kg당 80원이에요.").verdict == "unsupported"


def test_rows_are_answered_in_order_and_a_bad_one_does_not_stop_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    good = {"id": "b", "context": [CONTEXT[0]], "claim": "무색페트병은 뚜껑을 닫아 내놓으세요."}
    file.write_text("\n".join(['{"id": "a"}', "not json", json.dumps(good)]), encoding="utf-8")
    found = list(score_rows(file))
    assert [row["id"] for row in found] == ["a", 2, "b"]
    assert ["error" in row for row in found] == [True, True, False]
    assert found[2]["verdict"] == "supported"
    assert found[2]["against"] is None


def test_weights_that_lack_a_part_are_refused() -> None:
    with pytest.raises(DataError, match="fit them anew"):
        model_from({"prior": 0.5, "band": [0.4, 0.6], "heads": {}})
