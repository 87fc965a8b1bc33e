"""Plant one fault at a time in our own pipeline and see whom `harness blame` names: `python -m benchmarks.blame`.

The pipeline answers the dev cases that name the passages they need; a case counts for a fault where it passed before
and fails with it. Route, passages, their order and words are spoilt through the pipeline's own overrides wherever
nobody else overrides them, the answer and the judge outside of it. `--every N` takes every Nth case (1 is all).
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.console import say
from harness.app import Site
from harness.case_files import case_from, request_of
from harness.cases import Case, Judgement, Observation, Score
from harness.diagnosis.case_blame import Failed, blamable, blamed
from harness.diagnosis.steps import VERDICTS
from harness.intervals import wilson
from harness.jsonl import read_rows
from harness.metrics import METRICS
from harness.score import score
from harness.trial import Resources

ROOT = Path(__file__).resolve().parent.parent
FAULTS = ("router", "retriever", "ranker", "knowledge", "generator", "judge")
UNTRUE = "모든 물건은 아무 데나 버려도 괜찮아요."
TIMEOUT_S = 60.0
Json = dict[str, Any]


class NeverSupports:
    """A judge that fails every claim."""

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        return Judgement(0.0, "unsupported", "addition", 0 if context else None, None, "never")


@dataclass(frozen=True)
class Planted:
    """Our pipeline with a fault, for one case: a target."""

    case: Case
    fault: str

    def ask(self, request: Mapping[str, object]) -> Mapping[str, object]:
        given = dict(request.get("overrides") or {})  # type: ignore[call-overload]
        spoilt = _SPOILT.get(self.fault)
        overrides = {**spoilt(self.case, request, given), **given} if spoilt else given
        if self.fault == "knowledge":
            overrides |= _untrue_words(self.case, overrides)
        response = _answer({**request, "overrides": overrides})
        return _made_up(response) if self.fault == "generator" else response

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    """Print the confusion matrix."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--every", type=int, default=3)
    every = options.parse_args().every
    os.environ.update({"ECO2_WORLD": "recorded", "KB_WORKSPACE": str(ROOT)})
    resources = Site(ROOT, os.environ, ROOT).resources
    cases = [case_from(row, "golden", "", line) for line, row in read_rows(ROOT / "datasets" / "golden-dev.jsonl")]
    passing = [case for case in cases if case.rules and not _failures(case, "", resources)[1]][::every]
    say(
        f"{len(passing)} cases\n{'planted':12}{'fails':>6}"
        + "".join(f"{name:>13}" for name in VERDICTS)
        + "  named rightly\n"
    )
    for fault in FAULTS:
        found = Counter(named for case in passing if (named := named_for(case, fault, resources)))
        say(f"{fault:12}{found.total():6}" + "".join(f"{found[name]:13}" for name in VERDICTS) + _rightly(found, fault))


def named_for(case: Case, fault: str, resources: Resources) -> str:
    """The component that is named for a case with a fault; empty where the fault makes nothing fail."""
    judged = replace(resources, judge=NeverSupports()) if fault == "judge" else resources
    seen, failed = _failures(case, fault, judged)
    if not failed:
        return ""
    rows = [METRICS[one.metric] for one in failed]
    return blamed(Failed(case, seen, failed), rows, Planted(case, fault), judged, TIMEOUT_S).component


def _failures(case: Case, fault: str, resources: Resources) -> tuple[Observation, tuple[Score, ...]]:
    response = Planted(case, fault).ask(request_of(case))
    seen = Observation(case.id, case.suite, case.split, case.question, response)
    rows = list(blamable(METRICS.values()).values())
    scores = score([case], {case.id: seen}, [row for row in rows if not row.extra], None, resources, TIMEOUT_S)
    return seen, tuple(one for one in scores if one.verdict == "FAIL")


def _answer(request: Mapping[str, object]) -> Json:
    from eco2.app import answer

    return answer(request)


def _misrouted(case: Case, request: Mapping[str, object], given: Json) -> Json:
    """The last question is not heard; of a single one the intent is taken for another."""
    heard = [{"text": one["standalone"], "intents": one["intents"]} for one in _answer(request)["sub_queries"]]
    other = "web_search" if "web_search" not in case.intents else "character"
    return {"route": heard[:-1] or [{**heard[0], "intents": [other]}]}


def _missed(case: Case, request: Mapping[str, object], given: Json) -> Json:
    """What is needed is not selected."""
    return {"passages": [id_ for id_ in _cited(request) if id_ not in case.rules]}


def _misranked(case: Case, request: Mapping[str, object], given: Json) -> Json:
    """Everything else comes before what is needed."""
    injected = [str(one["id"]) for one in _answer(request)["passages"]]
    return {"ranking": [id_ for id_ in injected if id_ not in case.rules]}


def _selected(case: Case, request: Mapping[str, object], given: Json) -> Json:
    """What is said and needed, so that it can be put in other words."""
    return {"passages": list(dict.fromkeys((*_cited(request), *case.rules)))}


def _untrue_words(case: Case, overrides: Json) -> Json:
    """Whoever selects a needed passage by its id gets it in untrue words."""
    wanted = overrides["passages"]
    return {"passages": [{"id": one, "text": UNTRUE} if one in case.rules else one for one in wanted]}


def _cited(request: Mapping[str, object]) -> list[str]:
    return list(dict.fromkeys(str(one["id"]) for one in _answer(request)["citations"]))


def _made_up(response: Json) -> Json:
    """Every sentence is another one, citing what the first did."""
    marks = [f"{UNTRUE} [{one['id']}]" for one in response["citations"]]
    return {**response, "answer": " ".join(marks) or UNTRUE, "citations": []}


def _rightly(found: Counter[str], fault: str) -> str:
    if not found:
        return "  –\n"
    low, high = wilson(found[fault], found.total())
    return f"  {found[fault] / found.total():.2f} [{low:.2f}, {high:.2f}]\n"


_SPOILT = {"router": _misrouted, "retriever": _missed, "ranker": _misranked, "knowledge": _selected}

if __name__ == "__main__":
    main()
