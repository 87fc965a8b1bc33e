"""Whole records in the forms of the world: front matter, Nygard, lists, tables, banners, templates, incidents."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kb.adapters.yaml_text import load_mapping
from kb.documents import Amendment
from kb.markdown import front_matter
from kb.records import Record, parse_record

PATH = "docs/adr/0007-use-x.md"


def record(text: str, path: str = PATH) -> Record | None:
    lines = text.split("\n")
    matter = front_matter(lines)
    return parse_record(path, load_mapping(matter.yaml, path), "\n".join(lines[matter.body_start - 1 :]))


def read(text: str, path: str = PATH) -> Record:
    found = record(text, path)
    assert found is not None
    return found


FORMS = {
    "madr 4": ("---\nstatus: superseded by ADR-0123\ndate: 2024-05-01\n---\n# X\n", "superseded", "2024-05-01"),
    "nygard": ("# 7. X\n\nDate: 2017-11-11\n\n## Status\n\nAccepted\n\n## Context\n", "accepted", "2017-11-11"),
    "nygard, at the end": ("# X\n\n25-10-2017\n\n## Context\ny\n## Status\n\nAccepted.\n", "accepted", "2017-10-25"),
    "adr-tools": ("# 7. X\n\n## Status\n\nAccepted\n\nSuperceded by [9. Y](0009-y.md)\n", "superseded", None),
    "a log": ("# X\n\n## Status\n2019-01-02 proposed\n2019-02-03 accepted\n", "accepted", "2019-02-03"),
    "a log, newest first": ("# X\n\n## Status\n2019-02-03 accepted\n2019-01-02 proposed\n", "accepted", "2019-02-03"),
    "madr 2": ("# X\n\n* Status: accepted\n* Date: 2020-03-25\n\n## Context\n", "accepted", "2020-03-25"),
    "bold": ("# X\n\n**Status:** Deprecated · **Date:** 5 Jan 2024\n\n## Context\n", "deprecated", "2024-01-05"),
    "bold, its value below": ("# X\n\n**Status**\n\nRejected\n\n## Context\n", "rejected", None),
    "a list of its own": ("# X\n\n- Status:\n  - Accepted\n\n## Context\n", "accepted", None),
    "boxes": ("# X\n\n## Status\n- [ ] Proposed\n- [x] Accepted\n- [ ] Rejected\n", "accepted", None),
    "a heading": ("# X\n\n## Status: accepted\n\n## Context\n", "accepted", None),
    "a table, named in rows": (
        "# X\n\n| | |\n|---|---|\n| **Status** | ✅ Accepted |\n| Date | 2025-03-01 |\n",
        "accepted",
        "2025-03-01",
    ),
    "a table, named in columns": (
        "| Status | Date |\n|:--|:--|\n| Proposed | 2025-01-07 |\n\n## Context\n",
        "proposed",
        "2025-01-07",
    ),
    "a quote": ("# X\n\n> **상태**: Accepted  \n> **일자**: 2026-01-14  \n\n## 결정\n", "accepted", "2026-01-14"),
    "Korean": ("# X\n\n## 상태\n\n✅ 승인 (2024년 1월 5일)\n\n## 결정\n", "accepted", "2024-01-05"),
    "a banner": (
        "# X\n\n> [!CAUTION]\n> This ADR has been superseded by [9](0009-y.md)\n\n## Status\n\nAccepted\n",
        "superseded",
        None,
    ),
    "a Korean banner": ("> ⚠️ **이 ADR은 ADR-0009로 대체됨.**\n\n# X\n\n- 상태: 승인\n", "superseded", None),
    "a title": ("# [DEPRECATED] X\n\n## Context\n", "deprecated", None),
    "struck out": ("# X\n\nStatus: ~~Accepted~~ Superseded by [9](0009-y.md)\n", "superseded", None),
    "a successor alone": ("# X\n\n## Links\n\n* Superseded by [ADR-9](0009-y.md)\n", "superseded", None),
    "prose about others": (
        "# X\n\n## Status\n\nAccepted\n\nThis was proposed by Kim; the rest was rejected.\n",
        "accepted",
        None,
    ),
    "an example below": ("# X\n\n## Options\n\nStatus: Rejected\n\n```\nstatus: draft\n```\n", None, None),
    "a choice to make": (
        "# X\n\n* Status: [proposed | accepted | superseded by [5](0005-y.md)]\n* Date: [YYYY-MM-DD]\n",
        None,
        None,
    ),
    "nothing": ("# X\n\n## Context\n", None, None),
    "a word of its own": ("# X\n\nStatus: Levitating\n", "levitating", None),
}


@pytest.mark.parametrize(("text", "status", "date"), FORMS.values(), ids=list(FORMS))
def test_every_form_gives_its_status_and_date(text: str, status: str | None, date: str | None) -> None:
    found = read(text)
    assert (found.status, found.date, found.doc_id) == (status, date, "adr:0007")


def test_links_come_from_front_matter_and_body() -> None:
    found = read(
        "---\nsupersedes: ADR-0003, ADR-0004\namends: [{id: 1, section: Limits}]\namended-by: ['0009']\n"
        "tags: [a, b]\n---\n# X\n\n## Status\n\nAccepted. Supersedes [ADR-0005](0005-y.md)\n\n"
        "Amends [ADR-2](0002-z.md#costs)\n"
    )
    assert found.supersedes == ("adr:0003", "adr:0004", "adr:0005")
    assert found.amends == (Amendment("adr:0001", "Limits"), Amendment("adr:0002", "costs"))
    assert found.amended_by == (Amendment("adr:0009"),)
    assert found.tags == ("a", "b")


def test_a_templates_example_links_to_nothing() -> None:
    assert read(FORMS["a choice to make"][0]).superseded_by == ()


@pytest.mark.parametrize(
    ("path", "doc_id"),
    [
        ("docs/arch/adr-003-use-x.md", "adr:0003"),
        ("docs/decision-records/2022-02-07-tracing/README.md", "adr:2022-02-07-tracing"),
        ("adr/20200101-use-x.md", "adr:20200101-use-x"),
        ("docs/plans/adr-use-x.md", "adr:use-x"),
        ("docs/architecture/0012-use-x.md", "adr:0012"),
    ],
)
def test_a_decision_is_known_by_its_place_and_its_sections(path: str, doc_id: str) -> None:
    found = record("# X\n\n## Status\nAccepted\n\n## Context\ny\n\n## Decision\nz\n", path)
    assert found is not None
    assert (found.kind, found.doc_id) == ("adr", doc_id)


@pytest.mark.parametrize(
    "path",
    ["docs/adr/README.md", "docs/adr/index.md", "docs/adr/template.md", "docs/adr/0000-adr-template.md",
     "docs/adr/2022-02-07-tracing/figures.md", "docs/blog/12-queues.md", "notes/0001-todo.md"],
)  # fmt: skip
def test_lists_templates_annexes_and_posts_are_no_decisions(path: str) -> None:
    assert record("# X\n\n## Context\ny\n\n## Decision\nz\n", path) is None


def test_a_form_that_nobody_filled_in_is_no_record() -> None:
    assert record("# [short title of solved problem]\n\n* Status: [proposed | accepted]\n") is None


def test_a_heading_left_from_the_template_is_replaced_by_the_files_name() -> None:
    assert read("# Title of the Decision Record\n\n## Decision\nx\n").title == "use x"


def test_an_incident_begins_with_its_period() -> None:
    found = read(
        "---\nid: 2024-12-crash\nstatus: final\nperiod: 2024-12/2025-08\n---\n# X\n", "incidents/2024-12-crash.md"
    )
    assert (found.kind, found.doc_id, found.status, found.date) == (
        "incident",
        "incident:2024-12-crash",
        "final",
        "2024-12",
    )


def real_records(folder: Path) -> dict[str, Record]:
    texts = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8-sig") for path in folder.rglob("*.md")}
    return {path: found for path, text in sorted(texts.items()) if (found := record(text, path)) is not None}


def test_the_records_of_four_real_projects_have_their_statuses(shared_data: Path) -> None:
    found = real_records(shared_data / "adr")
    counts = Counter((path.split("__")[0], item.status) for path, item in found.items())
    assert counts == {
        ("eclipse-edc", None): 106,
        ("adr", None): 18,
        ("adr", "on hold"): 1,
        ("alphagov", "accepted"): 12,
        ("alphagov", None): 3,
        ("opinionated-digital-center", "accepted"): 9,
    }


def test_the_odd_ones_among_them_are_read_as_they_are_meant(shared_data: Path) -> None:
    found = {path.split("/", 1)[1]: item for path, item in real_records(shared_data / "adr").items()}
    assert found["docs/decisions/0003-provide-own-madr-tools.md"].status == "on hold"
    assert found["docs/decisions/0008-add-status-field.md"].status is None, "its options show statuses"
    assert found["docs/arch/adr-015-convention-for-data-warehouse-unique-id.md"].date == "2018-09-26"
    assert {path for path in found if "template" in path.rpartition("/")[2]} == set()
    assert {path for path in found if path.endswith(("index.md", "renaming.md", "decision-records/README.md"))} == set()
    twice = [item for path, item in found.items() if "adr-009-" in path]
    assert [item.doc_id for item in twice] == ["adr:0009", "adr:0009"]
    named = found["docs/developer/decision-records/2022-08-09-project-structure-review/README.md"]
    assert (named.title, named.doc_id) == ("project structure review", "adr:2022-08-09-project-structure-review")
