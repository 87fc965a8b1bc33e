"""`harness load` and `harness timing` from the prompt: what they print, what they write, how they leave."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness import cli
from harness.adapters.json_schema import complaint
from harness.jsonl import read_rows
from tests.harness.support import BOTS, write_rows


def _left_with(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    return int(left.value.code or 0)


def _load(*more: str, bot: str = "answer") -> int:
    return _left_with("load", "--target", f"{BOTS}:{bot}", "--vus", "10", "--duration", "0.5", "--every", "0.25", *more)


def test_a_load_is_reported_to_people_and_machines(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _load("--arrival", "constant", "--objective-ms", "5000", "--min-goodput", "10") == 0
    printed = capsys.readouterr().out
    assert "turns       20 due, 20 answered (0 from a cache); lost: none" in printed
    assert "at least 10 wanted (answer within 5000 ms, required_facts, forbidden_claims)" in printed
    told = json.loads((environment / "reports" / "load" / "load.json").read_text(encoding="utf-8"))
    assert complaint("load", told) is None
    assert (told["turns"]["due"], told["latency_ms"]["p95"]["refusal"]) == (20, "p95 needs 59 samples, got 20")
    assert "- goodput:" in (environment / "reports" / "load" / "load.md").read_text(encoding="utf-8")


def test_every_turn_is_in_the_ledger_and_cases_of_the_test_split_are_not(environment: Path) -> None:
    _load("--arrival", "constant")
    rows = [row for _, row in read_rows(environment / "reports" / "load" / "samples.jsonl")]
    assert sorted(str(row["number"]) for row in rows) == sorted(map(str, range(20)))
    assert {str(row["case"]).partition("-")[0] for row in rows} == {"dev"}
    assert all(set(dict(row["response"])) == {"answer"} for row in rows)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("bot", "more", "code", "says"),
    [
        ("answer", ["--min-goodput", "100000"], 1, "at least 100000 wanted"),
        ("raises", ["--min-goodput", "1"], 1, "ValueError"),
        ("raises", [], 2, "unmeasured  no turn was answered"),
        ("words_only", ["--quality", "ungrounded_rate"], 2, "no answer gives 'passages', which --quality"),
        ("empty", ["--min-goodput", "1"], 1, "empty answer"),
        ("from_cache", [], 2, "every answer came from a cache"),
        ("words_only", ["--objective-ttft-ms", "5", "--quality", ""], 2, "tells no first token"),
        ("answer", ["--arrival", "closed", "--think", "0.1"], 0, "10 users that wait for their answers"),
    ],
    ids=["too few", "raises", "raises, no minimum", "no passages", "empty", "cached", "no first token", "closed"],
)
def test_how_a_load_leaves(
    environment: Path, capsys: pytest.CaptureFixture[str], bot: str, more: list[str], code: int, says: str
) -> None:
    assert _load(*more, bot=bot) == code
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--arrival", "bursts"], "--arrival is 'bursts'; use poisson, constant, closed"),
        (["--quality", "latency_total_ms"], "no metric that passes or fails"),
        (["--target", "cmd:cat"], "is a command, which answers one at a time"),
        (["--suite", "none"], "no suite 'none'"),
        (["--split", "other"], "no cases of split 'other'"),
        (["--target", f"{BOTS}:not_callable"], "is a int, not a callable"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_cannot_be_loaded_is_one_line_and_no_turn(
    environment: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert _load(*arguments) == 3
    assert says in capsys.readouterr().err
    assert not (environment / "reports" / "load" / "samples.jsonl").exists()


def test_saturation_is_searched_after_the_load(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bot that raises keeps up with no rate: the search goes down and says so."""
    _load("--find-saturation", "--step", "0.1", "--rate", "100", bot="raises")
    assert "saturation  keeps up with no rate that was tried" in capsys.readouterr().out


def test_interrupted_it_reports_what_it_has(environment: Path, tmp_path: Path) -> None:
    """Ctrl-C when the third answer is there, with others on their way."""
    bot = tmp_path / "interrupting.py"
    bot.write_text(
        """import os, signal, time
asked = []
def answer(request):
    asked.append(request)
    if len(asked) == 4:
        os.kill(os.getpid(), signal.SIGINT)
    if len(asked) >= 4:
        time.sleep(2)
    return {"answer": "뚜껑을 닫아서"}
""",
        encoding="utf-8",
    )
    command = ["load", "--target", f"{bot}:answer", "--rate", "20", "--duration", "60", "--arrival", "constant"]
    done = subprocess.run(
        [sys.executable, "-m", "harness", *command, "--warm-up", "0"], cwd=environment, capture_output=True, text=True,
        check=False, timeout=50,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    told = json.loads((environment / "reports" / "load" / "load.json").read_text(encoding="utf-8"))
    assert (told["turns"]["answered"], told["unmeasured"][0][:17]) == (3, "interrupted after")
    assert told["errors"]["cut off"] == told["turns"]["due"] - 3
    ledger = [row for _, row in read_rows(environment / "reports" / "load" / "samples.jsonl")]
    assert len(ledger) == told["turns"]["due"]


def test_where_the_time_goes_is_told_by_node(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _left_with("run")
    capsys.readouterr()
    assert _left_with("timing", "--faster", "50") == 0
    printed = capsys.readouterr().out
    assert "golden: 7 turns, 0 without times" in printed
    assert "with it 50 % faster" in printed
    assert next(line for line in printed.splitlines() if line.startswith("turn ")).split()[1] == "12.0"


def test_a_run_without_times_is_said_so(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _left_with("run", "--target", f"{BOTS}:words_only")
    assert _left_with("timing") == 3
    assert "nothing to time" in capsys.readouterr().err


def test_without_a_run_there_is_nothing_to_time(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _left_with("timing", "elsewhere") == 3
    assert "call `harness run`" in capsys.readouterr().err


def test_a_case_file_of_one_s_own_is_asked(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"id": "own", "split": "dev", "answerable": True, "source": "t", "turns": ["뚜껑은?"], "intents": ["waste"]}
    write_rows(environment / "own.jsonl", [row])
    assert _load("--cases", "own.jsonl", "--arrival", "constant") == 0
    assert "20 good" in capsys.readouterr().out
