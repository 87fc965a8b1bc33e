"""What stands in the HTML report and in its side files, and that foreign text stays text in both."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.adapters.html import REPORT, html
from harness.baseline import NO_BASELINE, Baseline
from harness.cases import Case, Observation, Score, Turn, Verdict
from harness.charts import Point, Span, difference_bar, span_bar, sparkline
from harness.jsonl import write_rows, write_text
from harness.markdown import number
from harness.reading import CaseResult
from harness.report import Beside, view
from harness.reporting import against_baseline
from harness.reporting.against_baseline import difference_rows, differences
from harness.reporting.case_detail import detail
from harness.reporting.claim_marks import claims_of, marked
from harness.reporting.gate_rows import gate_rows, sentences
from harness.reporting.lanes import lanes_of, lanes_svg
from harness.reporting.latency_nodes import latency_rows
from harness.reporting.mutation_matrix import matrices, mistakes
from harness.reporting.side_pages import PER_PAGE, script
from harness.reporting.told import Told, told_of, worst_of
from harness.reporting.trends import trend_rows
from harness.reporting.whole import CASE
from harness.runs import digest
from harness.timing.summary import summary
from tests.harness.many_cases import FAILED, many, observation_of, summary_of, write_report

EVIL = "<script>alert(1)</script>\x00\x0b\u2028 & \"'|` javascript:alert(2) </script> \ud55c"


class Page(HTMLParser):
    """Collects what a browser would fetch or run, the words, and the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "srcset", "data", "action", "poster")]
        self.fetched += [value or "" for name, value in attrs if name == "href" and not (value or "").startswith("#")]
        self.fetched += [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_data(self, data: str) -> None:
        self.words += data


def _page(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def _told(text: str = "뚜껑은?", **more: Any) -> Told:
    """A failed case with `text` in every place that comes from outside."""
    case = Case(text, text, "dev", (Turn(text, text, text),), True, tags=(text,), intents=(text,), path=text, line=1)
    line = {"id": text, "path": text, "line_start": 1, "line_end": 2, "text": text, "agent": text, "quote": text}
    claim = {"text": text, "span": [0, 1], "cell": text, "kind": text, "evidence": line, "against": line, "node": text}
    events = [{"seq": at, "stage": text, "status": status, "ts": f"2026-01-20T09:00:0{at}+00:00"}
              for at, status in enumerate(("started", "failed"), start=1)]  # fmt: skip
    response = {"answer": text, "intents": [text], "agents": [text], "passages": [line], "citations": [line],
                "events": events, "usage": {text: text}, "degraded": [text], **more}  # fmt: skip
    answer = Observation(text, text, "dev", text, response)
    scores = (Score(text, text, "dev", text, "FAIL", 0.0, text, {"claims": [claim]}),)
    return Told(case, answer, scores, ("FAIL",))


def _broken(text: str, **more: Any) -> Told:
    """The same where the response breaks the contract."""
    told = _told(text, **more)
    return told if told.answer is None else replace(told, answer=replace(told.answer, error=text))


def _empty(text: str = "") -> dict[str, Any]:
    run = {"started_at": text, "run_id": text, "profile": text, "versions": {text: text}, "suites": []}
    gate = {"metric": text, "suite": text, "split": "", "slice": text, "limit": text, "value": 0.5, "low": None,
            "high": None, "n": 1, "unmeasured": 0, "baseline": None, "comparison": None, "standing": "fails",
            "reason": text}  # fmt: skip
    figure = {"suite": text, "metric": text, "split": "", "slice": f"intent:{text}", "value": 0.5, "n": 1,
              "passed": 1, "failed": 0, "unmeasured": 0, "low": 0.1, "high": 0.9}  # fmt: skip
    return {"run": run, "exit_code": 1, "gates": [gate], "figures": [figure], "cells": [], "not_applicable": [],
            "missing": [{"id": text}], "failures": [], "notes": [text]}  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=40) | st.just(EVIL))
def test_any_text_can_stand_anywhere_in_the_report(text: str) -> None:
    case = detail(_told(text), {"component": text, "suspects": [text], "reason": text}, {text: 0.5})
    lost = detail(_broken(text), None, {})
    drawn = html(view(_empty(text), Beside(failed=[case, lost], index=script([text]), told=1)), REPORT)
    page = _page(drawn)
    assert page.fetched == ["data:,"]
    assert page.tags.count("script") == 2
    assert {"iframe", "img", "object", "base", "embed"} & set(page.tags) == set()
    assert "style" in page.tags


def test_foreign_text_reads_as_it_was_written() -> None:
    page = _page(html({"case": detail(_told(EVIL), None, {})}, CASE))
    assert page.words.count("<script>alert(1)</script>") > 8
    assert page.tags.count("script") == 0


@given(st.text())
def test_json_in_a_script_begins_no_tag_and_ends_no_line(text: str) -> None:
    written = script([f"{text}{EVIL}"])
    assert not set(written) & {"<", "\u2028", "\u2029", "\n"}
    assert json.loads(written) == [f"{text}{EVIL}"]


def test_the_policy_allows_the_own_script_by_its_hash_and_no_network(tmp_path: Path) -> None:
    text = write_report(many(tmp_path, 3), tmp_path).read_text(encoding="utf-8")
    policy = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "connect-src" not in policy


def test_cases_beyond_the_worst_go_to_side_files_and_old_ones_go(tmp_path: Path) -> None:
    run = many(tmp_path, 2 * PER_PAGE + FAILED)
    stale = tmp_path / "report-cases" / "099.js"
    write_text(stale, "old")
    text = write_report(run, tmp_path, summary_of(run, told=FAILED - 50)).read_text(encoding="utf-8")
    told = json.loads(re.findall(r'id="index">(.*?)</script>', text)[0])
    assert [path.name for path in sorted((tmp_path / "report-cases").iterdir())] == ["001.js", "002.js", "003.js"]
    assert [row[2] for row in told["cases"]].count("F") == FAILED
    assert len([row for row in told["cases"] if row[3] == 0]) == FAILED - 50 == text.count('class="case" id=')
    assert f"{FAILED - 50} of {FAILED}; the others" in text


def test_a_side_file_is_one_call_with_the_cases_of_the_index(tmp_path: Path) -> None:
    run = many(tmp_path, FAILED + 10)
    write_report(run, tmp_path, summary_of(run, told=FAILED))
    text = (tmp_path / "report-cases" / "001.js").read_text(encoding="utf-8")
    cases = json.loads(text.removeprefix("reportCases(1,").removesuffix(");\n"))
    assert len(cases) == 10
    assert "cases.jsonl:251" in cases[0]


def test_of_repeats_the_first_that_failed_is_told() -> None:
    case = _told().case
    verdicts: tuple[Verdict, ...] = ("PASS", "FAIL", "FAIL")
    scores = [Score("s", "c", "dev", "m", verdict, 1.0, repeat=at) for at, verdict in enumerate(verdicts)]
    answers = [Observation("c", "s", "dev", "", {"answer": str(at)}, repeat=at) for at in range(3)]
    told = told_of(CaseResult(case, tuple(scores)), answers)
    assert told.answer is not None
    assert told.answer.answer == "1"
    assert detail(told, None, {})["repeats"] == "2 of 3 answers failed"
    assert worst_of([]) == "N/A"


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5))
def test_marking_claims_loses_no_character(answer: str, spans: list[tuple[int, int]]) -> None:
    claims = [{"span": [start, end], "cell": "grounded-false"} for start, end in spans]
    assert "".join(text for text, _ in marked(answer, claims)) == answer


def test_every_claim_is_numbered_in_its_cell_beside_the_line_that_decides(tmp_path: Path) -> None:
    run = many(tmp_path, 1)
    result = next(run.results("many"))
    first, second = claims_of(told_of(result, run.answers(result.case)))
    assert (first["number"], first["look"], first["evidence"]["place"]) == (1, "good", "rules/a.yaml:3–7")
    assert first["evidence"]["text"] == "페트병은 라벨을 떼고 내놓으세요."
    assert (second["number"], second["cell"], second["kind"]) == (2, "ungrounded-false", "action")


def test_of_a_very_long_answer_the_beginning_is_shown_and_the_rest_counted() -> None:
    page = _page(html({"case": detail(_told(answer="가" * 5_000), None, {})}, CASE))
    assert "and 1000 more characters" in page.words
    assert "가" * 4_001 not in page.words


@pytest.mark.parametrize(
    "broken",
    [{"events": ["x"]}, {"events": 5}, {"timings_ms": [1]}, {"citations": 5}, {"passages": ["x"]}, {"usage": [1]}],
    ids=str,
)
def test_a_response_that_breaks_the_contract_is_reported_as_such(broken: dict[str, Any]) -> None:
    """It used to end the report with a traceback."""
    told = _broken("the response breaks the contract: x", answer="네", **broken)
    assert "✗ the response breaks the contract: x" in html({"case": detail(told, None, {})}, CASE)
    assert told.answer is not None
    assert latency_rows([told.answer]) == []
    assert summary([told.answer]) is None


def test_of_two_runs_of_a_node_the_one_that_failed_is_marked() -> None:
    said = [("a", "started", 0), ("a", "completed", 10), ("a", "started", 10), ("a", "failed", 30)]
    events = [{"seq": seq, "stage": a, "status": b, "ts": ms / 1000} for seq, (a, b, ms) in enumerate(said, start=1)]
    lanes, _ = lanes_of({"events": events})
    assert [(lane.name, lane.has_failed) for lane in lanes] == [("a", False), ("a#2", True)]


def test_the_sentence_of_a_gate_names_a_case_that_got_worse_before_one_that_always_failed() -> None:
    def failed(id_: str, before: str, moved: str) -> dict[str, Any]:
        score = {"metric": "mrr", "reason": id_, "before": before, "moved": moved}
        return {"suite": "golden", "id": id_, "scores": [score], "intents": [], "tags": [], "claims": []}

    rows = [failed("old", "0.000", ""), failed("new", "", ""), failed("worse", "1.000", "-1.000")]
    gate = {"metric": "mrr", "suite": "golden", "split": "", "slice": "", "standing": "fails", "reason": "r"}
    named = [next(sentences([gate], rows[:count]))["case"]["id"] for count in (1, 2, 3)]
    assert named == ["old", "new", "worse"]


def test_lanes_stand_where_the_nodes_ran_and_mark_the_critical_path(tmp_path: Path) -> None:
    response = observation_of(next(iter(many(tmp_path, 1).cases["many"]))).response or {}
    lanes, total = lanes_of(response)
    assert {lane.name: (lane.start_ms, lane.end_ms) for lane in lanes}["classify"] == pytest.approx((40, 70))
    assert {lane.name for lane in lanes if not lane.is_critical} == {"weather"}
    assert total == pytest.approx(90)
    assert lanes_svg(response).count("<rect") == 4
    assert lanes_svg({}) == ""


def test_the_sentence_of_a_failing_gate_names_case_intent_node_and_line(tmp_path: Path) -> None:
    run = many(tmp_path, 2)
    cases = [detail(told_of(result, run.answers(result.case)), None, {}) for result in run.results("many")]
    gate = {**_empty()["gates"][0], "metric": "hallucination_rate", "suite": "many", "slice": "intent:waste"}
    (told,) = sentences([gate], cases)
    case = told["case"]
    assert (case["id"], case["intent"], case["node"]) == ("dev-00000", "waste", "classify")
    assert (case["claim"], case["place"]) == ("뚜껑은 닫아서 내놓으세요.", "rules/a.yaml:3")
    assert next(sentences([{**gate, "split": "test"}], cases))["case"] is None


def test_gates_that_fail_come_first_and_those_unmeasured_for_one_reason_share_a_sentence() -> None:
    gate = _empty("x")["gates"][0]
    standings = ("holds", "unmeasured", "unmeasured", "fails")
    gates = [{**gate, "metric": f"m{at}", "standing": standing} for at, standing in enumerate(standings)]
    assert [row["standing"] for row in gate_rows(gates, {})] == ["fails", "unmeasured", "unmeasured", "holds"]
    assert [row["metrics"] for row in sentences(gates, [])] == [["m3"], ["m1", "m2"]]


@pytest.mark.parametrize(("limit", "drawn"), [("≥ 0.5, drop ≤ 0.1", 1), ("drop ≤ 0.1", 0), ("margin 0.05", 0)])
def test_the_limit_is_drawn_where_there_is_one(limit: str, drawn: int) -> None:
    (row,) = gate_rows([{**_empty("x")["gates"][0], "limit": limit}], {})
    assert row["bar"].count('class="limit"') == drawn


def test_differences_to_the_baseline_come_by_harm(tmp_path: Path) -> None:
    run = many(tmp_path, 40)
    ids = tuple(case.id for case in run.cases["many"])
    values = {"required_facts": (1.0,) * 40, "intent_f1": (0.0,) * 40}
    baseline = Baseline("2026-01-19", "first", {}, {"many": ids}, {"many": values})
    rows = difference_rows(differences(run, baseline, {}))
    assert [(row["metric"], row["verdict"]) for row in rows] == [("required_facts", "worse"), ("intent_f1", "better")]
    assert rows[0]["cases"][0] == "dev-00000 1.00 → 0.00"
    assert differences(run, NO_BASELINE, {}) == []


def test_of_very_many_cases_only_gated_metrics_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = many(tmp_path, 40)
    ids = tuple(case.id for case in run.cases["many"])
    values = {"required_facts": (1.0,) * 40, "intent_f1": (0.0,) * 40}
    baseline = Baseline("2026-01-19", "first", {}, {"many": ids}, {"many": values})
    monkeypatch.setattr(against_baseline, "MANY", 39)
    found = differences(run, baseline, {}, {("many", "intent_f1")})
    assert [row["metric"] for row in found] == ["intent_f1"]


def test_a_percentile_that_the_samples_cannot_bound_is_refused(tmp_path: Path) -> None:
    rows = latency_rows(many(tmp_path, 30).observations["many"])
    p50, p95, _ = rows[0]["percentiles"]
    assert rows[0]["node"] == "total"
    assert (p50["shown"], p95["refusal"]) == ("90.0", "p95 needs 59 samples, got 30")
    by_node = {row["node"]: row for row in rows}
    assert (by_node["weather"]["path"], by_node["weather"]["slack"]) == ("0%", "10.0")


def test_the_mutation_matrix_has_a_cell_for_each_operator_and_language() -> None:
    cells = [("number", "ko", 9), ("number", "", 9), ("", "ko", 9), ("", "", 9)]
    same = {"family": "mutation", "n": 10, "abstained": 1, "low": 0.6, "high": 0.98}
    rates = [
        {**same, "operator": operator, "language": language, "killed": killed, "rate": killed / 10}
        for operator, language, killed in cells
    ]
    (matrix,) = matrices({"rates": rates})
    assert (matrix["languages"], [row["operator"] for row in matrix["rows"]]) == (["ko", "all"], ["number", "all"])
    assert matrix["rows"][0]["cells"][0]["told"] == "9 of 10, 95 % 60%–98%, abstained on 1"
    survivor = {"mutant": "1kg에 99원", "span": [5, 7], "p_supported": 0.9}
    assert next(iter(mistakes({"survivors": [survivor], "false_kills": []})))["rows"][0]["changed"] == "99"


@pytest.mark.parametrize("is_current", [True, False], ids=["of these scores", "of other scores"])
def test_blame_is_told_only_for_the_scores_that_it_explains(tmp_path: Path, is_current: bool) -> None:
    run = many(tmp_path, 2)
    case = {"id": "dev-00000", "component": "retriever", "suspects": ["retriever"], "reason": "mended by passages"}
    suite = {
        "name": "many",
        "failed": 1,
        "capabilities": ["passages"],
        "counts": {"dev": {"retriever": 1}},
        "cases": [case],
    }
    scores = digest(run.folder.scores) if is_current else "0" * 64
    write_text(tmp_path / "blame.json", json.dumps({"schema": "blame/1", "scores": scores, "suites": [suite]}))
    text = write_report(run, tmp_path).read_text(encoding="utf-8")
    assert ("mended by passages" in text) is is_current


def test_the_trend_shows_gated_figures_over_the_runs(tmp_path: Path) -> None:
    row = {"run_id": "a", "suite": "s", "split": "", "slice": "", "low": 0.4, "high": 0.9, "n": 9}
    days = [{**row, "metric": metric, "started_at": f"2026-01-0{day}", "value": day / 10}
            for day in (2, 1, 3) for metric in ("m", "other")]  # fmt: skip
    write_rows(tmp_path / "history.jsonl", days)
    (told,) = trend_rows(tmp_path / "history.jsonl", [("s", "m", "", "")])
    assert (told["metric"], told["shown"], told["moved"], told["runs"]) == ("m", "0.300", "+0.100", 3)
    assert "0.100 on 2026-01-01 to 0.300 on 2026-01-03" in told["chart"]
    assert trend_rows(tmp_path / "none.jsonl", [("s", "m", "", "")]) == []


def test_charts_escape_their_titles_and_draw_inside_their_box() -> None:
    charts = span_bar("t<", Span(7.0, -1.0, 9.0, 3.0, 8.0, 5.0)) + difference_bar("t<", -9, 0, 9, 1.0)
    charts += sparkline("t<", [Point("a", 1.0), Point("b", 2.0, 0.0, 5.0)])
    assert charts.count("<title>t&lt;</title>") == 3
    assert max(float(value) for value in re.findall(r"[MHLc]x?=?\"?([\d.]+)", charts)) <= 220
    assert span_bar("none", Span(None)) == "" == sparkline("one", [Point("a", 1.0)])
    assert number(None) == "–"
