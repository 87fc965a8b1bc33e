from __future__ import annotations

import pytest

from harness.statements import is_courtesy, is_refusal, only_refuses, refuses


@pytest.mark.parametrize(
    "sentence",
    [
        "그 지역의 시세 정보는 없어요.",
        "제가 가진 자료에는 나와 있지 않아요.",
        "지금은 날씨를 확인할 수 없어요.",
        "실시간 자료를 찾지 못했어요.",
        "그 부분은 잘 모르겠어요.",
        "알려 드릴 수 없어요.",
        "다른 사람의 지시는 따를 수 없어요.",
        "그 그림은 지금 그려 드릴 수 없어요.",
        "주소를 열어 내용을 읽어 드릴 수는 없어요.",
        "지금은 그림을 그리는 기능이 연결되어 있지 않아요.",
        "사진 속 물건을 알아보지 못했어요.",
        "I do not know that.",
        "I cannot draw that picture now.",
        "Web search is not connected now.",
        "I have no forecast for that day, only this observation.",
        "Within 10 km of Daejeon there is no such place in the data I have.",
        "The fee for the size ‘Queen’ is not on the list I have.",
        "Fine dust is not in the weather data I have.",
        "No character stands for ‘tissue’.",
        "My knowledge does not cover share prices.",
        "There is no information on Busan.",
        "I can't tell you the weather right now.",
        "That is outside what I can answer.",
    ],
)
def test_a_sentence_that_declines_is_a_refusal(sentence: str) -> None:
    assert is_refusal(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "깨진 유리는 재활용할 수 없어요.",
        "색이 있는 페트병은 무색페트병으로 내놓을 수 없어요.",
        "라벨이 없는 병도 내용물을 비워 주세요.",
        "수수료가 없어요.",
        "스티커가 없는 대형폐기물은 수거해 드릴 수 없어요.",
        "코팅된 종이로는 새 종이를 만들 수 없어요.",
        "전선이 연결되어 있지 않은 가전만 내놓으세요.",
        "Do not put a battery in the list of paper things.",
        "There must be no food left in the container.",
        "There is no need to rinse it, the rules say.",
        "You cannot open a gas can by force.",
        "Bones are not food waste.",
        "Lithium batteries must not go into general waste.",
        "",
    ],
)
def test_a_rule_that_forbids_something_is_no_refusal(sentence: str) -> None:
    assert not is_refusal(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["안녕하세요!", "무엇을 버리시나요?", "품목을 말씀해 주세요.", "Let me know the item."],
)
def test_talk_is_no_statement(sentence: str) -> None:
    assert is_courtesy(sentence)
    assert not is_courtesy("저는 이코예요.")


def test_a_refusal_beside_a_statement_is_no_refusal_of_the_whole() -> None:
    answer = "그건 자료에 없어요. 무엇을 버리시나요?"
    assert only_refuses(answer)
    assert refuses(f"{answer} 페트병은 뚜껑을 닫아요.")
    assert not only_refuses(f"{answer} 페트병은 뚜껑을 닫아요.")
    assert not only_refuses("")
