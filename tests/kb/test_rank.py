"""From passages to documents in order: gathered, weighed, within quotas, the named first, the replaced behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Document, Kind
from kb.fuse import ranking
from kb.lineage import Lineage
from kb.ports import EMPTY, Ranking
from kb.rank import (
    DEFAULTS,
    STALE,
    Collections,
    Tuning,
    by_document,
    collection_of,
    in_force_first,
    named_first,
    with_evidence,
)

COUNT = 8
SCORES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(1e-6, 1), min_size=COUNT, max_size=COUNT)
KINDS: tuple[Kind, ...] = ("adr", "incident", "rule", "skill", "doc", "rule", "rule", "adr")
LINKS = st.lists(st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)), max_size=10)
TERM_META = {"forms": {"ko": ["이벤트"], "en": ["event"]}}


def ranked(scores: Sequence[float]) -> Ranking:
    return ranking(np.arange(len(scores)), np.array(scores, np.float64))


def listed(found: Ranking) -> list[tuple[int, float]]:
    return list(zip(found.numbers.tolist(), found.scores.tolist(), strict=True))


def document(number: int, kind: Kind = "adr", is_term: bool = False, **links: tuple[str, ...]) -> Document:
    name = f"adr/{number:04}.md"
    meta, tags = (TERM_META, ("term",)) if is_term else ({}, ())
    return Document(name, kind, name, "b", (), f"adr:{number:04}", "accepted", tags=tags, meta=meta, **links)  # type: ignore[arg-type]


def documents() -> list[Document]:
    """Eight, two of them entries of a glossary (5 and 6)."""
    return [document(number, kind, number in (5, 6)) for number, kind in enumerate(KINDS)]


def linked(links: Sequence[tuple[int, int]]) -> Lineage:
    """Eight decisions; (new, old) replaces."""
    return Lineage(
        [document(n, supersedes=tuple(f"adr:{old:04}" for new, old in links if new == n)) for n in range(COUNT)]
    )


def anyone(_: int) -> bool:
    return True


def naively_gathered(found: Ranking, document_of: Sequence[int], further: float) -> list[tuple[int, float]]:
    sums: dict[int, float] = {}
    places: dict[int, int] = {}
    for number, score in listed(found):
        owner = document_of[number]
        sums[owner] = sums.get(owner, 0.0) + score * further ** places.get(owner, 0)
        places[owner] = places.get(owner, 0) + 1
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


@given(SCORES, st.lists(st.integers(0, 4), min_size=COUNT, max_size=COUNT), st.sampled_from([0.0, 0.2, 0.5, 1.0]))
def test_gathering_equals_a_naive_loop(scores: list[float], owners: list[int], further: float) -> None:
    found = by_document(ranked(scores), np.array(owners), further)
    expected = naively_gathered(ranked(scores), owners, further)
    assert dict(listed(found)) == pytest.approx(dict(expected))
    assert listed(found) == sorted(listed(found), key=lambda item: (-item[1], item[0]))


@given(SCORES)
def test_documents_of_one_passage_keep_the_order_of_their_passages(scores: list[float]) -> None:
    assert listed(by_document(ranked(scores), np.arange(COUNT))) == listed(ranked(scores))


def test_further_passages_add_a_little_and_the_best_one_decides() -> None:
    found = by_document(ranked([0.5, 0.5, 0.5, 0.65]), np.array([0, 0, 0, 1]))
    assert listed(found) == [(1, 0.65), (0, pytest.approx(0.5 + 0.1 + 0.02))]


def test_equal_documents_are_ordered_by_number() -> None:
    assert by_document(Ranking(np.array([3, 1]), np.array([0.5, 0.5])), np.array([9, 4, 9, 2])).numbers.tolist() == [
        2,
        4,
    ]


def test_nothing_found_stays_nothing_all_the_way() -> None:
    nothing, none = np.zeros(0), frozenset[int]()
    assert by_document(EMPTY, np.zeros(0, np.int64)) is EMPTY
    assert len(with_evidence(EMPTY, nothing, nothing)) == 0
    assert len(Collections([], DEFAULTS).within_quotas(Collections([], DEFAULTS).weighted(EMPTY))) == 0
    assert len(in_force_first(named_first(EMPTY, []), Lineage([]), none, anyone)) == 0


@given(SCORES, SCORES, SCORES)
def test_evidence_adds_at_most_its_share_and_loses_nothing(
    scores: list[float], words: list[float], meaning: list[float]
) -> None:
    found = ranked(scores)
    more = with_evidence(found, np.array(words)[found.numbers], np.array(meaning)[found.numbers])
    assert set(more.numbers.tolist()) == set(found.numbers.tolist())
    before = dict(listed(found))
    assert all(-1e-12 <= score - before[number] <= 0.8 + 1e-9 for number, score in listed(more))


def test_evidence_against_a_document_counts_as_none() -> None:
    found = with_evidence(ranked([0.5, 0.4]), np.array([0.0, 3.0]), np.array([-1.0, 0.5]))
    assert listed(found) == [(1, pytest.approx(0.4 + 0.4 + 0.2)), (0, 0.5)]


def test_an_entry_of_a_glossary_stands_apart_from_other_rules() -> None:
    assert [collection_of(each) for each in documents()] == [*KINDS[:5], "term", "term", "adr"]
    assert collection_of(Document("r.yaml", "rule", "t", "b", (), tags=("term",))) == "rule"


def test_weights_scale_a_collection_and_none_is_left_out_of_the_others() -> None:
    weights = Tuning(weights=(("term", 0.5), ("doc", 2.0)), quotas=())
    found = Collections(documents(), weights).weighted(ranked([0.4] * COUNT))
    assert listed(found) == [(4, 0.8), (0, 0.4), (1, 0.4), (2, 0.4), (3, 0.4), (7, 0.4), (5, 0.2), (6, 0.2)]


def test_a_weight_of_zero_leaves_a_collection_out() -> None:
    found = Collections(documents(), Tuning(weights=(("rule", 0.0),))).weighted(ranked([0.4] * COUNT))
    assert set(found.numbers.tolist()) == {0, 1, 3, 4, 5, 6, 7}


@given(SCORES, st.integers(1, 3), st.integers(1, 3))
def test_quotas_keep_the_order_and_lose_nothing(scores: list[float], terms: int, decisions: int) -> None:
    limits = {"term": terms, "adr": decisions}
    collections = Collections(documents(), Tuning(quotas=tuple(limits.items())))
    found = ranked(scores)
    moved = listed(collections.within_quotas(found))
    names = [collection_of(each) for each in documents()]
    within: list[tuple[int, float]] = []
    beyond: list[tuple[int, float]] = []
    for number, score in listed(found):
        taken = sum(names[other] == names[number] for other, _ in within)
        (beyond if taken >= limits.get(names[number], COUNT) else within).append((number, score))
    assert moved == within + beyond


def test_without_quotas_a_ranking_stays_as_it_is() -> None:
    found = ranked([0.1, 0.5, 0.3, 0.9, 0.2, 0.8, 0.7, 0.6])
    assert listed(Collections(documents(), Tuning(quotas=())).within_quotas(found)) == listed(found)


@given(SCORES, st.lists(st.integers(0, COUNT - 1), max_size=4))
def test_named_documents_come_first_in_the_order_of_their_mention(scores: list[float], named: list[int]) -> None:
    found, first = ranked(scores), list(dict.fromkeys(named))
    others = [number for number in found.numbers.tolist() if number not in named]
    result = named_first(found, named)
    assert result.numbers.tolist() == first + others
    assert np.all(np.diff(result.scores) <= 0)


def test_a_named_document_comes_even_where_no_leg_saw_it() -> None:
    assert named_first(EMPTY, [5, 2, 5]).numbers.tolist() == [5, 2]


@given(SCORES, LINKS, st.frozensets(st.integers(0, COUNT - 1), max_size=2))
def test_a_replaced_document_stands_behind_each_of_its_successors(
    scores: list[float], links: list[tuple[int, int]], named: frozenset[int]
) -> None:
    lineage, found = linked(links), ranked(scores)
    order = in_force_first(found, lineage, named, anyone).numbers.tolist()
    for old in set(found.numbers.tolist()) - named:
        assert all(order.index(new) < order.index(old) for new in lineage.in_force(old, anyone))


@given(SCORES, LINKS, st.frozensets(st.integers(0, COUNT - 1), max_size=2))
def test_ranking_by_links_loses_nothing_and_lifts_or_halves(
    scores: list[float], links: list[tuple[int, int]], named: frozenset[int]
) -> None:
    lineage, found = linked(links), ranked(scores)
    before, after = dict(listed(found)), dict(listed(in_force_first(found, lineage, named, anyone)))
    assert before.keys() <= after.keys()
    for number, score in after.items():
        is_halved = number not in named and bool(lineage.in_force(number, anyone))
        own = before.get(number, 0.0)
        assert score == own * STALE if is_halved else score >= own
    assert max(after.values(), default=0.0) == max(before.values(), default=0.0)


@given(SCORES)
def test_without_links_a_ranking_is_the_same_one(scores: list[float]) -> None:
    found = ranked(scores)
    assert in_force_first(found, linked([]), frozenset(), anyone) is found


@pytest.mark.parametrize(
    ("named", "counts", "expected"),
    [
        (frozenset[int](), anyone, [(2, 0.9), (0, 0.45)]),
        (frozenset({0}), anyone, [(0, 0.9)]),
        (frozenset[int](), lambda place: place < 2, [(1, 0.9), (0, 0.45)]),
        (frozenset[int](), lambda place: False, [(0, 0.9)]),
    ],
    ids=["the last of a chain", "named by the question", "the last that counts", "none that counts"],
)
def test_the_one_in_force_takes_the_score(
    named: frozenset[int], counts: Callable[[int], bool], expected: list[tuple[int, float]]
) -> None:
    chain = linked([(1, 0), (2, 1)])
    assert listed(in_force_first(ranked([0.9]), chain, named, counts)) == expected


def test_a_hundred_thousand_passages_are_gathered_in_no_time() -> None:
    owners = np.arange(100_000) // 3
    found = by_document(ranking(np.arange(100_000), np.linspace(1.0, 0.1, 100_000)), owners)
    assert len(found) == 33_334
    assert found.numbers[0] == 0
