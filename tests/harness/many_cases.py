"""A scored run of as many cases as one likes, made without asking a target: what large reports are drawn from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from harness.adapters.html import html
from harness.baseline import NO_BASELINE
from harness.case_loading import Cases
from harness.cases import Case, Observation, Score, Turn, Verdict
from harness.jsonl import write_rows
from harness.manifest import Manifest, SuiteRun
from harness.observations import Observations
from harness.reading import Run
from harness.records import score_row
from harness.reporting.whole import Sources, write_html
from harness.runs import RunFolder
from harness.summary import Outcome

NOW = "2026-01-20T09:00:00+00:00"
FAILED = 250
"""How many of the cases fail: more than a page tells in detail."""
_ANSWER = "페트병은 라벨을 떼고 내놓으세요. [rule:label] 뚜껑은 닫아서 내놓으세요. [rule:cap]"
_STAGES = (("turn", 0, 90), ("understand", 5, 40), ("classify", 40, 70), ("weather", 40, 60), ("compose", 72, 88))


@dataclass(frozen=True)
class Answers:
    """Makes the observation of a case when it is asked for."""

    cases: tuple[Case, ...]

    def __iter__(self) -> Iterator[Observation]:
        return (observation_of(case) for case in self.cases)

    def get(self, id_: str, repeat: int = 0) -> Observation | None:
        return observation_of(self.cases[int(id_[-5:])])


def observation_of(case: Case) -> Observation:
    response: dict[str, object] = {
        "answer": _ANSWER,
        "intents": ["waste"],
        "agents": ["classify", "weather"],
        "passages": [
            {"id": "rule:label", "path": "rules/a.yaml", "line_start": 3, "line_end": 7, "agent": "classify",
             "text": "페트병은 라벨을 떼고 내놓으세요."},
        ],
        "events": [*_events()],
        "timings_ms": {stage: end - start for stage, start, end in _STAGES[1:]} | {"total": 90, "first_token": 75},
    }  # fmt: skip
    return Observation(case.id, case.suite, case.split, case.question, response)


def many(folder: Path, count: int) -> Run:
    """A run of `count` dev cases, the first `FAILED` of which fail."""
    cases = tuple(_case(number) for number in range(count))
    run = RunFolder(folder, lambda _schema, _row: None)
    write_rows(run.scores, (score_row(score) for at, case in enumerate(cases) for score in _scores(case, at)))
    manifest = Manifest(NOW, "default", 5.0, (SuiteRun("many", "bot.py:answer", ("cases.jsonl",)),))
    observations = {"many": cast(Observations, Answers(cases))}
    return Run(run, manifest, {"many": cast(Cases, cases)}, observations)


def summary_of(run: Run, told: int = 200) -> dict[str, Any]:
    """The summary as far as the page needs it; `told` of the failed cases stand in the page."""
    failed = [case for case in run.cases["many"]][:told]
    figure = {"suite": "many", "split": "", "slice": "", "value": 0.975, "low": 0.97, "high": 0.98, "n": 10_000}
    counts = {"passed": 9750, "failed": 250, "unmeasured": 0}
    suite = {"name": "many", "target": "bot.py:answer", "cases": len(run.cases["many"]), "observed": 10_000}
    return {
        "run": {"started_at": NOW, "profile": "default", "suites": [suite]},
        "exit_code": 0, "gates": [], "figures": [{**figure, **counts, "metric": "required_facts"}],
        "cells": [], "not_applicable": [], "missing": [], "notes": [],
        "failures": [{"suite": case.suite, "id": case.id} for case in failed],
    }  # fmt: skip


def write_report(run: Run, folder: Path, summary: dict[str, Any] | None = None) -> Path:
    """Draw the report of a run; the path of its page."""
    sources = Sources(html, {}, {"hallucination_rate": "lower"}, NO_BASELINE, folder / "history.jsonl")
    write_html(Outcome(run, (), (), ()), summary or summary_of(run), folder, sources)
    return folder / "report.html"


def _case(number: int) -> Case:
    words = f"페트병 {number}개는 어떻게 버려야 하나요? 뚜껑도 알려 주세요"
    turns = (Turn(f"안녕, {number}번이야"), Turn(words))
    place: dict[str, Any] = {"path": "cases.jsonl", "line": number + 1}
    return Case(f"dev-{number:05}", "many", "dev", turns, True, tags=("ko",), intents=("waste",), **place)


def _scores(case: Case, at: int) -> Iterator[Score]:
    is_bad = at < FAILED
    cells = ["grounded-true", "ungrounded-false" if is_bad else "grounded-true"]
    line = {"id": "rule:label", "path": "rules/a.yaml", "line_start": 3, "text": "라벨"}
    where = {"node": "classify", "intent": "waste", "evidence": line}
    claim = {"text": "뚜껑은 닫아서 내놓으세요.", "span": [32, 46], "cell": cells[1], "kind": "action", **where}
    details = {"cells": cells, "claims": [claim] if is_bad else []}
    bad: Verdict = "FAIL" if is_bad else "PASS"
    yield Score("many", case.id, "dev", "required_facts", bad, float(not is_bad), "missing: 뚜껑" if is_bad else "")
    yield Score("many", case.id, "dev", "hallucination_rate", bad, 0.5 * is_bad, "", details)
    yield Score("many", case.id, "dev", "intent_f1", "PASS", 1.0)


def _events() -> Iterator[dict[str, object]]:
    moments = sorted(
        (ms, is_end, stage) for stage, start, end in _STAGES for is_end, ms in ((False, start), (True, end))
    )
    for seq, (ms, is_end, stage) in enumerate(moments, start=1):
        status = "completed" if is_end else "started"
        yield {
            "seq": seq,
            "type": "event",
            "stage": stage,
            "status": status,
            "ts": f"2026-01-20T09:00:00.{ms:03}+00:00",
        }
