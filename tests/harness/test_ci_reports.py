"""What a CI system and a pull request read of a run: Markdown, annotations, step page, JUnit, CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from harness import cli, commands
from harness.app import Site
from harness.cases import Figure, Score
from harness.ci.annotations import MOST, annotated, command
from harness.ci.beside import Beside, beside
from harness.ci.csv_files import cell, write_figures, write_scores
from harness.ci.layout import table
from harness.ci.step_summary import MOST_BYTES, append_summary
from harness.ci.surroundings import Surroundings
from harness.ci.verdict import verdicts
from harness.ci.words import code, escaped, escaped_html
from harness.junit import JunitCase, write_junit
from harness.markdown import LONGEST, length, markdown
from tests.harness.ci_summaries import BLAME, CLAIM, MUTATIONS, difference, failure, gate, summary
from tests.harness.golden import same_as_golden

EVIL = (
    "<img src=x onerror=alert(1)> | `x` [x](http://evil.test) @eco2-team #12 GH-7 www.evil.test "
    "\x00\x0b ](x) *b* &#64;a\ud55c"
)
LIVE = re.compile(r"@\w|#\d|GH-\d|://|www\.", re.IGNORECASE)


def test_the_markdown_report_reads_like_the_golden_one() -> None:
    same_as_golden("report.md", markdown(summary(), Beside(BLAME, MUTATIONS)))


def test_the_verdict_names_metric_certainty_intent_node_sentence_and_culprit() -> None:
    first = verdicts(summary(), BLAME)[0]
    for part in ("`false_claim_rate`", "0.025 is above 0.01",
                 "on the same 40 cases +0.025 (95 % +0.005 to +0.045, Holm p 0.004)",
                 "most in `waste`: 2 of 10", "`datasets/golden-dev.jsonl:12`", "at `classify`", CLAIM["text"],
                 "`rules/waste.yaml:10`", "action", "blamed on the generator"):  # fmt: skip
        assert part in first


def test_a_case_that_got_worse_explains_a_gate_before_one_that_always_failed() -> None:
    changed = [{"id": "dev-other", "before": 1.0, "after": 0.0, "gain": -1.0}]
    rows = [{**difference("required_facts", -0.1), "changed": changed}]
    failed = [failure("dev-cap", "required_facts", claims=(CLAIM,)), failure("dev-other", "required_facts")]
    told = summary(gates=[gate("required_facts", "fails")], failures=failed, differences=rows)
    assert "dev-other" in verdicts(told)[0]
    assert "dev-cap" in verdicts({**told, "differences": []})[0]


def test_a_gate_of_the_test_split_is_told_without_a_case() -> None:
    told = next(line for line in verdicts(summary(), BLAME) if "required" in line)
    assert "dev-cap" not in told
    assert "figures alone" in told


def test_a_gate_of_one_intent_is_not_explained_by_a_case_of_another() -> None:
    gates = [gate("required_facts", "fails", slice=f"intent:{name}") for name in ("waste", "weather")]
    waste, weather = verdicts(summary(gates=gates))
    assert "dev-cap" in waste
    assert "dev-cap" not in weather


@pytest.mark.parametrize(
    ("exit_code", "gates", "words"),
    [
        (0, [gate("intent_f1", "holds")], "Gates hold"),
        (0, [gate("missing_cases", "holds")], "held against no gate"),
        (1, [gate("intent_f1", "fails")], "A gate fails"),
        (2, [gate("intent_f1", "unmeasured")], "Could not be measured"),
    ],
    ids=["holds", "ungated", "fails", "unmeasured"],
)
def test_the_first_line_is_the_verdict(exit_code: int, gates: list[dict[str, Any]], words: str) -> None:
    assert words in markdown(summary(exit_code=exit_code, gates=gates)).splitlines()[0]


@pytest.mark.parametrize("letter", ["가", "😀", "|"], ids=["Korean", "outside the first plane", "escaped"])
@pytest.mark.parametrize("part", ["failures", "gates", "notes", "differences"])
def test_whatever_is_long_the_report_fits_a_comment_and_begins_with_the_verdict(part: str, letter: str) -> None:
    words = letter * 900
    rows: dict[str, Any] = {
        "failures": [failure("x", "mrr", answer=words, claims=({**CLAIM, "text": words},))] * 300,
        "gates": [gate(f"m{number}{words[:90]}", "fails", reason=words) for number in range(200)],
        "notes": [words] * 300,
        "differences": [{**summary()["differences"][0], "metric": words}] * 200,
    }
    told = markdown(summary(**{part: rows[part]}))
    assert length(told) <= LONGEST
    assert told.startswith("## ❌ A gate fails")
    assert "`report.html`" in told or "more" in told


def test_the_number_of_cases_left_out_is_told() -> None:
    told = markdown(summary(failures=[failure(f"dev-{number}", "mrr") for number in range(1000)]))
    shown = told.count("<details><summary>dev-")
    assert f"… and {1000 - shown} more in `report.html`" in told
    assert shown > 50


@given(st.text())
def test_escaped_text_has_no_bare_markdown_and_nothing_that_github_brings_to_life(text: str) -> None:
    told = escaped(text)
    assert "\n" not in told
    assert not re.search(r"(?<!\\)(?:\\\\)*[`|*<&]", told)
    assert not LIVE.search(told.replace("\\", ""))
    assert not LIVE.search(escaped_html(text).replace("&#x27;", ""))


@given(st.text(st.characters(categories=("Cc", "Cf", "Lo"))), st.sampled_from([escaped, escaped_html, code]))
def test_no_text_turns_the_words_after_it_or_controls_a_terminal(text: str, told: Callable[[str], str]) -> None:
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", told(f"a {text} b"))
    assert escaped("a\u202eb") == "a\ufffdb"


def _rendered(text: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(text))


@pytest.mark.parametrize("part", ["failures", "gates", "notes", "missing", "not_applicable"])
def test_foreign_text_makes_no_tag_link_or_mention_when_it_is_rendered(part: str) -> None:
    evil_claim = {
        **CLAIM,
        **dict.fromkeys(("text", "cell", "kind", "node", "intent"), EVIL),
        "evidence": {"id": EVIL, "text": EVIL},
    }
    rows: dict[str, Any] = {
        "failures": [
            {**failure(EVIL, EVIL, "mrr", claims=(evil_claim,)), "answer": EVIL, "turns": [EVIL], "path": EVIL}
        ],
        "gates": [gate(EVIL, "fails", suite=EVIL, reason=EVIL, limit=EVIL)],
        "notes": [EVIL],
        "missing": [{"suite": EVIL, "id": EVIL, "split": "dev"}],
        "not_applicable": [{"suite": EVIL, "part": EVIL, "metrics": [EVIL]}],
    }
    page = _rendered(markdown(summary(**{part: rows[part]})))
    assert not re.search(r"<(img|a|em|script)\b", page)
    assert not re.search(r"@\w|#12|GH-7|://|www\.", re.sub(r"&#?\w+;", "", page))


def test_a_cell_cannot_break_its_table() -> None:
    lines = table(("a", "b"), [{"x": EVIL}], lambda row: [escaped(row["x"]), code(row["x"])])
    page = _rendered("\n".join(lines))
    assert page.count("<td>") == 2


def test_blame_of_other_scores_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "blame.json").write_text(json.dumps(BLAME), encoding="utf-8")
    assert beside(tmp_path, "0").blame == BLAME
    assert beside(tmp_path, "1").blame is None


# --- annotations and the page of the step


def test_annotations_read_like_the_golden_ones() -> None:
    same_as_golden("annotations.txt", "\n".join(annotated(summary())) + "\n")


@pytest.mark.parametrize(
    ("text", "as_message", "as_property"),
    [
        ("100 %", "100 %25", "100 %25"),
        ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"),
        ("a:b,c", "a:b,c", "a%3Ab%2Cc"),
        ("%0A", "%250A", "%250A"),
        ("::set-env name=X::y", "::set-env name=X::y", "%3A%3Aset-env name=X%3A%3Ay"),
    ],
    ids=["percent", "line ends", "separators", "escaped already", "a command"],
)
def test_a_workflow_command_escapes_as_githubs_toolkit_does(text: str, as_message: str, as_property: str) -> None:
    assert command("error", text, title=text) == f"::error title={as_property}::{as_message}"


@given(st.text(), st.text())
def test_no_text_can_end_a_workflow_command_or_add_a_property(message: str, title: str) -> None:
    told = command("warning", message, title=title, file="")
    assert not {"\n", "\r"} & set(told)
    assert told.count(",") == message.count(",")


def test_at_most_ten_of_a_level_and_the_most_harmful_first() -> None:
    failures = [failure(f"mild-{number}", "mrr") for number in range(20)]
    failures += [failure(f"bad-{number}", "false_claim_rate", line=number) for number in range(20)]
    failures.append(failure("worst", "false_claim_rate", claims=(CLAIM,)))
    told = annotated(summary(failures=failures))
    errors = [line for line in told if line.startswith("::error")]
    assert len(errors) == MOST
    assert "title=2 gates failed" in errors[0]
    assert "title=golden worst" in errors[1]
    assert sum(line.startswith("::warning") for line in told) == MOST
    assert told[-1].startswith("::notice::22 more")


def test_a_workspace_below_the_repository_is_annotated_there(tmp_path: Path) -> None:
    (tmp_path / "apps" / "bot").mkdir(parents=True)
    folder = Surroundings(checkout=tmp_path).folder_of(tmp_path / "apps" / "bot")
    assert "file=apps/bot/datasets/golden-dev.jsonl,line=12" in "".join(annotated(summary(), folder))
    assert Surroundings(checkout=tmp_path / "apps").folder_of(tmp_path) == ""
    assert Surroundings().folder_of(tmp_path) == ""


def test_the_page_of_a_step_never_grows_beyond_what_github_shows(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(b"x" * (MOST_BYTES - 5000))
    assert append_summary(page, "줄\n" * 9000)
    assert page.stat().st_size <= MOST_BYTES
    assert "cut" in page.read_text(encoding="utf-8")[-80:]
    page.write_bytes(b"x" * MOST_BYTES)
    assert not append_summary(page, "줄\n")


def _left_with(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    return int(left.value.code or 0)


def test_within_github_actions_a_gate_annotates_and_fills_the_page_by_itself(
    environment: Path, aim: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aim("alters_a_number")
    _left_with("run")
    _left_with("gate")
    assert "::error" not in capsys.readouterr().out
    for name, value in (
        ("ACTIONS", "true"),
        ("STEP_SUMMARY", str(environment / "page.md")),
        ("WORKSPACE", str(environment)),
    ):
        monkeypatch.setenv(f"GITHUB_{name}", value)
    assert _left_with("gate") == 1
    assert "::error file=datasets/golden-dev.jsonl,line=4,title=golden dev-price::" in capsys.readouterr().out
    assert "A gate fails" in (environment / "page.md").read_text(encoding="utf-8")
    _left_with("gate", "--no-annotations")
    assert "::error" not in capsys.readouterr().out


# --- JUnit


@pytest.fixture
def ants_schema(shared_data: Path) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(shared_data / "junit" / "JUnit.xsd"))


def test_junit_is_valid_against_ants_schema_whatever_the_words(
    tmp_path: Path, ants_schema: xmlschema.XMLSchema
) -> None:
    gates = [gate(EVIL, standing, reason=EVIL) for standing in ("holds", "fails", "unmeasured", "N/A")]
    tests = [
        JunitCase("dev-1"),
        JunitCase(f"id {EVIL}", "failure", EVIL, EVIL),
        JunitCase("", "skipped", EVIL),
        JunitCase("x\x85y", "failure"),
    ]
    write_junit(tmp_path / "junit.xml", summary(gates=gates), {"golden  x": tests})
    ants_schema.validate(str(tmp_path / "junit.xml"))
    text = (tmp_path / "junit.xml").read_text(encoding="utf-8")
    assert 'tests="4" failures="1" errors="1" skipped="1"' in text
    assert 'tests="4" failures="2" errors="0" skipped="1"' in text
    assert '<property name="run_id" value="c0ffee' in text


def test_junit_of_a_real_run_tells_dev_cases_and_no_test_case(
    site: Site, workspace: Path, aim: Any, ants_schema: xmlschema.XMLSchema
) -> None:
    from harness.plan import Request

    aim("alters_a_number")
    commands.evaluate(site, Request(), None, "2026-01-20T09:00:00+00:00")
    path = workspace / "reports" / "latest" / "junit.xml"
    ants_schema.validate(str(path))
    names = {test.get("name"): [child.tag for child in test] for test in ET.parse(path).iter("testcase")}
    assert names["dev-price"] == ["failure"]
    assert "failure" not in names["dev-bottle"]
    assert not any("test-price" in str(name) for name in names)
    assert any(str(name).startswith("test split: required_facts") for name in names)


def test_ten_thousand_cases_need_no_more_memory_than_ten(tmp_path: Path) -> None:
    def cases(count: int) -> Iterator[JunitCase]:
        return (
            JunitCase(f"dev-{number}", "failure", "required_facts", "none of the words" * 20) for number in range(count)
        )

    def peak(count: int) -> int:
        tracemalloc.start()
        write_junit(tmp_path / "junit.xml", summary(), {"golden": cases(count)})
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    few, many = peak(10), peak(10_000)
    assert many < few + 1_000_000
    assert (tmp_path / "junit.xml").stat().st_size > 4_000_000


# --- CSV


def _read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def _a_score(id_: str, split: str, verdict: Any, value: float | None, reason: str = "") -> Score:
    return Score("golden", id_, split, "mrr", verdict, value, reason)


def test_scores_are_listed_for_dev_and_only_counted_for_test(tmp_path: Path) -> None:
    scores = [
        _a_score("dev-1", "dev", "FAIL", 0.0, '=HYPERLINK("http://evil.test")'),
        _a_score("test-1", "test", "PASS", 1.0, "secret"), _a_score("test-2", "test", "PASS", 0.5),
        _a_score("test-3", "test", "UNMEASURED", None),
    ]  # fmt: skip
    write_scores(tmp_path / "scores.csv", scores)
    first, passed, unmeasured = _read(tmp_path / "scores.csv")
    assert (first["id"], first["reason"]) == ("dev-1", '\'=HYPERLINK("http://evil.test")')
    assert (passed["id"], passed["value"], passed["scores"], passed["reason"]) == ("", "0.75", "2", "")
    assert (unmeasured["verdict"], unmeasured["value"], unmeasured["scores"]) == ("UNMEASURED", "", "1")


def test_figures_keep_their_signs_as_numbers(tmp_path: Path) -> None:
    write_figures(
        tmp_path / "figures.csv",
        [Figure("golden", "gain", -0.25, 4, slice="intent:a,b"), Figure("golden", "x", None, 0)],
    )
    one, two = _read(tmp_path / "figures.csv")
    assert (one["value"], one["slice"], two["value"]) == ("-0.25", "intent:a,b", "")


@given(st.text(min_size=1))
def test_no_text_starts_a_formula(text: str) -> None:
    told = cell(text)
    assert isinstance(told, str)
    assert told[0] not in "=+-@\t\r"
    assert told.removeprefix("'") == text.removeprefix("'") or told == f"'{text}"


@pytest.mark.parametrize("start", ["", " ", "\u00a0", "\u3000", "\ufeff", "\u200b"], ids=ascii)
@pytest.mark.parametrize("sign", "=+-@＝＋－＠\t\0")
def test_no_blank_and_no_wide_sign_hides_a_formula(start: str, sign: str) -> None:
    assert cell(f"{start}{sign}1+1") == f"'{start}{sign}1+1"


def test_a_report_has_figures_always_and_scores_when_asked(
    environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _left_with("run")
    latest = environment / "reports" / "latest"
    assert (latest / "figures.csv").is_file()
    assert not (latest / "scores.csv").exists()
    assert _left_with("report", "--csv") == 0
    assert "scores.csv" in capsys.readouterr().out
    told = (latest / "scores.csv").read_text(encoding="utf-8")
    assert "dev-cap" in told
    assert "test-price" not in told
