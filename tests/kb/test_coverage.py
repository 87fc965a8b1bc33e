"""How much of a question a passage holds, in any form of its words, and what a rare word counts."""

from __future__ import annotations

import time
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.coverage import Word, covered, sought
from kb.expand import Expansion, expansions
from kb.glossary import Glossary, Term
from kb.tokens import terms
from kb.translations import NOTHING

ROUTER = Expansion("circuit breaker", (("서킷 브레이커", 0.7),), "rule:term-circuit-breaker")
FREQUENCY = {"common": 90, "rare": 1, "서킷": 2}
TEXTS = st.text(max_size=60)


def frequency(term: str) -> int:
    return FREQUENCY.get(term, 0)


def held(query: str, passage: str, *expansions: Expansion) -> list[Word]:
    return [word.held_by(set(terms(passage))) for word in sought(query, expansions, frequency, 100)]


def test_a_word_is_held_by_the_share_of_its_terms() -> None:
    assert [(word.text, word.held) for word in held("이벤트가 rare", "이벤트 목록")] == [
        ("이벤트가", 2 / 3),
        ("rare", 0.0),
    ]


def test_another_form_of_a_word_holds_each_of_its_parts() -> None:
    words = held("how does the circuit breaker open", "서킷 브레이커가 열린다", ROUTER)
    assert [(word.text, word.held) for word in words] == [("circuit", 1.0), ("breaker", 1.0), ("open", 0.0)]


def test_a_form_of_its_own_counts_where_it_is_the_better_one() -> None:
    assert held("breaker", "a breaker, 서킷", Expansion("breaker", (("서킷 브레이커", 0.7),), "t"))[0].held == 1.0


def test_a_name_with_separators_is_held_by_the_other_form_of_its_term() -> None:
    glossary = Glossary([Term("rule:x", ("circuit breaker", "서킷 브레이커"))])
    for query in ("circuit_breaker", "circuit-breaker", "Circuit.Breaker가"):
        (word, *_) = held(query, "서킷 브레이커", *expansions(query, glossary, NOTHING))
        assert (word.text, word.held) == (query.removesuffix("가"), 1.0)


def test_a_question_word_counts_only_where_there_is_no_other() -> None:
    assert [word.text for word in held("what is rare", "")] == ["rare"]
    assert [word.text for word in held("what is", "")] == ["what", "is"]


def test_a_rare_word_weighs_more_and_an_unknown_one_most() -> None:
    common, rare, unknown = held("common rare nowhere", "")
    assert common.weight == pytest.approx(log(1 + 10.5 / 90.5))
    assert rare.weight == pytest.approx(log(1 + 99.5 / 1.5))
    assert unknown.weight == pytest.approx(log(1 + 100.5 / 0.5))
    assert common.weight < rare.weight < unknown.weight


def test_a_word_without_passages_weighs_as_its_other_form() -> None:
    words = held("nowhere", "", Expansion("nowhere", (("서킷", 0.5),), "t"))
    assert words[0].weight == pytest.approx(log(1 + 98.5 / 2.5))


def test_a_repeated_word_stands_once() -> None:
    assert [word.text for word in held("rare Rare rare", "rare")] == ["rare", "Rare"]


def test_no_words_are_covered_by_nothing() -> None:
    assert covered([]) == 0.0
    assert held("", "rare") == []


def test_what_is_covered_goes_by_weight() -> None:
    assert covered([Word("a", 3.0, 1.0), Word("b", 1.0, 0.0)]) == pytest.approx(0.75)


@given(TEXTS, TEXTS)
def test_shares_and_coverage_stay_in_their_range(query: str, passage: str) -> None:
    words = held(query, passage)
    assert all(0 <= word.held <= 1 and word.weight > 0 for word in words)
    assert 0 <= covered(words) <= 1 + 1e-9


@given(TEXTS.filter(lambda text: bool(terms(text))))
def test_a_text_holds_all_of_itself(text: str) -> None:
    assert covered(held(text, text)) == pytest.approx(1.0)


@given(TEXTS, TEXTS, TEXTS)
def test_a_longer_passage_never_holds_less(query: str, passage: str, more: str) -> None:
    short = [word.held_by(set(terms(passage))) for word in sought(query, (), frequency, 100)]
    long = [word.held_by({*terms(passage), *terms(more)}) for word in sought(query, (), frequency, 100)]
    assert all(one.held <= other.held for one, other in zip(short, long, strict=True))


@pytest.mark.parametrize("text", ["", "🙂", "\ud800", "가", "가" * 100_000, "a_" * 50_000, "word " * 20_000])
def test_awkward_questions_take_no_time(text: str) -> None:
    started = time.process_time()
    held(text, "rare")
    assert time.process_time() - started < 5
