"""Were the rules injected that the answer needs. Precision is low by design where a class brings its whole sheet."""

from __future__ import annotations

from harness.case_files import full_id
from harness.cases import Case, Measured
from harness.metrics.intents import set_scores
from harness.ranking import reciprocal_rank
from harness.trial import Metric, Trial, higher, telling


def _labelled(case: Case) -> bool:
    return bool(case.rules)


def _injected(trial: Trial) -> list[str]:
    return list(dict.fromkeys(full_id(str(passage["id"])) for passage in trial.records("passages")))


def _recall(trial: Trial) -> Measured:
    injected = set(_injected(trial))
    missed = [rule for rule in trial.case.rules if rule not in injected]
    recall = set_scores(injected, set(trial.case.rules))[1]
    return Measured(recall, f"not injected: {', '.join(missed)}" if missed else "", {"missed": missed})


def _precision(trial: Trial) -> float:
    return set_scores(set(_injected(trial)), set(trial.case.rules))[0]


def _first(trial: Trial) -> float:
    return reciprocal_rank(_injected(trial), trial.case.rules)


METRICS: tuple[Metric, ...] = (
    higher("injected_rule_recall", _recall, ("passages",), "needed rules that were injected", _labelled),
    telling("injected_rule_precision", _precision, ("passages",), "injected passages that were needed", _labelled),
    telling("injected_rule_mrr", _first, ("passages",), "one over the rank of the first needed rule", _labelled),
)
