"""Cases are read from their files at every look, and checked at the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.adapters.json_schema import complaint
from harness.case_files import fingerprint
from harness.case_loading import Cases
from harness.cases import DataError
from tests.harness.support import CASES, TEST_CASES, full, write_rows

DEV, TEST = "dev.jsonl", "test.jsonl"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_rows(tmp_path / DEV, [full(row, "dev") for row in CASES])
    write_rows(tmp_path / TEST, [full(row, "test") for row in TEST_CASES])
    return tmp_path


def _cases(root: Path, split: str = "", limit: int = 0) -> Cases:
    return Cases("golden", (DEV, TEST), root, complaint, split, limit)


def test_cases_are_walked_through_as_often_as_one_likes(root: Path) -> None:
    cases = _cases(root)
    assert [case.id for case in cases] == [case.id for case in cases] == [row["id"] for row in (*CASES, *TEST_CASES)]
    assert len(cases) == 7


@pytest.mark.parametrize(
    ("split", "limit", "ids"),
    [("test", 0, ["test-price", "test-who"]), ("", 2, ["dev-bottle", "dev-cap"]), ("test", 1, ["test-price"])],
)
def test_split_and_limit_choose(root: Path, split: str, limit: int, ids: list[str]) -> None:
    cases = _cases(root, split, limit)
    assert [case.id for case in cases] == ids
    assert [cases.number(id_) for id_ in (*ids, "dev-unknown")] == [*range(len(ids)), None]


def test_what_the_limit_leaves_out_is_checked_all_the_same(root: Path) -> None:
    write_rows(root / TEST, [full(row, "test") for row in (*TEST_CASES, TEST_CASES[0])])
    with pytest.raises(DataError, match=r"test\.jsonl:3: id 'test-price' stands at line 1 of test\.jsonl"):
        _cases(root, limit=1)


def test_an_id_is_one_case_whatever_the_file(root: Path) -> None:
    write_rows(root / TEST, [full(CASES[0], "test")])
    with pytest.raises(DataError, match=r"test\.jsonl:1: id 'dev-bottle' stands at line 1 of dev\.jsonl"):
        _cases(root)


def test_the_digest_is_of_the_chosen_cases_wherever_they_lie(root: Path) -> None:
    before = _cases(root, "dev").digest
    (root / DEV).rename(root / "moved.jsonl")
    assert Cases("golden", ("moved.jsonl",), root, complaint).digest == before
    assert _cases_of(root, "moved.jsonl", required=[["x"]]).digest != before


def _cases_of(root: Path, path: str, **labels: object) -> Cases:
    write_rows(root / path, [full({**row, **labels}, "dev") for row in CASES])
    return Cases("golden", (path,), root, complaint)


def test_an_observation_belongs_to_a_case_that_asks_the_same(root: Path) -> None:
    cases = _cases(root)
    first = next(iter(cases))
    assert cases.asks(first.id, fingerprint(first))
    assert cases.asks(first.id, "")
    assert not cases.asks(first.id, "0" * 16)
    assert not cases.asks("nobody", "")


def test_a_suite_without_cases_is_a_data_error_and_one_without_its_split_is_not(root: Path) -> None:
    write_rows(root / DEV, [])
    assert len(_cases(root, "dev")) == 0
    write_rows(root / TEST, [])
    with pytest.raises(DataError, match="has no cases"):
        _cases(root)
