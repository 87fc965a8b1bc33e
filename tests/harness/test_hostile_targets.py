"""What a target can do to the files that tell of it: half an emoji, a megabyte of claims, events told twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness import commands, junit
from harness.adapters.html import html
from harness.app import Site
from harness.cases import Case, Observation, Score, Turn
from harness.event_contract import misnumbered
from harness.jsonl import dump
from harness.markdown import LONGEST, length, markdown
from harness.plan import Request
from harness.reading import CaseResult
from harness.reporting.case_detail import MOST_CLAIMS, detail
from harness.reporting.told import Told
from harness.reporting.whole import CASE
from tests.harness.ci_summaries import gate, summary
from tests.harness.support import write_config

HALF = "half \ud83d an emoji"


def test_half_an_emoji_can_be_written() -> None:
    assert dump({"answer": HALF, "value": float("nan")}) == '{"answer": "half ? an emoji", "value": null}'


def test_a_run_does_not_end_at_half_an_emoji(site: Site, workspace: Path) -> None:
    bot = workspace / "cuts.py"
    bot.write_text('def answer(request):\n    return {"answer": "cut \\ud83d"}\n', encoding="utf-8")
    write_config(workspace, "answer")
    commands.evaluate(site, Request(target=f"{bot}:answer"), None, "2026-01-20T09:00:00+00:00")
    assert "cut ?" in (workspace / "reports" / "latest" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("count", [99, 5_000])
def test_of_very_many_claims_those_that_offend_are_listed_and_the_rest_counted(count: int) -> None:
    """One answer of a megabyte made a page of 36."""
    lines = [f"{number}번 물건은 버리세요." for number in range(count)]
    cells = [*["grounded-true"] * (count - 1), "ungrounded-false"]
    score = Score("golden", "c", "dev", "hallucination_rate", "FAIL", 1.0, " | ".join(lines), {"cells": cells})
    answer = Observation("c", "golden", "dev", "?", {"answer": "\n".join(lines)})
    case = Case("c", "golden", "dev", (Turn("?"),), True)
    shown = detail(Told(case, answer, (score,), ("FAIL",)), None, {})
    assert (len(shown["claims"]), shown["more_claims"]) == (min(count, MOST_CLAIMS), max(0, count - MOST_CLAIMS))
    assert shown["claims"][-1]["cell"] == "ungrounded-false"
    page = html({"case": shown}, CASE)
    assert len(page) < 100_000
    assert ("more claims" in page) == (count > MOST_CLAIMS)


def test_a_reason_that_lists_every_claim_is_cut_in_junit() -> None:
    case = Case("c", "golden", "dev", (Turn("?"),), True)
    told = junit.tested(CaseResult(case, (Score("golden", "c", "dev", "m", "FAIL", 0.0, "claim | " * 100_000),)))
    assert len(told.text) < 3_000


def test_a_report_that_is_cut_leaves_nothing_folded_open() -> None:
    """What a comment says after it would be folded away too."""
    rows = [gate(f"m{at}", "holds", value=0.9, baseline=0.9, reason="이유 " * 200, slice="s" * 900) for at in range(90)]
    told = markdown(summary(gates=rows))
    assert "… cut" in told
    assert length(told) <= LONGEST
    assert told.count("<details>") == told.count("</details>")


def _event(seq: int, **more: Any) -> dict[str, Any]:
    return {"id": f"e{seq}", "job_id": "a", "seq": seq, "stage": "x", **more}


def test_an_event_that_was_published_again_is_not_one_too_many() -> None:
    told = [_event(1), _event(2), _event(2), _event(1)]
    assert misnumbered(told) is None
    assert misnumbered([*told, _event(2, id="other")]) == "seq 2 is one too many"


def test_events_of_several_jobs_are_no_stream_of_one() -> None:
    assert misnumbered([_event(1), _event(2, job_id="b")]) == "events of 2 jobs: a, b"
    assert misnumbered([_of_nobody(_event(1)), _of_nobody(_event(2))]) is None


def _of_nobody(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key != "job_id"}
