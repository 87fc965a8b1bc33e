"""From counterfactual answers to the component at fault.

First every step that gave something wrong is put right alone. If that mends the case, the first such step in causal
order is to blame: a later one that mends it too is no rival where the first one's repair already put it right. If no
single repair is enough, everything wrong is put right in causal order: who was put right before the case was mended,
and the generator where it never was, are suspects together. Nothing is guessed between them, and a target that does not
do what it was told, though it says that it would, is said so.
"""

from __future__ import annotations

from collections.abc import Collection

from harness.diagnosis.experiment import Experiment, Outcome
from harness.diagnosis.right_values import beside_others, is_wrong, put_right, unsaid_by_passages
from harness.diagnosis.steps import CAPABILITIES, COMPONENTS, STEPS, Step, Verdict, verdict

_SAID = {
    "route": "the right route",
    "passages": "the right passages",
    "ranking": "putting the right passages first",
    "text": "the right passages in their accepted words",
}


def attributed(experiment: Experiment, capabilities: Collection[str]) -> Verdict:
    """Find out which component made a case fail.

    Args:
        experiment: the case, with the metrics that failed.
        capabilities: the overrides that the target honours.
    """
    base = experiment.ask({})
    if base.passes:
        return Verdict("unrepeatable", (), "asked again with nothing put right, it passes")
    able = [step for step in STEPS if CAPABILITIES[step] in capabilities]
    wrong = [step for step in able if is_wrong(step, base.trial)]
    alone = {step: experiment.ask(put_right(step, base.trial)) for step in wrong}
    repairs: dict[str, bool] = {step: outcome.passes for step, outcome in alone.items()}
    if any(repairs.values()):
        return _single(experiment, able, {step: alone[step] for step in wrong if repairs[step]}, repairs)
    return _in_order(experiment, able, base, repairs)


def _single(
    experiment: Experiment, able: list[Step], mending: dict[Step, Outcome], repairs: dict[str, bool]
) -> Verdict:
    """One repair is enough: the first one, unless another mends the case by itself."""
    first, *later = mending
    rivals = [step for step in later if is_wrong(step, mending[first].trial)]
    if rivals:
        reason = f"mended by {' or by '.join(_SAID[step] for step in (first, *rivals))}, each without the other"
        return verdict(tuple(COMPONENTS[step] for step in (first, *rivals)), reason, repairs)
    if first in ("passages", "text") and "ranking" in able and _hides_a_ranker(experiment, first, repairs):
        reason = f"mended by {_SAID[first]} only where they also come first"
        return verdict(
            tuple(name for name in COMPONENTS.values() if name in (COMPONENTS[first], "ranker")), reason, repairs
        )
    return verdict((COMPONENTS[first],), f"mended by {_SAID[first]}", repairs)


def _hides_a_ranker(experiment: Experiment, step: Step, repairs: dict[str, bool]) -> bool:
    """Whether the right passages beside those that were selected need to be put first."""
    base = experiment.ask({}).trial
    beside, name = beside_others(step, base), f"{step} beside the others"
    repairs[name] = experiment.ask(beside).passes
    if repairs[name]:
        return False
    repairs[f"{name}+ranking"] = experiment.ask({**beside, **put_right("ranking", base)}).passes
    return repairs[f"{name}+ranking"]


def _in_order(experiment: Experiment, able: list[Step], base: Outcome, repairs: dict[str, bool]) -> Verdict:
    """No single repair is enough: put right whatever is wrong, one after the other, until it passes."""
    outcome, overrides, put = base, dict[str, object](), list[Step]()
    for step in able:
        if not outcome.passes and is_wrong(step, outcome.trial):
            overrides |= put_right(step, outcome.trial)
            put.append(step)
            outcome = experiment.ask(overrides)
            repairs["+".join(put)] = outcome.passes
    suspects = tuple(COMPONENTS[step] for step in put)
    if outcome.passes:
        return verdict(suspects, f"mended only by {' with '.join(_SAID[step] for step in put)}", repairs)
    stayed = [step for step in put if is_wrong(step, outcome.trial)]
    if stayed or (put and outcome.trial.observation.error):
        return verdict((*suspects, "generator"), _unheeded(outcome, stayed), repairs)
    return _left(experiment, outcome, able, suspects, repairs)


def _unheeded(outcome: Outcome, stayed: list[Step]) -> str:
    """What was put in is not what came of it: whether the steps after it are right cannot be seen."""
    if error := outcome.trial.observation.error:
        return f"asked with the right values put in, the target gave no answer: {error}"
    names = " and ".join(dict.fromkeys(CAPABILITIES[step] for step in stayed))
    told = ", ".join(COMPONENTS[step] for step in stayed)
    return f"still failing: {', '.join(outcome.failing)}; put right, {told} stayed wrong: is {names} honoured?"


def _left(
    experiment: Experiment, outcome: Outcome, able: list[Step], suspects: tuple[str, ...], repairs: dict[str, bool]
) -> Verdict:
    """Nothing that can be put in mends the case."""
    failing = ", ".join(outcome.failing)
    if untried := [COMPONENTS[step] for step in STEPS if step not in able]:
        reason = f"still failing: {failing}; the target lets nobody put right what {', '.join(untried)} gave"
        return verdict((*suspects, *untried, "generator"), reason, repairs)
    if not experiment.case.rules and experiment.case.answerable:
        reason = f"still failing: {failing}; no label says which passages are needed"
        return verdict((*suspects, "retriever", "ranker", "knowledge", "generator"), reason, repairs)
    return _generated(outcome, failing, suspects, repairs)


def _generated(outcome: Outcome, failing: str, suspects: tuple[str, ...], repairs: dict[str, bool]) -> Verdict:
    """All that goes in is right: the generator, or knowledge that does not hold what is required."""
    missed = outcome.missed()
    unsaid = unsaid_by_passages(outcome.trial, missed)
    if unsaid and len(unsaid) == len(missed) and outcome.failing == ("required_facts",):
        return verdict((*suspects, "knowledge"), f"no needed passage says {' | '.join(unsaid)}", repairs)
    if unsaid:
        reason = f"still failing: {failing}; no needed passage says {' | '.join(unsaid)}"
        return verdict((*suspects, "knowledge", "generator"), reason, repairs)
    return verdict((*suspects, "generator"), f"still failing with everything right: {failing}", repairs)
