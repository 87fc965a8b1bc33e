"""One normal form at the door, and Korean told from English."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.language import MOST_CHARACTERS, language_of, tidy


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("페트병 어떻게 버려?", "ko"),
        ("PET PP PS 뭐가 달라?", "ko"),
        ("TV랑 PC 버려?", "ko"),
        ("How do I throw away 페트병?", "en"),
        ("cardboard price", "en"),
        ("What is 페티?", "en"),
        ("如何扔塑料瓶?", "en"),
    ],
)
def test_the_language_of_a_sentence_is_told(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_message_without_letters_keeps_the_language_of_the_conversation() -> None:
    assert language_of("🙂 123", "en") == "en"
    assert language_of("🙂 123", "ko") == "ko"


@given(st.text())
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(alphabet="페트병 어떻게", max_size=40))
def test_decomposed_korean_comes_out_as_composed(text: str) -> None:
    assert tidy(unicodedata.normalize("NFD", text)) == tidy(text)


def test_a_long_text_is_cut() -> None:
    assert len(tidy("가" * 100_000)) == MOST_CHARACTERS


def test_invisible_characters_are_dropped() -> None:
    assert tidy("페\u200b트\x00병\u202e") == "페트병"
