"""Which place is meant: not one that is said to be left out, and a second one that nobody knows is told so."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Ask = Callable[..., Mapping[str, object]]


def _ids(response: Mapping[str, object]) -> list[str]:
    passages = response["passages"]
    assert isinstance(passages, list)
    return [str(passage["id"]) for passage in passages]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        pytest.param("부산 말고 대구 날씨", ["world:weather-daegu"], id="instead-of"),
        pytest.param("서울 날씨 말고 부산 날씨 알려줘", ["world:weather-busan"], id="weather-between"),
        pytest.param("weather in Daegu, not Busan", ["world:weather-daegu"], id="english"),
        pytest.param("부산 말고는?", [], id="nothing-asked"),
    ],
)
def test_a_place_that_is_left_out_is_not_meant(real: Ask, question: str, found: list[str]) -> None:
    assert [id_ for id_ in _ids(real(question)) if "weather" in id_] == found


@pytest.mark.parametrize(
    ("question", "stranger"),
    [
        pytest.param("서울이랑 파주 날씨 알려줘", "파주", id="after"),
        pytest.param("파주랑 서울 날씨 알려줘", "파주", id="before"),
        pytest.param("서울하고 런던 날씨", "런던", id="abroad"),
    ],
)
def test_a_second_place_that_nobody_knows_is_named_as_unknown(real: Ask, question: str, stranger: str) -> None:
    response = real(question)
    assert "world:weather-seoul" in _ids(response)
    assert f"‘{stranger}’의 날씨는 제가 가진 자료에 없어서" in str(response["answer"])


def test_a_kind_of_place_after_a_turn_that_named_an_area_is_looked_for_there(real: Ask) -> None:
    response = real("지금 전주 날씨 어때?", "거기 재활용센터는?")
    assert response["intents"] == ["location"]
    assert "world:place-jeonju-recycling" in _ids(response)


def test_the_office_of_a_district_is_its_district_when_its_number_is_asked_for(real: Ask) -> None:
    response = real("노원구청 대형폐기물 전화번호 알려줘")
    assert response["intents"] == ["bulk_waste"]
    assert "‘노원구청’의 대형폐기물 문의처는" in str(response["answer"])
