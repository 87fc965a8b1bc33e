"""ragas metrics of whole answers that ask a model: by name only (`--metric`), with the model of `--judge-model`."""

from __future__ import annotations

from harness.cases import Case
from harness.citation_marks import without_marks
from harness.trial import Metric, Trial, in_talk


def _answerable(case: Case) -> bool:
    return in_talk(case) and case.answerable


def _faithfulness(trial: Trial) -> float | None:
    """Whether all statements are supported, by ragas' own statements and verdicts; None without passages."""
    contexts = [str(passage["text"]) for passage in trial.records("passages")]
    if not contexts:
        return None
    answers = trial.resources.answers()
    return answers.faithfulness(trial.case.question, without_marks(trial.answer), contexts)


def _relevancy(trial: Trial) -> float:
    return trial.resources.answers().answer_relevancy(trial.case.question, without_marks(trial.answer))


METRICS: tuple[Metric, ...] = (
    Metric(
        "ragas_faithfulness", _faithfulness, ("answer", "passages"), "higher",
        "ragas' Faithfulness: statements that the passages support", _answerable, passes_at=None, extra="eval",
    ),
    Metric(
        "ragas_answer_relevancy", _relevancy, ("answer",), "higher",
        "ragas' AnswerRelevancy: likeness of the questions that the answer answers", _answerable, passes_at=None,
        extra="eval",
    ),
)  # fmt: skip
