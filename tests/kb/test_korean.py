"""Stems by a list of suffixes: what is cut, what stays, and that any text comes through."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.korean import SHORTEST, cuts, stem

HANGUL = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=12)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("이벤트를", ("이벤트를", "이벤트")),
        ("이벤트", ("이벤트",)),
        ("배포에서는", ("배포에서는", "배포")),
        ("체크포인트들을", ("체크포인트들을", "체크포인트")),
        ("전환했던", ("전환했던", "전환")),
        ("사용자들에게", ("사용자들에게", "사용자들", "사용자")),
        ("재시도", ("재시도", "재시")),
        ("로그", ("로그",)),
        ("로그가", ("로그가", "로그")),
    ],
)
def test_particles_and_endings_are_cut_the_longest_first(word: str, found: tuple[str, ...]) -> None:
    assert cuts(word) == found


@pytest.mark.parametrize("word", ["", "가", "을", "도로", "event", "🙂", "\ud800", "ㄱㄴ"])
def test_what_is_too_short_or_not_korean_stays_whole(word: str) -> None:
    assert cuts(word) == (word,)


@given(HANGUL)
def test_every_cut_begins_the_word_and_leaves_two_syllables(word: str) -> None:
    found = cuts(word)
    assert found[0] == word
    assert len(found) <= 3
    assert all(longer.startswith(shorter) and longer != shorter for longer, shorter in pairwise(found))
    assert all(len(cut) >= SHORTEST for cut in found[1:])


@given(HANGUL.filter(lambda word: len(word) >= SHORTEST), st.sampled_from(["은", "를", "에서", "입니다", "했습니다"]))
def test_a_suffix_more_never_leads_to_a_longer_stem(word: str, suffix: str) -> None:
    assert len(stem(word + suffix)) < len(word + suffix)


@given(st.text(max_size=30))
def test_any_text_has_a_stem_that_begins_it(text: str) -> None:
    assert text.startswith(stem(text))
