from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import commands
from harness.adapters.html import html
from harness.adapters.json_schema import complaint
from harness.app import Site
from harness.charts import Bar, bars
from harness.junit import junit
from harness.markdown import LONGEST, escaped, markdown
from harness.plan import Request
from harness.report import marked, view
from tests.harness.support import full, write_rows

NOW = "2026-01-20T09:00:00+00:00"
EVIL = "<script>alert(1)</script>\x00\x0b & \"'|` [x](http://evil.test) \ud55c"


@pytest.fixture
def summary(site: Site, workspace: Path) -> dict[str, Any]:
    """The summary of a run with a failing dev case whose words try to break out of every format."""
    rows = [
        {"id": "dev-evil", "turns": [f"시세? {EVIL}"], "required": [["없는 말"]], "intents": ["recyclable_price"]},
        {"id": "dev-fine", "turns": ["뚜껑은?"], "required": [["닫"]]},
    ]
    write_rows(workspace / "datasets" / "golden-dev.jsonl", [full(row, "dev") for row in rows])
    secret = {"id": "test-secret", "turns": ["시험 문제의 본문"], "required": [["없는 말"]]}
    write_rows(workspace / "datasets" / "golden-test.jsonl", [full(secret, "test")])
    commands.accept_gold(site, "first")
    commands.evaluate(Site(workspace, site.environ, workspace), Request(), None, NOW)
    loaded: dict[str, Any] = json.loads((workspace / "reports" / "latest" / "summary.json").read_text(encoding="utf-8"))
    return loaded


def _file(workspace: Path, name: str) -> str:
    return (workspace / "reports" / "latest" / name).read_text(encoding="utf-8")


class Page(HTMLParser):
    """Collects what a browser would fetch or run, and which tags stay open."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "srcset", "data", "action", "poster")]
        self.fetched += [value or "" for name, value in attrs if name == "href" and not (value or "").startswith("#")]
        self.fetched += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words += data


def _page(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def test_the_html_report_runs_nothing_and_asks_nobody(summary: dict[str, Any], workspace: Path) -> None:
    text = _file(workspace, "report.html")
    page = _page(text)
    assert page.fetched == []
    assert {"script", "iframe", "img", "link", "object"} & set(page.tags) == set()
    assert "@import" not in text
    assert "url(" not in text


def test_gates_come_first_and_the_offending_case_is_shown_with_its_words_as_words(
    summary: dict[str, Any], workspace: Path
) -> None:
    text = _file(workspace, "report.html")
    assert (
        text.index('id="gates"') < text.index('id="cells"') < text.index('id="failures"') < text.index('id="suite-1"')
    )
    assert "<script>alert(1)</script>" in _page(text).words
    assert re.search(r"prefers-color-scheme: dark", text)
    assert re.search(r"@media \(max-width", text)


def test_no_report_tells_a_single_test_case(summary: dict[str, Any], workspace: Path) -> None:
    told = "".join(_file(workspace, name) for name in ("report.html", "report.md", "junit.xml", "summary.json"))
    assert "시험 문제의 본문" not in told
    assert "test-secret" not in told
    assert [row["id"] for row in summary["failures"]] == ["dev-evil"]


def test_the_summary_is_of_its_schema(summary: dict[str, Any]) -> None:
    assert complaint("report", summary) is None


def test_a_run_that_was_held_against_no_gate_does_not_say_that_gates_hold(summary: dict[str, Any]) -> None:
    ungated = {**summary, "exit_code": 0, "gates": summary["gates"][-1:]}
    assert ungated["gates"][0]["metric"] == "missing_cases"
    assert "held against no gate" in markdown(ungated)
    assert "held against no gate" in html(view(ungated, {}))


def test_the_junit_report_is_valid_against_ants_schema(
    summary: dict[str, Any], workspace: Path, shared_data: Path
) -> None:
    schema = xmlschema.XMLSchema(str(shared_data / "junit" / "JUnit.xsd"))
    schema.validate(_file(workspace, "junit.xml"))


def test_the_junit_report_is_valid_whatever_the_gates_say(summary: dict[str, Any], shared_data: Path) -> None:
    schema = xmlschema.XMLSchema(str(shared_data / "junit" / "JUnit.xsd"))
    gates = [
        {**summary["gates"][0], "standing": standing, "reason": EVIL}
        for standing in ("holds", "fails", "unmeasured", "N/A")
    ]
    text = junit({**summary, "gates": gates}, {"golden  x": ["dev-evil", f"id {EVIL}"]}, "localhost")
    schema.validate(text)
    assert 'failures="1" errors="1" skipped="1"' in text


def test_the_markdown_report_fits_a_comment_and_breaks_no_table(summary: dict[str, Any], workspace: Path) -> None:
    text = _file(workspace, "report.md")
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert {re.sub(r"\\\|", "", line).count("|") for line in table} == {11}
    long = {**summary, "failures": summary["failures"] * 5000}
    assert len(markdown(long)) < LONGEST + 100
    assert "more in `report.html`" in markdown(long)


@given(st.text())
def test_escaped_text_has_no_bare_markdown(text: str) -> None:
    assert "\n" not in escaped(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`|*<]", escaped(text))


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5))
def test_marking_claims_loses_no_character(answer: str, spans: list[tuple[int, int]]) -> None:
    claims = [{"span": [start, end], "cell": "grounded-false"} for start, end in spans]
    assert "".join(text for text, _ in marked(answer, claims)) == answer


def test_charts_escape_labels_and_stay_inside() -> None:
    chart = bars("t<", [Bar("<b>&", 7.0, "7", 0.0, 9.0), Bar("x" * 99, 0.0, "0")], 5.0)
    assert "<b>" not in chart
    assert max(float(number) for number in re.findall(r'width="([\d.]+)"', chart)) <= 640
    assert bars("none", [], 1.0) == ""


@settings(deadline=None, max_examples=20)
@given(st.text(max_size=50))
def test_any_text_can_stand_in_the_html_report(text: str) -> None:
    row = {"suite": text, "id": text, "split": "dev", "path": text, "line": 1, "turns": [text], "answer": text,
           "error": None, "scores": [{"metric": "m", "value": 0.0, "reason": text}], "claims": []}  # fmt: skip
    run = {"started_at": NOW, "profile": text, "suites": []}
    profile: dict[str, object] = {
        "profile": text,
        "standing": "N/A",
        "reason": text,
        "index_s": None,
        "quality": {},
        "times": {},
    }
    empty = {"schema": "report/1", "run": run, "exit_code": 0, "gates": [], "figures": [], "cells": [],
             "not_applicable": [], "missing": [], "failures": [row], "notes": [text],
             "profiles": [profile]}  # fmt: skip
    drawn = html(view(empty, {}))
    assert _page(drawn).fetched == []
    assert "<script" not in drawn
