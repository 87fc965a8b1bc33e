"""A foreign request becomes a `Request`, or one line says what is wrong."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.intake import read_location, read_request
from eco2.turns import Location, Request, RequestError, Turn

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def test_a_string_is_a_conversation_of_one_message() -> None:
    assert read_request("캔?").turns == (Turn("캔?"),)


def test_turns_may_be_strings_or_objects() -> None:
    request = read_request({"id": "a", "turns": ["캔?", {"text": "그럼?", "image": "x.png", "location": "강남역"}]})
    assert request.turns == (Turn("캔?"), Turn("그럼?", "x.png", Location("강남역")))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (7, "got int"),
        ({}, "'turns' must be a list"),
        ({"turns": []}, "at least one message"),
        ({"turns": [3]}, "turn 1 must be"),
        ({"turns": [{"text": 3}]}, "'text' must be a string"),
        ({"turns": [{"text": "a", "image": 3}]}, "'image' must be a path"),
        ({"turns": [{"text": "a", "location": {"lat": 99, "lon": 0}}]}, "in degrees"),
        ({"turns": ["a"], "overrides": {"route": ["cooking"]}}, "overrides.route"),
    ],
)
def test_another_shape_is_refused_with_the_field_named(raw: object, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        read_request(raw)


def test_a_location_is_a_name_or_coordinates() -> None:
    assert read_location({"lat": 37.5, "lon": 127}) == Location(None, 37.5, 127.0)
    assert read_location(" 강남역 ") == Location("강남역")
    assert read_location(None) is None


@given(_JSON)
def test_whatever_comes_in_is_read_or_refused(raw: object) -> None:
    with suppress(RequestError):
        assert isinstance(read_request(raw), Request)
