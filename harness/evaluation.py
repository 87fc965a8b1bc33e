"""A run: observe, write as it comes, score. Everything that touches the world is handed in by `app`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.case_files import fingerprint
from harness.case_loading import load_cases, selected
from harness.cases import Case, ConfigError, Figure, Observation, Score
from harness.config import Config
from harness.jsonl import append_row, write_rows
from harness.observe import observe
from harness.plan import Request, manifest_of
from harness.ports import Target
from harness.records import figure_row, observation_row
from harness.runs import Complaint, Manifest, RunFolder, SuiteRun, digest_of
from harness.score import lacking, parts_given, score
from harness.trial import Metric, Resources


@dataclass(frozen=True)
class Bench:
    """What a run needs of the world.

    Attributes:
        root: the workspace; all paths of data are relative to it.
        config: of the workspace.
        environ: the environment that targets see, changed while a suite runs.
        surroundings: variables that every target gets, whatever the suite.
        complaint: checks a row against a schema.
        target: opens a target string with a time limit.
        metrics: the rows of a run by the names that are added; tells what is not installed.
        resources: what metrics lean on, opened at the first call.
        others: figures that no case has: of the judge, of the knowledge.
        inputs: digests of all data that scores depend on beside the cases.
        clock_s: a monotonic clock.
        tell: says a line to the user.
    """

    root: Path
    config: Config
    environ: MutableMapping[str, str]
    surroundings: Mapping[str, str]
    complaint: Complaint
    target: Callable[[str, float], Target]
    metrics: Callable[[Sequence[str]], list[Metric]]
    resources: Callable[[], Resources]
    others: Callable[[], list[Figure]]
    inputs: Callable[[], list[str]]
    clock_s: Callable[[], float]
    tell: Callable[[str], None]


def run(bench: Bench, request: Request, folder: RunFolder, now: str) -> None:
    """Observe what is asked for, write it as it comes, then score it.

    Raises:
        ConfigError: a suite, profile or target is not there, or `--resume` would continue another run.
        DataError: a case file is not what it should be.
        TargetUnusable: a target cannot be loaded or started.
    """
    manifest = manifest_of(bench.config, request, now)
    cases = cases_by_suite(bench, manifest)
    if request.resume and folder.manifest.is_file():
        _continue(folder, manifest, cases)
    else:
        folder.start(manifest)
    metrics, finished = bench.metrics(manifest.metrics), folder.read_observations()
    profile = bench.config.profile(manifest.profile)
    for suite in manifest.suites:
        with changed(bench.environ, {**bench.surroundings, **profile.environment, **suite.environment}):
            _observe(bench, suite, cases[suite.name], finished.get(suite.name, {}), metrics, folder)
    rescore(bench, folder)


def cases_by_suite(bench: Bench, manifest: Manifest) -> dict[str, list[Case]]:
    """The cases that each suite of a run is to be asked, as their files stand now.

    Raises:
        DataError: a case file is not what it should be.
        ConfigError: nothing is left after `--split`.
    """
    return {suite.name: _cases_of(bench, suite) for suite in manifest.suites}


def rescore(bench: Bench, folder: RunFolder) -> None:
    """Score the observations of a folder by the cases, metrics and truth as they stand now. Asks no target."""
    manifest = folder.read_manifest()
    cases = cases_by_suite(bench, manifest)
    observations = folder.read_observations()
    metrics, resources = bench.metrics(manifest.metrics), bench.resources()
    scores: list[Score] = []
    for name, of_suite in cases.items():
        seen = matching(observations.get(name, {}), of_suite)
        given = parts_given(seen.values(), gold=bool(resources.gold.texts))
        scores += score(of_suite, seen, metrics, given, resources, manifest.timeout_s)
    write_rows(folder.others, map(figure_row, bench.others()))
    folder.write_scores(scores, manifest, inputs_digest(bench, cases))


def matching(observations: Mapping[str, Observation], cases: Sequence[Case]) -> dict[str, Observation]:
    """The observations that belong to a case as it is asked today."""
    asked = {case.id: fingerprint(case) for case in cases}
    return {id_: one for id_, one in observations.items() if one.fingerprint in ("", asked.get(id_)) and id_ in asked}


def inputs_digest(bench: Bench, cases: Mapping[str, Sequence[Case]]) -> str:
    """One hash over everything that scores are made from, the observations aside."""
    return digest_of([*(asdict(case) for of_suite in cases.values() for case in of_suite), *bench.inputs()])


@contextmanager
def changed(environ: MutableMapping[str, str], values: Mapping[str, str]) -> Iterator[None]:
    """Set variables for a while and put back what was there."""
    before = {name: environ.get(name) for name in values}
    environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                environ.pop(name, None)
            else:
                environ[name] = value


def _cases_of(bench: Bench, suite: SuiteRun) -> list[Case]:
    cases = selected(load_cases(suite.name, suite.cases, bench.root, bench.complaint), suite.split, suite.limit)
    if not cases:
        raise ConfigError(f"suite {suite.name!r} has no cases of split {suite.split!r}")
    return cases


def _observe(
    bench: Bench,
    suite: SuiteRun,
    cases: Sequence[Case],
    finished: Mapping[str, Observation],
    metrics: Sequence[Metric],
    folder: RunFolder,
) -> None:
    started, told = bench.clock_s(), bool(finished)
    target = bench.target(suite.target, bench.config.timeout_s)
    bench.tell(f"{suite.name}: {len(cases)} cases, {len(finished)} of them asked before, target {suite.target}")
    try:
        with folder.observations.open("a", encoding="utf-8", newline="\n") as stream:
            for observation in observe(cases, target, finished, bench.complaint, bench.clock_s):
                append_row(stream, observation_row(observation))
                if not told and observation.response is not None:
                    _tell_lacking(bench, suite.name, cases, metrics, observation)
                    told = True
    finally:
        target.close()
    bench.tell(f"{suite.name}: done in {bench.clock_s() - started:.1f} s")


def _tell_lacking(
    bench: Bench, suite: str, cases: Sequence[Case], metrics: Sequence[Metric], first: Observation
) -> None:
    """Say once, after the first answer and before the second question, what cannot be measured of this target."""
    given = parts_given([first], gold=bool(bench.resources().gold.texts))
    for part, names in lacking(metrics, cases, given).items():
        bench.tell(f"{suite}: N/A, the first response gives no {part!r}: {', '.join(names)}")


def _continue(folder: RunFolder, manifest: Manifest, cases: Mapping[str, Sequence[Case]]) -> None:
    """Take up an interrupted run: mend its last row, forget observations of questions that were changed since."""
    before = folder.read_manifest()
    if (before.suites, before.profile, before.metrics) != (manifest.suites, manifest.profile, manifest.metrics):
        raise ConfigError(f"the run in {folder.path} had other suites, targets or options; run without --resume")
    folder.mend()
    seen = folder.read_observations()
    kept = [one for name, of_suite in cases.items() for one in matching(seen.get(name, {}), of_suite).values()]
    if len(kept) < sum(map(len, seen.values())):
        write_rows(folder.observations, map(observation_row, kept))
