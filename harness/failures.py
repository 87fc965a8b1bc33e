"""The failed dev cases of a run, the worst first, and its claims by cell. Only the worst are held."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.cases import Case, Observation, Score
from harness.cells import CELLS
from harness.reading import CaseResult, Run

MOST = 200
_CELL_METRIC = "hallucination_rate"


class Worst:
    """Keeps the worst dev cases of those it is shown: by how many metrics failed, then in their order."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._shown = most, 0
        self._heap: list[tuple[int, int, CaseResult]] = []

    def show(self, result: CaseResult) -> None:
        failed = {score.metric for score in result.scores if score.verdict == "FAIL"}
        if failed and result.case.split == "dev":
            self._shown += 1
            heapq.heappush(self._heap, (len(failed), -self._shown, result))
            if len(self._heap) > self._most:
                heapq.heappop(self._heap)

    def rows(self, run: Run) -> list[dict[str, Any]]:
        """What a report tells of them, the worst first."""
        return [_row(result, run.answers(result.case)) for _, _, result in sorted(self._heap, key=_worst_first)]


class Cells:
    """Counts claims by cell and split, from the details of the hallucination metric."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {"dev": Counter(), "test": Counter()}

    def show(self, result: CaseResult) -> None:
        for score in result.scores:
            if score.metric == _CELL_METRIC:
                self._counts[score.split].update(map(str, _listed(score.details.get("cells"))))

    def rows(self, suite: str) -> list[dict[str, object]]:
        return [
            {"suite": suite, "split": split, **{cell: counts[cell] for cell in CELLS}}
            for split, counts in self._counts.items()
            if counts
        ]


class Reasons:
    """Counts why scores have no number; of very many different reasons the first ones."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.counts: Counter[str] = Counter()

    def show(self, result: CaseResult) -> None:
        for score in result.scores:
            known = score.reason in self.counts or len(self.counts) < self._most
            if score.verdict == "UNMEASURED" and known:
                self.counts[score.reason] += 1


def _worst_first(entry: tuple[int, int, CaseResult]) -> tuple[int, int]:
    return -entry[0], -entry[1]


def _row(result: CaseResult, answers: Sequence[Observation]) -> dict[str, Any]:
    """The case with the first of its answers in which something failed."""
    failed = [score for score in result.scores if score.verdict == "FAIL"]
    told = [score for score in failed if score.repeat == failed[0].repeat]
    answer = next((one for one in answers if one.repeat == failed[0].repeat), None)
    return {
        **_about(result.case),
        **_answered(answer),
        "scores": [_score(one) for one in told],
        "claims": _claims(told),
    }


def _about(case: Case) -> dict[str, Any]:
    turns = [turn.text for turn in case.turns]
    return {
        "suite": case.suite, "id": case.id, "split": case.split, "path": case.path, "line": case.line, "turns": turns,
    }  # fmt: skip


def _answered(answer: Observation | None) -> dict[str, Any]:
    if answer is None:
        return {"answer": "", "error": "no observation", "repeat": 0}
    return {"answer": answer.answer, "error": answer.error, "repeat": answer.repeat}


def _score(score: Score) -> dict[str, Any]:
    return {"metric": score.metric, "value": score.value, "reason": score.reason}


def _claims(scores: Iterable[Score]) -> list[object]:
    """The offending claims of all metrics, each once."""
    found: dict[str, object] = {}
    for score in scores:
        for claim in _listed(score.details.get("claims")):
            if isinstance(claim, Mapping):
                found.setdefault(str(claim.get("span")), claim)
    return list(found.values())


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
