"""What every vector index does, whichever store is behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kb.adapters.chroma import ChromaVectors, write
from kb.adapters.exact import ExactVectors
from kb.ports import Matrix, VectorIndex

Make = Callable[[Matrix], VectorIndex]


@pytest.fixture(params=["exact", "chroma"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    def chroma(matrix: Matrix) -> VectorIndex:
        write(matrix, tmp_path / "chroma")
        return ChromaVectors(tmp_path / "chroma")

    return ExactVectors if request.param == "exact" else chroma


def unit(rows: list[list[float]]) -> Matrix:
    matrix = np.array(rows, np.float32)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    scaled: Matrix = np.divide(matrix, lengths, out=np.zeros_like(matrix), where=lengths > 0)
    return scaled


ROWS = unit([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0], [-1, 0, 0]])


def test_the_nearest_come_first_and_nothing_at_or_below_zero(make: Make) -> None:
    found = make(ROWS).search(ROWS[0], 9)
    assert found.numbers.tolist() == [0, 1]
    assert np.allclose(found.scores, [1, 2**-0.5], atol=1e-5)


def test_a_mask_holds_before_the_cut(make: Make) -> None:
    allowed = np.array([False, True, True, True, True])
    assert make(ROWS).search(ROWS[0], 1, allowed).numbers.tolist() == [1]


def test_a_mask_of_many_holds_before_the_cut(make: Make) -> None:
    rows = unit(np.random.default_rng(3).normal(size=(3_000, 8)).tolist())
    allowed = np.arange(3_000) % 2 == 1
    found = make(rows).search(rows[0], 10, allowed)
    expected = np.where(allowed, rows @ rows[0], -1)
    assert (found.numbers % 2 == 1).all()
    assert len(set(found.numbers.tolist()) & set(np.argsort(-expected)[:10].tolist())) >= 9


def test_a_mask_that_allows_nothing_finds_nothing(make: Make) -> None:
    assert len(make(ROWS).search(ROWS[0], 5, np.zeros(5, bool))) == 0


def test_equal_vectors_are_ordered_by_number(make: Make) -> None:
    assert make(unit([[0, 1], [1, 0], [1, 0], [1, 0]])).search(unit([[1, 0]])[0], 3).numbers.tolist() == [1, 2, 3]


@pytest.mark.parametrize("k", [0, 1, 99])
def test_no_more_than_k_come_back(make: Make, k: int) -> None:
    assert len(make(ROWS).search(ROWS[1], k)) == min(k, 3)


def test_a_question_that_says_nothing_finds_nothing(make: Make) -> None:
    assert len(make(ROWS).search(np.zeros(3, np.float32), 5)) == 0


def test_an_empty_store_finds_nothing(make: Make) -> None:
    assert len(make(np.empty((0, 3), np.float32)).search(ROWS[0], 5)) == 0


def test_given_passages_get_their_similarity(make: Make) -> None:
    scores = make(ROWS).score(ROWS[0], np.array([4, 1, 3]))
    assert np.allclose(scores, [-1, 2**-0.5, 0], atol=1e-5)


def test_a_thousand_random_vectors_are_found_as_by_a_naive_scan(make: Make) -> None:
    rows = unit(np.random.default_rng(7).normal(size=(1_000, 16)).tolist())
    index = make(rows)
    found = [index.search(query, 10).numbers.tolist() for query in rows[:20]]
    expected = [np.argsort(-(rows @ query), kind="stable")[:10].tolist() for query in rows[:20]]
    overlap = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, expected, strict=True)])
    assert overlap >= 0.98


def test_a_chroma_collection_of_the_same_name_is_replaced(tmp_path: Path) -> None:
    write(ROWS, tmp_path, collection="kb-same")
    write(ROWS[:2], tmp_path, collection="kb-same")
    assert ChromaVectors(tmp_path, collection="kb-same").search(ROWS[2], 9).numbers.tolist() == [1]
