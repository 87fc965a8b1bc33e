"""Faults of a run as data: what is broken, and what the command line must say of it. None may end green.

Each is met by a workspace that was accepted while all was well. `python -m benchmarks.harness_faults` shows them beside
what another library makes of the same fault.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.cases import Judgement
from tests.harness.support import BOTS, CASES, ExactJudge, full, write_config, write_rows

Breaks = Callable[[Path], None]
GATES = """\
gates:
  - {metric: intent_f1, suite: golden, min: 0.95}
  - {metric: required_facts, suite: golden, min: 0.95}
  - {metric: injected_rule_recall, suite: golden, min: 1.0}
  - {metric: hallucination_rate, suite: golden, max: 0.0}
  - {metric: citation_entails, suite: golden, min: 1.0}
  - {metric: latency_p50_ms, suite: golden, slice: "node:total", max: 100}
"""


def _nothing(workspace: Path) -> None:
    """Leaves all as it is."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        name: in words.
        code: what the last command leaves with.
        line: part of the line that the user reads.
        before: breaks the workspace before the run.
        after: breaks what the run left, before the gate.
        judge: judges instead of one that works.
        commands: what is called; the last one tells.
    """

    name: str
    code: int
    line: str
    before: Breaks = _nothing
    after: Breaks = _nothing
    judge: type[ExactJudge] = ExactJudge
    commands: Sequence[str] = ("run", "gate")


class SilentJudge(ExactJudge):
    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        raise TimeoutError("the judge gave no answer within 30 s")


class BabblingJudge(ExactJudge):
    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        json.loads("Sure! Here is the verdict: supported")
        raise AssertionError("unreachable")


class NanJudge(ExactJudge):
    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        return Judgement(math.nan, "supported")


def _answers_with(bot: str) -> Breaks:
    return lambda workspace: write_config(workspace, bot)


def _limited(workspace: Path) -> None:
    write_config(workspace, "hangs")
    _edit(workspace / "kb.toml", "timeout_s = 5", "timeout_s = 0.05")


def _metric(name: str) -> Breaks:
    def breaks(workspace: Path) -> None:
        _edit(workspace / "kb.toml", "[harness]", f'[harness]\nmetrics = ["{BOTS.as_posix()}:{name}"]')
        with (workspace / "datasets" / "gates.yaml").open("a", encoding="utf-8") as stream:
            stream.write(f"  - {{metric: {name}, suite: golden, min: 0.5}}\n")

    return breaks


def _case_twice(workspace: Path) -> None:
    rows = [full(row, "dev") for row in (*CASES, CASES[0])]
    write_rows(workspace / "datasets" / "golden-dev.jsonl", rows)


def _case_gone(workspace: Path) -> None:
    write_rows(workspace / "datasets" / "golden-dev.jsonl", [full(row, "dev") for row in CASES[1:]])


def _case_reworded(workspace: Path) -> None:
    rows = [
        {**full(row, "dev"), "turns": ["다른 질문이에요"]} if row is CASES[0] else full(row, "dev") for row in CASES
    ]
    write_rows(workspace / "datasets" / "golden-dev.jsonl", rows)


def _results(change: Callable[[list[str]], str], file: str = "observations.jsonl") -> Breaks:
    def breaks(workspace: Path) -> None:
        path = workspace / "reports" / "latest" / file
        path.write_text(change(path.read_text(encoding="utf-8").splitlines(keepends=True)), encoding="utf-8")

    return breaks


def _crash(workspace: Path) -> None:
    """What a killed run leaves: the rows that came back by then, and half of one."""
    _results(lambda rows: "".join(rows[:3]))(workspace)
    for name in ("scores.jsonl", "others.jsonl", "summary.json"):
        (workspace / "reports" / "latest" / name).unlink()


def _painted_green(workspace: Path) -> None:
    """Whoever edits the scores of a bad run meets that they are made anew."""
    path = workspace / "reports" / "latest" / "scores.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    write_rows(path, [{**row, "verdict": "PASS", "value": 1.0} for row in rows])


def _no_limits(workspace: Path) -> None:
    (workspace / "datasets" / "gates.yaml").write_text("gates: []\n", encoding="utf-8")


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


FAULTS = (
    Fault("judge times out", 2, "TimeoutError: the judge gave no answer within 30 s", judge=SilentJudge),
    Fault("judge answers with bad JSON", 2, "JSONDecodeError: Expecting value", judge=BabblingJudge),
    Fault("judge gives NaN", 2, "the judge gave p_supported nan", judge=NanJudge),
    Fault("metric gives NaN", 2, "no value: 7 unmeasured", _metric("no_number")),
    Fault("metric raises", 2, "no value: 7 unmeasured", _metric("broken_metric")),
    Fault("target raises", 1, "7 of 7 answers failed: ValueError 7", _answers_with("raises")),
    Fault("target times out", 1, "7 of 7 answers failed: timed out 7", _limited),
    Fault("empty answer", 1, "is below", _answers_with("empty")),
    Fault("empty context", 1, "is below", _answers_with("no_context")),
    Fault(
        "response breaks the contract",
        1,
        "failed: the response breaks the contract 7",
        _answers_with("breaks_the_contract"),
    ),
    Fault("crash in mid-run", 1, "no observation: dev-price", after=_crash),
    Fault("id stands twice among the cases", 3, "id 'dev-bottle' stands at line 1", _case_twice, commands=("run",)),
    Fault("id stands twice in the results", 3, "stands twice", after=_results(lambda rows: "".join([*rows, rows[0]]))),
    Fault("results end in half a row", 3, "not a JSON row", after=_results(lambda rows: "".join(rows)[:-40])),
    Fault("rows are lost from the results", 1, "no observation", after=_results(lambda rows: "".join(rows[:-2]))),
    Fault("scores were edited", 1, "is below", _answers_with("raises"), _painted_green),
    Fault("latencies come from a cache", 2, "latency_p50_ms", _answers_with("from_cache")),
    Fault("case gone since the baseline", 1, "no longer among the cases: dev-bottle", _case_gone),
    Fault("case gone since the run", 1, "or the results but no longer among the cases: dev-bottle", after=_case_gone),
    Fault("answer to another question", 1, "no observation: dev-bottle", after=_case_reworded),
    Fault("no gates", 3, "gates.yaml", _no_limits),
)
