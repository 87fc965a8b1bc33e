"""Turn observations into scores: every metric of every case that asks for it, nothing left out.

A target that raised, timed out or gave nothing FAILS with the metric's floor. A metric or judge that raised or gave no
number is UNMEASURED. A metric that finds nothing to measure in an answer (no claim, no citation) is N/A for that case.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from textwrap import shorten
from typing import Any

import numpy as np

from harness.cases import Case, Measured, Observation, Score, Verdict
from harness.jsonl import dump
from harness.trial import Answer, Metric, Resources, Trial, UnmeasurableError

_LETTERS = 100
GOLD = "gold"
"""The pseudo part of metrics that need the accepted truth."""


def parts_given(observations: Iterable[Observation], *, gold: bool) -> set[str] | None:
    """The parts that a target gives: those of any of its responses, `outer.inner` one level down, and `gold`.

    None when it never gave a response: then nothing is known to be lacking, and every case must fail.
    """
    responses = [one.response for one in observations if one.response is not None]
    if not responses:
        return None
    return set[str]({GOLD} if gold else ()).union(*map(parts_of, responses))


def parts_of(response: Mapping[str, object]) -> set[str]:
    """The parts of one response, `outer.inner` one level down."""
    found = set(response)
    for name, value in response.items():
        if isinstance(value, Mapping):
            found.update(f"{name}.{inner}" for inner in value)
    return found


def lacking(metrics: Iterable[Metric], cases: Iterable[Case], given: set[str] | None) -> dict[str, list[str]]:
    """The first part that each metric lacks, with the names of those metrics; only metrics that some case asks for."""
    if given is None:
        return {}
    absent = [(metric, part) for metric in metrics if (part := _first_absent(metric, given))]
    found: dict[str, list[str]] = {}
    for metric, part in _asked_for(absent, cases):
        found.setdefault(part, []).append(metric.name)
    return found


def score(
    cases: Iterable[Case],
    observations: Mapping[str, Observation],
    metrics: Sequence[Metric],
    given: set[str] | None,
    resources: Resources,
    timeout_s: float,
    repeat: int = 0,
) -> Iterable[Score]:
    """Score the cases of one suite, in their order, of one of the times that they were asked.

    Args:
        cases: all that were to be observed.
        observations: by case id; a case without one fails.
        metrics: those of the run.
        given: the parts that the target gives; metrics that need others are N/A and yield nothing. None for all.
        resources: what metrics lean on.
        timeout_s: the run's time limit, the floor of latencies.
        repeat: the number of that time.
    """
    possible = [metric for metric in metrics if given is None or given.issuperset(metric.needs)]
    for case in cases:
        observation = observations.get(case.id)
        for metric in possible:
            if metric.applies(case):
                found = _score(case, observation, metric, resources, timeout_s)
                yield replace(found, repeat=repeat) if repeat else found


def _first_absent(metric: Metric, given: set[str]) -> str:
    return next((part for part in metric.needs if part not in given), "")


def _asked_for(absent: Sequence[tuple[Metric, str]], cases: Iterable[Case]) -> list[tuple[Metric, str]]:
    """Those that some case asks for, in their order; reads the cases once and no further than it must."""
    idle = dict.fromkeys(range(len(absent)))
    for case in cases if absent else ():
        for at in [at for at in idle if absent[at][0].applies(case)]:
            del idle[at]
        if not idle:
            break
    return [pair for at, pair in enumerate(absent) if at not in idle]


def _score(
    case: Case, observation: Observation | None, metric: Metric, resources: Resources, timeout_s: float
) -> Score:
    place = (case.suite, case.id, case.split, metric.name)
    failure = why_failed(observation) or _absent(observation, metric)
    if observation is None or failure:
        if metric.floor is None and metric.unit != "ms":
            return Score(*place, "N/A", None, f"nothing to count: {failure}")
        return Score(*place, "FAIL", timeout_s * 1000 if metric.floor is None else metric.floor, failure)
    measured = _measured(metric, Trial(case, observation, resources))
    if measured is None:
        return Score(*place, "N/A", None, "nothing to measure in this answer")
    if math.isnan(measured.value):
        return Score(*place, "UNMEASURED", None, measured.reason, measured.details)
    verdict: Verdict = "PASS" if metric.passes(measured.value) else "FAIL"
    return Score(*place, verdict, measured.value, measured.reason, measured.details)


def why_failed(observation: Observation | None) -> str:
    """What is wrong with an observation as such, empty when nothing is."""
    if observation is None:
        return "no observation: the case is missing from the results"
    if observation.error or observation.response is None:
        return observation.error or "no response"
    if not observation.answer.strip() and "hits" not in observation.response:
        return "empty answer"
    return ""


def _absent(observation: Observation | None, metric: Metric) -> str:
    absent = [part for part in metric.needs if part != GOLD and not (observation and _has(observation, part))]
    return f"the response has no {absent[0]!r}" if absent else ""


def _has(observation: Observation, part: str) -> bool:
    found: Any = observation.response
    for name in part.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return False
        found = found[name]
    return True


def _measured(metric: Metric, trial: Trial) -> Measured | None:
    """Call a metric: what it measured, NaN with the reason for no number, None where there is nothing to say."""
    try:
        answer = metric.measure(trial)
    except UnmeasurableError as error:
        return Measured(math.nan, str(error), error.details)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - foreign code: sys.exit(0) in a metric or judge would end a gate green
        return Measured(math.nan, f"{type(error).__name__}: {error}")
    return _checked(metric, answer)


def _checked(metric: Metric, answer: Answer) -> Measured | None:
    if answer is None:
        return None
    found = answer if isinstance(answer, Measured) else Measured(answer)
    value = _number(found.value)
    if wrong := _unwritable(found):
        return Measured(math.nan, wrong)
    if not math.isfinite(value):
        return Measured(math.nan, f"gave {shorten(repr(found.value), _LETTERS)}, not a number", found.details)
    if not metric.unit and not -1e-9 <= value <= 1 + 1e-9:
        return Measured(math.nan, f"gave {value!r}, not a share between 0 and 1", found.details)
    return Measured(value, str(found.reason or ""), found.details)


def _number(value: object) -> float:
    """A float, NaN for what is none; numpy's numbers are some."""
    try:
        return float(value) if isinstance(value, Real | np.bool_) else math.nan
    except OverflowError:
        return math.inf


def _unwritable(found: Measured) -> str:
    """What keeps reason and details from the file of the scores; empty where nothing does."""
    if not found.details and isinstance(found.reason, str):
        return ""  # most scores: a text can always be written
    try:
        dump([found.reason, found.details])
    except Exception as error:  # noqa: BLE001 - foreign code: how a metric's own objects become text is its own
        return f"gave details that cannot be written as JSON: {type(error).__name__}: {error}"
    return ""
