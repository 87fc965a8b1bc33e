"""The two ways of spelling English, both ways, and nothing for what is no English word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.spelling import other_spellings

WORDS = st.text("abcdefghijkmnopqrstuvwxyz", min_size=3, max_size=10)
ENDINGS = st.sampled_from(["our", "or", "ise", "ize", "ised", "ization", "yse", "yze", "tre", "ter", "logue", "log"])


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("colour", "color"), ("behaviour", "behavior"), ("licence", "license"), ("normalise", "normalize"),
        ("serialised", "serialized"), ("authorisation", "authorization"), ("analyse", "analyze"),
        ("centre", "center"), ("catalogue", "catalog"), ("cancelled", "canceled"), ("labelling", "labeling"),
        ("fulfilment", "fulfillment"), ("honoured", "honored"), ("optimising", "optimizing"),
    ],
)  # fmt: skip
def test_either_spelling_leads_to_the_other(british: str, american: str) -> None:
    assert american in other_spellings(british)
    assert british in other_spellings(american)


@pytest.mark.parametrize(
    "word", ["", "a", "or", "size", "Colour", "color_map", "v1.2", "색깔", "🙂🙂🙂🙂🙂", "\ud800" * 6, "redis", "queue"]
)
def test_short_words_names_and_other_scripts_have_none(word: str) -> None:
    assert list(other_spellings(word)) == []


@given(WORDS, ENDINGS)
def test_a_guess_leads_back(beginning: str, ending: str) -> None:
    word = beginning + ending
    guesses = list(other_spellings(word))
    assert word not in guesses
    assert len(set(guesses)) == len(guesses)
    assert all(word in other_spellings(guess) for guess in guesses if len(guess) >= 5)


@given(st.text(max_size=40))
def test_any_text_is_answered_with_words(text: str) -> None:
    assert all(guess.isascii() and guess.islower() for guess in other_spellings(text))


def test_a_doubled_consonant_is_not_tripled() -> None:
    assert "canceled" in other_spellings("cancelled")
    assert not [guess for guess in other_spellings("cancelled") if "lll" in guess]


def test_a_very_long_word_is_no_matter() -> None:
    assert list(other_spellings("x" * 100_000 + "our")) == ["x" * 100_000 + "or"]
