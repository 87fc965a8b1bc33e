"""Files, flags and disks that would have a gate end green, or in a traceback that reads like a gate that fails."""

from __future__ import annotations

import errno
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness import cli, commands
from harness.adapters.yaml_gates import gates_from
from harness.app import Site
from harness.baseline import baseline_from
from harness.cases import ConfigError, DataError, Gate
from harness.config import config_from
from harness.importing.files import read_entries
from harness.importing.intake import guessed
from harness.importing.langfuse import exchanges as langfuse_exchanges
from harness.importing.otel import exchanges as otel_exchanges
from harness.importing.redaction import Redactor
from harness.journal import Journal
from harness.jsonl import read_rows, write_text
from harness.judging.remote.budget import PaidModel, Prices, Purse
from harness.judging.remote.model import Prompt, Reply
from harness.run_places import held
from harness.validate import vacuous_limits
from tests.harness.support import GATES, ExactJudge, write_config

BASELINE = Path("reports") / "baseline.json"
DROP = (
    "  - {metric: required_facts, suite: golden, max_drop: 0.01}\n  - {metric: intent_f1, suite: golden, margin: 0.1}\n"
)


@pytest.fixture
def accepted(environment: Path, accepted_once: Path) -> Path:
    shutil.copytree(accepted_once, environment, dirs_exist_ok=True)
    return environment


def _called(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(command)
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out + printed.err


def _gates(folder: Path, text: str) -> None:
    (folder / "datasets" / "gates.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gates:\n  - {metric: m, suite: s, min: .nan}", r"2: min must be a number, got nan"),
        ("gates:\n  - {metric: m, suite: s, max: .inf}", r"2: max must be a number, got inf"),
        ("gates:\n  - {metric: m, suite: s, min: .9, min: 0}", r"2: 'min' stands twice"),
        ("gates:\n  - {metric: m, suite: s, min: .9}\ngates: []", r"no gates|stands twice"),
        ("gates:\n  - {metric: m, suite: s, min: .9, split: prod}", r"2: split must be dev or test"),
        ("gates:\n  - {metric: [m], suite: s, min: .9}", r"2: metric must be text"),
        ("defaults: [1]\ngates:\n  - {metric: m, suite: s, min: .9}", r"defaults must be a mapping"),
        ("gates: &a\n  - {metric: m, suite: s, min: .9}\n  - *a", r"must be a mapping"),
    ],
)
def test_a_gate_that_could_never_fail_or_be_read_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        gates_from(text, "gates.yaml")


def test_a_limit_of_a_share_in_per_cent_is_refused() -> None:
    limits = [Gate("m", "s", max=3, line=7), Gate("m", "s", max=1), Gate("calls", "s", max=3), Gate("m", "s", margin=5)]
    found = vacuous_limits(limits, ["m"], "gates.yaml")
    assert [line.partition(" can never")[0] for line in found] == [
        "gates.yaml:7: max 3 of 'm'",
        "gates.yaml:0: margin 5 of 'm'",
    ]


def test_a_gate_in_per_cent_ends_in_a_data_error(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _gates(accepted, GATES + "  - {metric: forbidden_claims, suite: golden, max: 3}\n")
    for command in ("gate", "validate"):
        code, printed = _called(capsys, command)
        assert code == 3
        assert "gates.yaml:10: max 3 of 'forbidden_claims' can never be broken" in printed


@pytest.mark.parametrize(("suite", "message"), [("goldne", "is unknown"), ("golden", "has no gate")])
def test_a_named_suite_without_gates_is_no_pass(
    suite: str, message: str, accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _gates(accepted, "gates:\n  - {metric: knowledge_drift, suite: knowledge, max: 0}\n")
    code, printed = _called(capsys, "gate", "--suite", suite)
    assert code == 3
    assert f"suite {suite!r} {message}" in printed


def _figures(part: dict[str, Any]) -> None:
    part["figures"] = [[*figure[:3], float("nan"), 1] for figure in part["figures"]]


def _values(value: object, count: int) -> Callable[[dict[str, Any]], None]:
    return lambda part: part["values"].update(required_facts=[value] * count)


@pytest.mark.parametrize(
    "spoil", [_figures, _values(float("nan"), 7), _values("1", 7), _values(True, 7), _values(1.0, 2)],
    ids=["figures", "NaN", "text", "truth", "too few"],
)  # fmt: skip
def test_a_baseline_that_holds_no_numbers_is_refused(accepted: Path, spoil: Callable[[dict[str, Any]], None]) -> None:
    table = json.loads((accepted / BASELINE).read_text(encoding="utf-8"))
    spoil(table["suites"]["golden"])
    with pytest.raises(DataError, match="accept one anew"):
        baseline_from(json.loads(json.dumps(table)), "baseline.json")


def test_a_case_that_asks_something_else_is_not_compared_with_its_former_self(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _gates(accepted, GATES + DROP)
    _called(capsys, "run", "--out", "reports/before")
    cases = accepted / "datasets" / "golden-dev.jsonl"
    cases.write_text(cases.read_text(encoding="utf-8").replace("요즘 시세 얼마야?", "시세?"), encoding="utf-8")
    _called(capsys, "run", "--out", "reports/after")
    _, printed = _called(capsys, "gate", "reports/after")
    assert "golden: 1 cases ask something else than when the baseline was accepted: dev-price" in printed
    assert "on the same 6 cases" in printed
    for earlier in ("reports/before", "baseline"):
        _, printed = _called(capsys, "compare", earlier, "reports/after")
        assert "golden: 1 cases ask something else in reports/after, left out of every difference" in printed


def test_painted_scores_are_not_compared(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_config(accepted, "alters_a_number")
    _called(capsys, "run", "--out", "reports/bad")
    scores = accepted / "reports" / "bad" / "scores.jsonl"
    scores.write_text(scores.read_text(encoding="utf-8").replace('"value": 0.0', '"value": 1.0'), encoding="utf-8")
    code, printed = _called(capsys, "compare", "baseline", "reports/bad", "--fail-on-worse")
    assert code == 3
    assert "scores or answers were changed" in printed


def test_painted_figures_of_the_judge_and_the_knowledge_are_made_anew(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = accepted / "rules" / "waste.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("라벨을 떼고", "라벨을 붙이고"), encoding="utf-8")
    _called(capsys, "run")
    others = accepted / "reports" / "latest" / "others.jsonl"
    others.write_text(others.read_text(encoding="utf-8").replace('"value": 1.0', '"value": 0.0'), encoding="utf-8")
    _, printed = _called(capsys, "gate")
    assert any(line.startswith("fails") and "knowledge_drift" in line for line in printed.splitlines())


def test_a_judge_that_leaves_does_not_take_the_gate_with_it(
    accepted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Leaving(ExactJudge):
        def judge(self, question: object, context: object, claim: object) -> Any:
            sys.exit(0)

    monkeypatch.setattr(Site, "judge", Leaving())
    codes = [_called(capsys, command)[0] for command in ("run", "gate")]
    assert codes == [0, 2]


def test_a_full_disk_is_one_line_and_no_verdict(
    accepted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Journal, row: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Journal, "append", full)
    code, printed = _called(capsys, "run")
    assert code == 3
    assert "No space left on device; make room" in printed


def test_an_interrupt_says_how_to_go_on(
    accepted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Journal, row: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Journal, "append", interrupted)
    code, printed = _called(capsys, "run")
    assert code == 3
    assert "`harness run --resume` continues" in printed


def test_two_runs_cannot_write_to_one_folder(tmp_path: Path) -> None:
    with held(tmp_path / "run"), pytest.raises(ConfigError, match="another `harness run`"), held(tmp_path / "run"):
        pass
    with held(tmp_path / "run"):
        pass


def test_signs_that_the_terminal_does_not_have_are_told_by_number(
    accepted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", stream)
    with pytest.raises(SystemExit):
        cli.main(["gate"])
    stream.seek(0)
    assert "\\u2265 0.95" in stream.read()


def test_rows_with_a_mark_of_byte_order_are_read_and_half_a_character_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('\ufeff{"id": "a"}\r\n', encoding="utf-8")
    assert [row for _, row in read_rows(path)] == [{"id": "a"}]
    for text, message in (('{"id": "\\ud83d"}\n', "half a character"), ("[" * 100_000, "nested too deep")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match=f"cases.jsonl:1: .*{message}"):
            list(read_rows(path))
    path.write_text('{"id": "\\ud83d\\ude00"}\n', encoding="utf-8")
    assert [row for _, row in read_rows(path)] == [{"id": "😀"}]


def test_a_report_with_half_a_character_can_be_written(tmp_path: Path) -> None:
    write_text(tmp_path / "a.md", "네 \ud83d")
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == "네 ?"


@pytest.mark.parametrize("table", [{"suites": 5}, {"suites": {"name": "a"}}])
def test_suites_that_are_no_list_are_refused(table: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="suites"):
        config_from(table)


class _Model:
    """Says of each call that it cost what it likes."""

    name = "says what it costs"

    def __init__(self, cost_usd: float, tokens: int = 1) -> None:
        self._reply = Reply("x", tokens, tokens, cost_usd)

    def complete(self, prompt: Prompt) -> Reply:
        return self._reply


@pytest.mark.parametrize(
    "model", [_Model(float("nan")), _Model(-5.0), _Model(0.0, -(10**9))], ids=["NaN", "less", "tokens"]
)
def test_no_word_of_a_model_fills_the_purse(model: _Model) -> None:
    purse = Purse(Prices(1000.0, 1000.0), 1.0)
    PaidModel(model, purse, 100).complete(Prompt("judge", "words", {"text": "claim"}))
    assert 0 < purse.spent_usd < 1


@pytest.mark.parametrize("usd", [float("nan"), float("inf"), -1.0])
def test_a_budget_that_is_no_amount_is_refused(usd: float) -> None:
    for prices, budget in ((Prices(), usd), (Prices(usd, 1.0), 1.0)):
        with pytest.raises(ConfigError, match="must be a number of US dollars"):
            Purse(prices, budget)


OTEL = [
    {"resourceSpans": [7]},
    {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "a", "spanId": "b", "status": "bad"}]}]}]},
    {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "a", "spanId": "b", "events": [5]}]}]}]},
]  # fmt: skip
LANGFUSE = [
    {"id": "t", "sessionId": "s", "input": "hi", "output": "yo", "observations": [{"type": "GENERATION", "usage": 5}]},
    {"id": "t", "sessionId": "s", "input": "hi", "output": "yo", "scores": [5]},
]


@pytest.mark.parametrize("record", [*OTEL, *LANGFUSE], ids=lambda record: json.dumps(record)[:60])
def test_a_trace_of_a_wrong_shape_is_told_and_the_next_is_read(record: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "traces.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    read = otel_exchanges if guessed(record) == "otel" else langfuse_exchanges
    (found,) = read(read_entries(path))
    assert "traces.jsonl:1: " in getattr(found, "line", "")


def test_an_imported_part_of_a_wrong_shape_is_left_out(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"question": "a", "answer": "b", "events": [1], "latency_ms": float("inf")}
    (environment / "rows.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    _, printed = _called(capsys, "import", "rows.jsonl", "--out", "reports/imported")
    assert "rows.jsonl:1: events is left out: events[0]: 1 is not of type 'object'" in printed
    assert _called(capsys, "score", "reports/imported")[0] == 0


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("김철수님 앞으로 보내 주세요", "[이름-1]님 앞으로 보내 주세요"),
        ("홍길동 님께 전해 주세요", "[이름-1] 님께 전해 주세요"),
        ("주무관님, 이사장님, 고객님, 오라버님", "주무관님, 이사장님, 고객님, 오라버님"),
        ("주민들 님비 현상", "주민들 님비 현상"),
    ],
)
def test_a_name_before_an_honorific_is_a_name(text: str, redacted: str) -> None:
    assert Redactor().text(text) == redacted


def test_personal_data_is_redacted_in_keys_too() -> None:
    assert Redactor().value({"010-1234-5678": 1, "total": 2}) == {"[전화번호-1]": 1, "total": 2}


def test_a_test_question_in_a_document_that_no_source_names_is_found(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (accepted / "docs").mkdir()
    question = "플라스틱 화분받침은 어디에 내놓으면 되나요"
    row = {"id": "test-pot", "split": "test", "answerable": True, "turns": [question], "source": "test"}
    with (accepted / "datasets" / "golden-test.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    (accepted / "docs" / "guide.md").write_text(f"# Guide\n\n{question}?\n", encoding="utf-8")
    _, printed = _called(capsys, "validate")
    assert "docs/guide.md:3: holds the question of test case 'test-pot'" in printed


def test_a_run_that_is_cut_off_while_it_is_scored_keeps_its_judge(
    accepted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "outcome", interrupted)
    assert _called(capsys, "run", "--out", "reports/cut")[0] == 3
    manifest = json.loads((accepted / "reports" / "cut" / "run.json").read_text(encoding="utf-8"))
    assert manifest["judge"]["name"] == "offline"
