"""The contract is a partial order: what it leaves open passes in every order, what it fixes fails when turned round."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.event_contract import has_stages, violation


def _numbered(stages: list[str]) -> list[dict[str, Any]]:
    return [{"seq": seq, "stage": stage} for seq, stage in enumerate(stages, start=1)]


@pytest.mark.parametrize("middle", list(permutations(["classify", "classify", "weather", "weather"])))
def test_sub_agents_may_come_in_any_order_among_themselves(middle: tuple[str, ...]) -> None:
    assert violation(_numbered(["turn", "understand", *middle, "gather", "compose", "compose", "turn"])) is None


@pytest.mark.parametrize(
    "stages",
    [
        ["classify", "understand", "gather", "compose"],
        ["understand", "gather", "classify", "compose"],
        ["understand", "classify", "compose", "gather"],
        ["understand", "classify", "gather", "classify", "compose"],
        ["gather", "understand", "compose"],
    ],
)
def test_each_inverted_pair_is_named(stages: list[str]) -> None:
    assert "comes before" in (violation(_numbered(stages)) or "")


@given(st.permutations(_numbered(["understand", "scan", "weather", "gather", "compose"])))
def test_the_order_of_arrival_does_not_matter(events: list[dict[str, Any]]) -> None:
    assert violation(events) is None


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([2, 3, 4], "seq 1 is missing"),
        ([1, 2, 4], "seq 3 is missing"),
        ([1, 2, 2], "seq 2 is one too many"),
        ([0, 1, 2], "seq 0 is one too many"),
        ([1, None, 3], "1 events have no whole"),
        ([1, "2", 3], "1 events have no whole"),
        ([1, True, 3], "1 events have no whole"),
    ],
)
def test_numbers_must_be_one_two_three(numbers: list[Any], message: str) -> None:
    stages = ["understand", "gather", "compose"]
    events = [{"seq": seq, "stage": stage} for seq, stage in zip(numbers, stages, strict=True)]
    assert message in (violation(events) or "")


def test_no_events_and_a_missing_stage_are_breaches() -> None:
    assert violation([]) == "no events"
    assert violation(_numbered(["understand", "compose"])) == "no event of stage 'gather'"


def test_a_target_with_steps_of_its_own_is_bound_by_its_numbering_alone() -> None:
    own = [{"seq": 1, "stage": "look", "status": "started"}, {"seq": 2, "stage": "say", "status": "started"}]
    assert not has_stages(own)
    assert has_stages([{"seq": 1, "stage": "compose", "status": "started"}])
