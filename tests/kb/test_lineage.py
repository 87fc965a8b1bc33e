from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Document
from kb.lineage import Lineage

PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14)


def record(number: int, folder: str = "adr", status: str = "accepted", **links: tuple[str, ...]) -> Document:
    name = f"{number:04}"
    return Document(f"{folder}/{name}.md", "adr", name, "b", (), f"adr:{name}", status, **links)  # type: ignore[arg-type]


def anyone(_: int) -> bool:
    return True


def test_a_chain_leads_to_its_end_from_either_side_of_the_links() -> None:
    lineage = Lineage([record(1, superseded_by=("adr:0002",)), record(2), record(3, supersedes=("adr:0002",))])
    assert lineage.in_force(0, anyone) == (2,)
    assert lineage.predecessors(2) == ("adr:0002", "adr:0001")
    assert lineage.successors(0) == ("adr:0003",)


def test_a_record_may_be_split_among_several() -> None:
    lineage = Lineage([record(1, superseded_by=("adr:0002", "adr:0003")), record(2), record(3)])
    assert set(lineage.in_force(0, anyone)) == {1, 2}


def test_a_proposal_replaces_nothing() -> None:
    assert Lineage([record(1), record(2, status="proposed", supersedes=("adr:0001",))]).in_force(0, anyone) == ()


def test_a_chain_ends_before_those_that_do_not_count() -> None:
    lineage = Lineage([record(1), record(2, supersedes=("adr:0001",)), record(3, supersedes=("adr:0002",))])
    assert lineage.in_force(0, lambda place: place < 2) == (1,)


def test_a_link_means_the_record_beside_it() -> None:
    documents = [record(1, "a/adr"), record(1, "b/adr"), record(2, "b/adr", supersedes=("adr:0001",))]
    lineage = Lineage(documents)
    assert lineage.in_force(0, anyone) == ()
    assert lineage.in_force(1, anyone) == (2,)


def test_a_link_into_nothing_or_to_itself_is_no_link() -> None:
    lineage = Lineage([record(1, superseded_by=("adr:0009",), supersedes=("adr:0001",))])
    assert lineage.in_force(0, anyone) == ()


@given(PAIRS)
def test_links_in_any_shape_even_circles_come_to_an_end(pairs: list[tuple[int, int]]) -> None:
    documents = [
        record(number, supersedes=tuple(f"adr:{old:04}" for new, old in pairs if new == number)) for number in range(7)
    ]
    lineage = Lineage(documents)
    for place in range(7):
        assert place not in lineage.in_force(place, anyone)
        assert len(set(lineage.predecessors(place))) == len(lineage.predecessors(place))
