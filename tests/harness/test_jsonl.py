from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cases import DataError
from harness.jsonl import append_row, drop_torn_end, dump, pretty, read_rows, write_rows

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "where"),
    [('{"a": 1}\n[1]\n', ":2: a row must be an object"), ('{"a": 1}\n\n{"a"', ":3: not a JSON row"),
     ('{"a": NaN}', "NaN is not JSON")],
    ids=["list", "torn", "nan"],
)  # fmt: skip
def test_a_bad_row_is_named_by_file_and_line(tmp_path: Path, text: str, where: str) -> None:
    (tmp_path / "rows.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"rows\.jsonl") as caught:
        list(read_rows(tmp_path / "rows.jsonl", "rows.jsonl"))
    assert where in str(caught.value)


def test_a_missing_file_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        list(read_rows(tmp_path / "none.jsonl"))


def test_unicode_line_ends_inside_a_row_do_not_cut_it(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.jsonl", [{"text": "한 줄\u2028같은 줄\x85끝"}])
    assert [row for _, row in read_rows(tmp_path / "a.jsonl")] == [{"text": "한 줄\u2028같은 줄\x85끝"}]


def test_a_torn_last_row_is_cut_and_whole_ones_stay(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        append_row(stream, {"a": 1})
        stream.write('{"a": "한')
    assert drop_torn_end(path)
    assert [row for _, row in read_rows(path)] == [{"a": 1}]
    assert not drop_torn_end(path)


def test_numbers_that_json_does_not_have_become_null() -> None:
    assert json.loads(dump({"a": float("nan"), "b": [float("inf"), 1]})) == {"a": None, "b": [None, 1]}


@given(JSON)
def test_pretty_json_says_the_same(value: object) -> None:
    assert json.loads(pretty(value)) == value
