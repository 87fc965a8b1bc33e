from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.fuse import blend, convex, reciprocal, scaled
from kb.ports import EMPTY, Ranking

POSITIVE = st.floats(0.01, 100, allow_nan=False)
RANKING = st.dictionaries(st.integers(0, 20), POSITIVE, max_size=8)


def ranked(scores: dict[int, float]) -> Ranking:
    numbers = np.array(sorted(scores, key=lambda number: (-scores[number], number)), np.int64)
    return Ranking(numbers, np.array([scores[number] for number in numbers], np.float64))


@given(RANKING, st.floats(0, 1))
def test_where_one_leg_is_blind_the_other_stands_as_it_is(scores: dict[int, float], weight: float) -> None:
    alone = ranked(scores)
    assert convex(alone, EMPTY, weight).numbers.tolist() == alone.numbers.tolist()
    assert convex(EMPTY, alone, weight).numbers.tolist() == alone.numbers.tolist()


@given(RANKING, RANKING, st.floats(0, 1))
def test_fused_scores_stay_between_zero_and_one_best_first(
    first: dict[int, float], second: dict[int, float], weight: float
) -> None:
    found = convex(ranked(first), ranked(second), weight)
    assert all(0 < score <= 1 + 1e-9 for score in found.scores)
    assert sorted(found.scores, reverse=True) == found.scores.tolist()
    assert set(found.numbers.tolist()) <= set(first) | set(second)


@given(RANKING, RANKING)
def test_the_order_of_the_legs_does_not_matter_to_ranks(first: dict[int, float], second: dict[int, float]) -> None:
    one, other = ranked(first), ranked(second)
    assert reciprocal([one, other]).numbers.tolist() == reciprocal([other, one]).numbers.tolist()


@given(RANKING)
def test_fusing_one_ranking_keeps_its_order(scores: dict[int, float]) -> None:
    alone = ranked(scores)
    assert reciprocal([alone]).numbers.tolist() == alone.numbers.tolist()


def test_ties_are_ordered_by_number() -> None:
    assert convex(ranked({7: 2.0, 3: 2.0}), EMPTY, 0.5).numbers.tolist() == [3, 7]


def test_a_worked_example() -> None:
    assert np.allclose(blend(np.array([4.0, 2.0, 0.0]), np.array([0.1, 0.4, -0.2]), 0.6), [0.7, 0.7, 0.0])
    assert np.allclose(reciprocal([ranked({1: 9.0, 2: 1.0}), ranked({2: 5.0})]).scores, [1 / 61 + 1 / 62, 1 / 61])


def test_nothing_above_zero_is_nothing() -> None:
    assert scaled(np.array([-1.0, 0.0])).tolist() == [0, 0]
    assert len(reciprocal([])) == len(convex(EMPTY, EMPTY, 0.5)) == 0


def test_a_negative_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        reciprocal([], offset=-1)
