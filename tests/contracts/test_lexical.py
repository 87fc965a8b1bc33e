"""What every lexical index does, whichever library is behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from kb.adapters.rank_bm25 import RankBm25
from kb.ports import LexicalIndex
from kb.postings import Postings

TEXTS = ["파드 재시작 정책", "재시작 재시작 횟수", "토큰 유실", "날씨 흐림", "날씨 맑음 파드", ""]
WORDS = st.sampled_from("abcdefgh")
DOCUMENTS = st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=12)
CHANGES = st.lists(st.tuples(st.booleans(), st.integers(0, 7), st.lists(WORDS, max_size=6)), max_size=24)
MAKERS: list[Callable[[], LexicalIndex]] = [Postings, lambda: Postings(weighting="okapi"), RankBm25]


@pytest.fixture(params=MAKERS, ids=["postings-lucene", "postings-okapi", "rank-bm25"])
def make(request: pytest.FixtureRequest) -> Callable[[], LexicalIndex]:
    maker: Callable[[], LexicalIndex] = request.param
    return maker


@pytest.fixture
def index(make: Callable[[], LexicalIndex]) -> LexicalIndex:
    made = make()
    for number, text in enumerate(TEXTS):
        made.add(number, Counter(text.split()))
    return made


def test_the_best_passage_comes_first_and_scores_are_above_zero(index: LexicalIndex) -> None:
    found = index.search(["재시작"], 10)
    assert found.numbers.tolist() == [1, 0]
    assert (found.scores > 0).all()


def test_a_mask_holds_before_the_cut(index: LexicalIndex) -> None:
    allowed = np.array([True, False, False, False, True, False])
    assert index.search(["재시작", "파드"], 1, allowed).numbers.tolist() == [0]
    assert set(index.search(["재시작", "파드"], 9, allowed).numbers.tolist()) == {0, 4}


def test_equal_scores_are_ordered_by_number(make: Callable[[], LexicalIndex]) -> None:
    index = make()
    for number in (5, 3, 1):
        index.add(number, {"same": 1})
    for number in range(6, 20):
        index.add(number, {"other": 1})
    assert index.search(["same"], 2).numbers.tolist() == [1, 3]


@pytest.mark.parametrize("terms", [[], ["nowhere"], [""], ["가" * 10_000]])
def test_terms_that_are_nowhere_find_nothing(index: LexicalIndex, terms: list[str]) -> None:
    assert len(index.search(terms, 5)) == 0


@pytest.mark.parametrize("k", [0, 1, 99])
def test_no_more_than_k_come_back(index: LexicalIndex, k: int) -> None:
    assert len(index.search(["재시작", "날씨"], k)) == min(k, 4)


def test_an_empty_index_finds_nothing(make: Callable[[], LexicalIndex]) -> None:
    index = make()
    assert len(index.search(["a"], 5)) == 0
    assert index.frequency("a") == 0


def test_a_removed_passage_is_not_found_and_its_number_can_be_used_again(index: LexicalIndex) -> None:
    index.remove(1)
    assert index.search(["재시작"], 5).numbers.tolist() == [0]
    index.add(1, {"토큰": 3})
    assert index.search(["토큰"], 5).numbers.tolist() == [1, 2]


def test_a_number_is_taken_once_and_removed_once(index: LexicalIndex) -> None:
    with pytest.raises(ValueError, match="3"):
        index.add(3, {"x": 1})
    index.remove(3)
    with pytest.raises(KeyError, match="3"):
        index.remove(3)
    with pytest.raises(KeyError, match="99"):
        index.remove(99)


def test_given_passages_get_the_scores_of_a_search(index: LexicalIndex) -> None:
    terms = ["재시작", "파드", "재시작"]
    found = index.search(terms, 10)
    assert np.allclose(index.score(terms, found.numbers), found.scores)
    assert index.score(terms, np.array([3])).tolist() == [0]


def test_frequency_counts_passages_not_mentions(index: LexicalIndex) -> None:
    assert [index.frequency(term) for term in ("재시작", "날씨", "nowhere")] == [2, 2, 0]


def test_a_weight_counts_like_so_many_mentions(index: LexicalIndex) -> None:
    by_weight = index.search({"재시작": 2.0, "파드": 1.0}, 10)
    by_mention = index.search(["재시작", "파드", "재시작"], 10)
    assert by_weight.numbers.tolist() == by_mention.numbers.tolist()
    assert np.allclose(by_weight.scores, by_mention.scores)


def test_a_weight_of_nothing_finds_nothing(index: LexicalIndex) -> None:
    assert len(index.search({"재시작": 0.0}, 10)) == 0


@settings(max_examples=50, deadline=None)
@given(DOCUMENTS, st.lists(st.sampled_from("abcdefghz"), max_size=8), st.integers(1, 4))
def test_a_group_scores_like_one_text(documents: list[list[str]], query: list[str], size: int) -> None:
    group_of = np.arange(len(documents)) // size
    groups = int(group_of[-1]) + 1
    for make in (Postings, RankBm25):
        parts, whole = make(), make()
        for number, words in enumerate(documents):
            parts.add(number, Counter(words))
        for group in range(groups):
            joined = [word for number in np.flatnonzero(group_of == group) for word in documents[int(number)]]
            whole.add(group, Counter(joined))
        expected = whole.score(query, np.arange(groups))
        assert np.allclose(parts.score_groups(query, group_of, groups), expected, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(CHANGES, st.lists(st.sampled_from("abcdefghz"), min_size=1, max_size=8))
def test_additions_and_removals_in_any_order_equal_a_fresh_build(
    changes: list[tuple[bool, int, list[str]]], query: list[str]
) -> None:
    for make in MAKERS:
        grown, held = make(), dict[int, list[str]]()
        for is_addition, number, words in changes:
            if number in held:
                grown.remove(number)
                del held[number]
            if is_addition:
                grown.add(number, Counter(words))
                held[number] = words
        fresh = make()
        for number, words in sorted(held.items()):
            fresh.add(number, Counter(words))
        first, second = grown.search(query, 9), fresh.search(query, 9)
        assert first.numbers.tolist() == second.numbers.tolist()
        assert np.allclose(first.scores, second.scores, atol=1e-9)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, st.lists(st.sampled_from("abcdefghz"), max_size=8))
def test_okapi_postings_equal_rank_bm25(documents: list[list[str]], query: list[str]) -> None:
    if not any(documents):
        return
    postings = Postings(weighting="okapi")
    for number, words in enumerate(documents):
        postings.add(number, Counter(words))
    expected = BM25Okapi(documents).get_scores(query)
    assert np.allclose(postings.scores(query)[: len(documents)], expected, atol=1e-9, rtol=0)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, st.lists(st.sampled_from("abcdefghz"), max_size=8))
def test_lucene_postings_equal_twenty_naive_lines(documents: list[list[str]], query: list[str]) -> None:
    postings = Postings()
    for number, words in enumerate(documents):
        postings.add(number, Counter(words))
    mean = sum(map(len, documents)) / len(documents)
    for number, words in enumerate(documents):
        expected = 0.0
        for term in query:
            frequency = sum(term in other for other in documents)
            weight = log(1 + (len(documents) - frequency + 0.5) / (frequency + 0.5))
            count = words.count(term)
            if count:
                expected += weight * count * 2.5 / (count + 1.5 * (0.25 + 0.75 * len(words) / mean))
        assert abs(postings.scores(query)[number] - expected) < 1e-9


@settings(max_examples=60, deadline=None)
@given(CHANGES, st.lists(WORDS, min_size=1, max_size=8))
def test_a_written_segment_scores_like_the_index_it_came_from(
    changes: list[tuple[bool, int, list[str]]], query: list[str]
) -> None:
    index, held = Postings(), set[int]()
    for is_addition, number, words in changes:
        if number in held:
            index.remove(number)
            held.discard(number)
        if is_addition:
            index.add(number, Counter(words))
            held.add(number)
    renumber = np.full(8, -1, np.int64)
    renumber[sorted(held)] = np.arange(len(held))
    written = Postings(index.segment(renumber[: max(held, default=-1) + 1]))
    expected = index.scores(query)[sorted(held)]
    assert np.allclose(written.scores(query)[: len(held)], expected, atol=1e-9)
