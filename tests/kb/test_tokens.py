from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.tokens import QUERY_CHARACTERS, query_terms, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("파드가", ["파드", "드가"]),
        ("왜", ["왜"]),
        ("ADR-0012", ["adr-0012", "adr", "0012", "12"]),
        ("EventRouter", ["eventrouter", "event", "router"]),
        ("chat_worker", ["chat_worker", "chat", "worker"]),
        ("docs/plans/x.md", ["docs/plans/x.md", "doc", "plan", "x", "md"]),
        ("HTTPServer", ["httpserver", "http", "server"]),
        ("1,000건", ["1000", "건"]),
        ("Eco²", ["eco2", "eco", "2"]),
        ("R123-78", ["r123-78", "r123", "123", "78"]),
        ("policies status Redis", ["policy", "status", "redis"]),
        ("v1.2.3", ["v1.2.3", "v1", "1", "2", "3"]),
        ("자료ABC", ["자료", "abc"]),
        ("東京都", ["東京", "京都"]),
        ("Ünïcode", ["ünïcode"]),
        ("", []),
        ("🙂 … !", []),
    ],
)
def test_text_is_split_into_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_particles_do_not_hide_a_noun() -> None:
    assert set(terms("재시도")) <= set(terms("재시도를"))


def test_decomposed_hangul_is_the_same_word() -> None:
    assert terms(unicodedata.normalize("NFD", "파드가 재시작")) == terms("파드가 재시작")


def test_question_words_count_in_documents_and_not_in_questions() -> None:
    assert query_terms("왜 파드가 재시작하나요?") == ["파드", "드가", "재시", "시작", "작하", "하나", "나요"]
    assert query_terms("why does the pod restart?") == ["pod", "restart"]
    assert "why" in terms("why does the pod restart?")


def test_a_question_of_question_words_alone_keeps_them() -> None:
    assert query_terms("어떻게 왜") == ["어떻", "떻게", "왜"]


def test_only_the_beginning_of_a_huge_question_counts() -> None:
    assert len(query_terms("가나다라 " * 20_000)) <= QUERY_CHARACTERS


@given(st.text())
def test_any_text_gives_terms_that_are_lower_case_and_not_empty(text: str) -> None:
    assert all(term and term == term.lower() for term in terms(text))


@given(st.text())
def test_composition_does_not_change_the_terms(text: str) -> None:
    assert terms(unicodedata.normalize("NFC", text)) == terms(text)
