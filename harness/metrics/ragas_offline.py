"""ragas metrics that need no model, by their own arithmetic. The library is imported when one of them is measured."""

from __future__ import annotations

from collections.abc import Callable

from harness.cases import Case
from harness.citation_marks import without_marks
from harness.trial import Metric, Trial


def _labelled(case: Case) -> bool:
    return bool(case.rules)


def _ids(trial: Trial) -> list[str]:
    return [str(passage["id"]) for passage in trial.records("passages")]


def _recall(trial: Trial) -> float:
    return trial.resources.ragas().id_context_recall(_ids(trial), list(trial.case.rules))


def _precision(trial: Trial) -> float:
    return trial.resources.ragas().id_context_precision(_ids(trial), list(trial.case.rules))


def _similarity(trial: Trial) -> float | None:
    """The answer against the accepted sentences of the case's rules, by Levenshtein distance."""
    reference = " ".join(text for _, text in trial.resources.gold.of(trial.case.rules))
    if not reference:
        return None
    return trial.resources.ragas().string_similarity(without_marks(trial.answer), reference)


def _row(name: str, measure: Callable[[Trial], float | None], needs: tuple[str, ...], doc: str) -> Metric:
    return Metric(name, measure, needs, "higher", doc, _labelled, passes_at=None, extra="eval")


METRICS: tuple[Metric, ...] = (
    _row("ragas_id_context_recall", _recall, ("passages",), "IDBasedContextRecall against the gold rules"),
    _row("ragas_id_context_precision", _precision, ("passages",), "IDBasedContextPrecision against the gold rules"),
    _row("ragas_string_similarity", _similarity, ("answer", "gold"), "NonLLMStringSimilarity to the gold sentences"),
)
