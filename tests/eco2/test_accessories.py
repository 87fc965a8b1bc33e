"""A known thing before an unknown noun only says whose part or accessory that is: the head of a name comes last."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Ask = Callable[..., Mapping[str, object]]


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        pytest.param("에어컨 필터는 어떻게 버려?", "에어컨 필터", id="part"),
        pytest.param("자전거 헬멧은 어디에 버려요?", "자전거 헬멧", id="accessory"),
        pytest.param("자전거 타이어 버리는 법", "자전거", id="priced-part"),
        pytest.param("프린터 잉크 카트리지는 어디에 버려요", "프린터 잉크 카트리지", id="two-nouns"),
        pytest.param("How do I throw away a printer cartridge?", "printer cartridge", id="english"),
    ],
)
def test_an_accessory_is_not_told_by_the_rule_of_its_thing(real: Ask, question: str, thing: str) -> None:
    response = real(question)
    assert not response["citations"]
    assert f"‘{thing}" in str(response["answer"])


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        pytest.param("거울 조각 어떻게 버려", "rule:item-mirror", id="piece"),
        pytest.param("프라이팬 뚜껑은요?", "rule:item-metal-pot", id="side"),
        pytest.param("소주병도 돈 줘?", "rule:item-soju-bottle", id="particle"),
        pytest.param("벽지 뜯은 거 종이류로 내놔도 되죠", "rule:item-waste-wallpaper", id="verb"),
        pytest.param("약국에 물약도 갖다주면 되나요?", "rule:item-liquid-medicine", id="word-within"),
        pytest.param("폐형광등깨졌는데어떡해요", "rule:not-lighting-broken", id="unspaced"),
    ],
)
def test_what_names_no_other_thing_leaves_the_known_one(real: Ask, question: str, rule: str) -> None:
    passages = real(question)["passages"]
    assert isinstance(passages, list)
    assert rule in [passage["id"] for passage in passages]


@pytest.mark.parametrize(
    ("question", "refusal"),
    [
        pytest.param("뉴욕에서는 플라스틱 어떻게 버려?", "한국의 것", id="abroad"),
        pytest.param("가정용 LPG 가스통은 어떻게 버려요?", "LPG 통", id="cylinder"),
        pytest.param("페트병 하나에 몇 그램이야", "수치나 통계", id="figure"),
    ],
)
def test_what_no_rule_can_tell_is_said_so(real: Ask, question: str, refusal: str) -> None:
    response = real(question)
    assert not response["citations"]
    assert refusal in str(response["answer"])
