"""Names of records as they stand in links, front matter and prose, and what one record says of another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.dates import iso_date
from kb.record_links import link, mentions, name_of, number_of, related


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("0007", "adr:0007"),
        (7, "adr:0007"),
        ("#7", "adr:0007"),
        ("ADR-7", "adr:0007"),
        ("adr:0007", "adr:0007"),
        ("ADR015-name", "adr:0015"),
        ("0007-use-x.md", "adr:0007"),
        ("../0007-use-x.md#why", "adr:0007"),
        ("[7. Use X](0007-use-x.md)", "adr:0007"),
        ("../2022-02-07-tracing/README.md", "adr:2022-02-07-tracing"),
        ("2022-02-07-tracing", "adr:2022-02-07-tracing"),
        ("20200101-use-x", "adr:20200101-use-x"),
        ("adr-use-x", "adr:use-x"),
        ("incident:2026-01-x", "incident:2026-01-x"),
        ("rule:pet-bottle", "rule:pet-bottle"),
    ],
)
def test_every_way_to_name_a_decision_gives_one_id(value: object, meant: str) -> None:
    assert link("adr", value) == meant


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("Superceded by [10. Use Django](0010-use-django.md)", [("superseded_by", "adr:0010", None)]),
        ("Superseded by 7", [("superseded_by", "adr:0007", None)]),
        ("Superseded on 2021-01-04 by ADR 4", [("superseded_by", "adr:0004", None)]),
        ("Replaced by ADR015", [("superseded_by", "adr:0015", None)]),
        ("Deprecated in favour of ADR-9", [("superseded_by", "adr:0009", None)]),
        ("Supersedes: 0003, 0004", [("supersedes", "adr:0003", None), ("supersedes", "adr:0004", None)]),
        ("Supersedes ADR 0002/0003", [("supersedes", "adr:0002", None), ("supersedes", "adr:0003", None)]),
        (
            "Supersedes [3](0003-x.md) and amends [4](0004-y.md)",
            [("supersedes", "adr:0003", None), ("amends", "adr:0004", None)],
        ),
        ("Amends [3](0003-x.md#timeouts)", [("amends", "adr:0003", "timeouts")]),
        ("Amends ADR-0003 §2.1", [("amends", "adr:0003", "2.1")]),
        ("Partially superseded by [0018](0018-k.md)", [("amended_by", "adr:0018", None)]),
        ("Partially supersedes ADR-3", [("amends", "adr:0003", None)]),
        ("ADR-0007로 대체됨", [("superseded_by", "adr:0007", None)]),
        ("대체됨(→ [ADR-0010](0010-x.md))", [("superseded_by", "adr:0010", None)]),
        ("대체한 ADR: ADR-0006", [("superseded_by", "adr:0006", None)]),
        ("ADR-0003와 0004를 대체한다", [("supersedes", "adr:0003", None), ("supersedes", "adr:0004", None)]),
        ("ADR-0005에 의해 일부 대체됨", [("amended_by", "adr:0005", None)]),
        ("Superseded", []),
        ("See ADR-0007", []),
    ],
)
def test_a_line_says_how_records_stand_to_one_another(line: str, meant: list[tuple[str, str, str | None]]) -> None:
    assert [(item.relation, item.id, item.section) for item in related(line)] == meant


@pytest.mark.parametrize(
    "text", ["ADR-3.5 inch", "v1.2.3", "adrenaline 12", "chapter 0007", "[site](https://example.org/a.html)"]
)
def test_what_looks_like_a_name_is_none(text: str) -> None:
    assert not any(item.id == "adr:0007" or item.target for item in mentions(text))


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("0007-x", 7),
        ("adr-012-x", 12),
        ("ADR3", 3),
        ("2022-02-07-x", None),
        ("20220207-x", None),
        ("use-x", None),
        ("12345-x", None),
    ],
)
def test_a_file_name_begins_with_a_number_or_a_date(name: str, number: int | None) -> None:
    assert number_of(name) == number


def test_a_page_of_a_folder_is_called_like_the_folder() -> None:
    assert name_of("docs/2022-02-07-tracing/README.md") == "2022-02-07-tracing"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2020-03-25", "2020-03-25"),
        ("Date: 2020/3/5", "2020-03-05"),
        ("25-10-2017", "2017-10-25"),
        ("26-Sep-2018", "2018-09-26"),
        ("5th January 2024", "2024-01-05"),
        ("Jan 5, 2024", "2024-01-05"),
        ("2024년 1월 5일", "2024-01-05"),
        ("25/12/2020", "2020-12-25"),
        ("12/25/2020", "2020-12-25"),
        ("03/04/2020", "2020"),
        ("2025-12", "2025-12"),
        ("2024-12/2025-08", "2024-12"),
        ("2026", "2026"),
        ("31-31-2020", None),
        ("ADR 2020", None),
        ("no date", None),
    ],
)
def test_a_date_is_iso_as_far_as_it_is_certain(text: str, date: str | None) -> None:
    assert iso_date(text) == date


@given(st.text(max_size=200))
def test_no_text_breaks_the_readers(text: str) -> None:
    assert all(item.id for item in related(text))
    assert iso_date(text) is None or str(iso_date(text))[:4].isdigit()
