"""The guess whether a passage answers a question: a score in its range that more evidence never lowers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answerable import THRESHOLD, answer_score
from kb.coverage import Word

SHARES = st.floats(0, 1)
WORDS = st.lists(st.builds(Word, st.text(max_size=4), st.floats(0.01, 15), SHARES), max_size=20)


@given(WORDS, SHARES)
def test_the_score_stays_in_its_range(words: list[Word], similarity: float) -> None:
    assert 0 < answer_score(words, similarity) < 1


@given(WORDS, SHARES, SHARES)
def test_a_nearer_passage_is_never_surer_to_miss(words: list[Word], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert answer_score(words, low) <= answer_score(words, high)


@given(WORDS.filter(bool), SHARES, st.data())
def test_a_word_more_that_is_held_never_lowers_the_score(words: list[Word], near: float, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(words) - 1))
    better = [replace(word, held=1.0) if here == place else word for here, word in enumerate(words)]
    assert answer_score(better, near) >= answer_score(words, near) - 1e-12


@pytest.mark.parametrize(
    ("count", "held", "similarity", "is_answered"),
    [
        (0, 0.0, 0.0, False),
        (0, 0.0, 1.0, False),
        (1, 1.0, 0.0, False),
        (2, 1.0, 0.0, True),
        (6, 0.0, 0.5, False),
        (6, 0.5, 0.5, True),
        (6, 1.0, 0.0, True),
    ],
)
def test_words_and_nearness_are_weighed_together(count: int, held: float, similarity: float, is_answered: bool) -> None:
    words = [Word(str(number), 1.0, held) for number in range(count)]
    assert (answer_score(words, similarity) >= THRESHOLD) is is_answered


def test_beyond_twelve_words_a_question_says_the_same_things_twice() -> None:
    twelve, hundred = ([Word(str(number), 1.0, 0.3) for number in range(count)] for count in (12, 100))
    assert answer_score(twelve, 0.2) == pytest.approx(answer_score(hundred, 0.2))
