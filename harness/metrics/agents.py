"""What a target is worth to a coding agent: the right passage first, citations that hold, and what reading it costs."""

from __future__ import annotations

from harness.cases import Case, Measured
from harness.metrics.retrieval import says
from harness.trial import Measure, Metric, Trial, higher

REFUSED_TOKENS = 25_000.0
"""What clients refuse to read of one result: the floor of a target that gave none."""
MANY_CALLS = 20.0


def _has_passages(case: Case) -> bool:
    return bool(case.passages)


def _searches(case: Case) -> bool:
    return case.kind == "search"


def _right_passage_first(trial: Trial) -> Measured:
    """The first hit is of a labelled document and holds the words that mark the passage."""
    first = next(iter(trial.records("hits")), None)
    if first is None:
        return Measured(0.0, "no hits")
    paths, text = {first["path"], *(first.get("also_at") or ())}, str(first.get("text", ""))
    is_right = any(path in paths and says(text, words) for path, words in trial.case.passages)
    return Measured(float(is_right), "" if is_right else f"{first['path']} is first, or another place of it")


def _citation_valid(trial: Trial) -> Measured | None:
    """None where nothing was cited: a target that says that it does not know has nothing to check."""
    checks = trial.records("citation_checks")
    if not checks:
        return None
    wrong = [f"{check['citation']} is {check['verdict']}" for check in checks if check["verdict"] != "ok"]
    return Measured(1 - len(wrong) / len(checks), ", ".join(wrong))


def _answer_tokens(trial: Trial) -> float:
    return sum(float(call["tokens"]) for call in trial.records("tool_calls"))


def _tool_calls(trial: Trial) -> float:
    return float(len(trial.records("tool_calls")))


def _cost(name: str, measure: Measure, doc: str, floor: float, unit: str) -> Metric:
    """A row for a price: lower is better, no value fails."""
    return Metric(name, measure, ("tool_calls",), "lower", doc, _searches, floor, None, unit)


METRICS: tuple[Metric, ...] = (
    higher("right_passage_first", _right_passage_first, ("hits",), "first hits that hold the answer", _has_passages),
    higher("citation_valid", _citation_valid, ("citation_checks",), "citations that verification holds", _searches),
    _cost("answer_tokens", _answer_tokens, "tokens that an agent reads of all results", REFUSED_TOKENS, "tokens"),
    _cost("tool_calls", _tool_calls, "calls until the answer", MANY_CALLS, "calls"),
)
