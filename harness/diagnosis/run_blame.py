"""Blame for every failed case of a run: suite by suite, the target asked again in the environment of its suite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from harness.bench import Bench
from harness.case_files import normalised
from harness.cases import Case, ConfigError, Score
from harness.diagnosis.case_blame import Failed, blamable, blamed
from harness.diagnosis.door import PacedTarget
from harness.diagnosis.steps import VERDICTS, Verdict
from harness.judging.labelled import read_observations
from harness.manifest import SuiteRun
from harness.reading import CaseResult, Run
from harness.rescoring import rescore
from harness.trial import Metric


@dataclass(frozen=True)
class Blame:
    """A failed case with its verdict."""

    case: Case
    failing: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True)
class SuiteBlame:
    """One suite: how many cases failed, and whom they are blamed on; on nobody where nothing can be put right."""

    name: str
    target: str
    capabilities: tuple[str, ...]
    failed: int
    blames: tuple[Blame, ...]

    def counts(self, split: str) -> dict[str, int]:
        """Cases by component, in the order of `VERDICTS`; without those that nobody is blamed for."""
        found = Counter(one.verdict.component for one in self.blames if one.case.split == split)
        return {component: found[component] for component in VERDICTS if found[component]}


def blame_run(bench: Bench, run: Run, case_id: str = "") -> list[SuiteBlame]:
    """Find out why the failed cases of a run failed; of one case alone where it is named.

    Raises:
        ConfigError: the named case is none of the run, did not fail, or is one of the test split.
    """
    if not run.folder.is_scored(run.manifest, bench.inputs_digest(run.cases)):
        bench.tell("cases, observations or knowledge changed since they were scored: scoring again")
        rescore(bench, run)
    rows = blamable(bench.metrics(run.manifest.metrics))
    found = [(suite, list(_failed(run, suite.name, rows, case_id))) for suite in run.manifest.suites]
    if case_id:
        _check_named(run, case_id, any(failed for _, failed in found))
    return [_of_suite(bench, suite, failed, rows, run.manifest.timeout_s) for suite, failed in found]


def _failed(run: Run, suite: str, rows: Mapping[str, Metric], case_id: str) -> Iterator[Failed]:
    for result in run.results(suite):
        if case_id in ("", result.case.id) and (scores := _first_failure(result, rows)):
            yield Failed(result.case, run.observations[suite].get(result.case.id, scores[0].repeat), scores)


def _first_failure(result: CaseResult, rows: Mapping[str, Metric]) -> tuple[Score, ...]:
    """The failed scores of a case; where it was asked several times, of the first time that it failed."""
    failed = [one for one in result.scores if one.verdict == "FAIL" and one.metric in rows]
    return tuple(one for one in failed if one.repeat == failed[0].repeat)


def _check_named(run: Run, case_id: str, has_failed: bool) -> None:
    named = [case for of_suite in run.cases.values() for case in of_suite if case.id == case_id]
    if not named:
        raise ConfigError(f"no case {case_id!r} in this run; it has the suites {', '.join(run.cases)}")
    if named[0].split == "test":
        raise ConfigError(f"{case_id!r} is of the test split, which is told in aggregate only; leave --case out")
    if not has_failed:
        raise ConfigError(f"{case_id!r} failed no metric that a component is blamed for; there is nothing to explain")


def _of_suite(
    bench: Bench, suite: SuiteRun, failed: Sequence[Failed], rows: Mapping[str, Metric], timeout_s: float
) -> SuiteBlame:
    capabilities = _capabilities(failed)
    if not capabilities and any(one.observation is not None and one.observation.response for one in failed):
        bench.tell(f"{suite.name}: N/A, {suite.target} names no override in 'capabilities' that it would honour")
        return SuiteBlame(suite.name, suite.target, (), len(failed), ())
    known, resources = _known_true(bench), bench.resources()
    with bench.environment_of(suite), closing(PacedTarget(bench, suite)) as target:
        blames = tuple(
            Blame(
                one.case,
                tuple(score.metric for score in one.scores),
                blamed(one, [rows[score.metric] for score in one.scores], target, resources, timeout_s, known),
            )
            for one in failed
        )
    return SuiteBlame(suite.name, suite.target, capabilities, len(failed), blames)


def _capabilities(failed: Sequence[Failed]) -> tuple[str, ...]:
    """What the target says in any of its answers that it honours."""
    listed = [(one.observation.response or {}).get("capabilities") for one in failed if one.observation is not None]
    return tuple(dict.fromkeys(str(word) for words in listed if isinstance(words, list) for word in words))


def _known_true(bench: Bench) -> frozenset[str]:
    """Claims of answers that people labelled as true, normalised; those of the test split are nobody's to read here."""
    paths = sorted((bench.root / bench.config.observations).glob("*.jsonl"))
    labelled = read_observations(path for path in paths if "test" not in path.stem)
    return frozenset(normalised(claim.text) for claim in labelled if claim.true)
