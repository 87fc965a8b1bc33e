"""A run: observe, write as it comes. Everything that touches the world is handed in as a bench."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from harness.bench import Bench
from harness.case_loading import Cases
from harness.cases import ConfigError, Observation
from harness.journal import Journal
from harness.manifest import Manifest, SuiteRun, differences
from harness.observations import Observations, observations_of
from harness.observe import Door, observe, unasked
from harness.pace import Pace
from harness.plan import Request, manifest_of
from harness.ports import Target
from harness.reading import Run, opened
from harness.records import observation_row
from harness.run_places import held, place_of, point, unlink
from harness.runs import RunFolder
from harness.score import lacking, parts_given
from harness.targets import door_of
from harness.trial import Metric


def run(bench: Bench, request: Request, latest: Path, out: Path | None, now: str) -> Run:
    """Observe what is asked for and write it as it comes.

    Args:
        bench: the world.
        request: what the user asked.
        latest: where the newest run is looked for; runs lie beside it, each by its name.
        out: a folder for this run alone.
        now: ISO 8601.

    Returns:
        The run, which is not scored yet.

    Raises:
        ConfigError: a suite, profile or target is not there, or `--resume` would continue another run.
        DataError: a case file is not what it should be.
        TargetUnusable: a target cannot be loaded or started.
    """
    manifest, cases = planned(bench, request, now)
    folder = RunFolder(out or place_of(latest, manifest.run_id), bench.complaint)
    before = _before(folder, None if out else latest) if request.resume else None
    with held(_made(folder).path):
        if before is None:
            folder.start(manifest)
        else:
            manifest = _taken_over(folder, before, manifest, cases)
        if out is None:
            point(latest, folder.path)
        _observe_all(bench, manifest, cases, folder)
    return opened(bench, folder, cases)


def planned(bench: Bench, request: Request, now: str) -> tuple[Manifest, dict[str, Cases]]:
    """What is to be run, with the cases as their files stand."""
    manifest = manifest_of(bench.config, request, now, bench.versions())
    cases = bench.cases(manifest)
    counted = tuple(
        replace(suite, digest=cases[suite.name].digest, asked=len(cases[suite.name])) for suite in manifest.suites
    )
    return replace(manifest, suites=counted), cases


def _made(folder: RunFolder) -> RunFolder:
    unlink(folder.path)
    return folder


def _before(folder: RunFolder, latest: Path | None) -> RunFolder | None:
    """The run that `--resume` continues: the one of this name, else the newest, whose cases may have been changed."""
    found = [folder, *([RunFolder(latest, folder.complaint)] if latest else [])]
    paths = [RunFolder(one.path.resolve(), one.complaint) for one in found]
    return next((one for one in paths if one.manifest.is_file()), None)


def _taken_over(folder: RunFolder, before: RunFolder, manifest: Manifest, cases: Mapping[str, Cases]) -> Manifest:
    earlier = before.read_manifest()
    if other := differences(earlier, manifest):
        raise ConfigError(f"the run in {before.path} had other {', '.join(other)}; run without --resume")
    continued = replace(
        manifest,
        started_at=earlier.started_at,
        concurrency=max(earlier.concurrency, manifest.concurrency),
        digests=earlier.digests,
    )
    folder.take_over(before, continued, lambda suite, id_, asked: suite in cases and cases[suite].asks(id_, asked))
    return continued


def _observe_all(bench: Bench, manifest: Manifest, cases: Mapping[str, Cases], folder: RunFolder) -> None:
    metrics = bench.metrics(manifest.metrics)
    finished = observations_of(folder.observations, cases, manifest.repeat, bench.complaint)
    for suite in manifest.suites:
        with bench.environment_of(suite):
            _observe(bench, suite, manifest, finished[suite.name], metrics, folder)


def _observe(
    bench: Bench,
    suite: SuiteRun,
    manifest: Manifest,
    finished: Observations,
    metrics: list[Metric],
    folder: RunFolder,
) -> None:
    started, total = bench.clock_s(), len(finished.cases) * manifest.repeat
    bench.tell(_announced(suite, manifest, len(finished)))
    told = bool(len(finished))
    with (
        _opened(bench, suite, manifest) as door,
        Journal(folder.observations) as journal,
        bench.progress(suite.name, len(finished), total) as step,
    ):
        for observation in observe(unasked(finished.cases, manifest.repeat, finished.has), door):
            journal.append(observation_row(observation))
            step()
            if not told and observation.response is not None:
                _tell_lacking(bench, suite.name, finished.cases, metrics, observation)
                told = True
    bench.tell(f"{suite.name}: done in {bench.clock_s() - started:.1f} s")


def _announced(suite: SuiteRun, manifest: Manifest, finished: int) -> str:
    times = f" {manifest.repeat} times each" if manifest.repeat > 1 else ""
    beside = f", {manifest.concurrency} at a time: latencies measure the neighbours too" * (manifest.concurrency > 1)
    return f"{suite.name}: {suite.asked} cases{times}, {finished} asked before, target {suite.target}{beside}"


@contextmanager
def _opened(bench: Bench, suite: SuiteRun, manifest: Manifest) -> Iterator[Door]:
    """The lanes to a target: processes answer one at a time, so each lane has its own; all else is shared."""
    own = manifest.concurrency if door_of(suite.target) == "command" else 1
    targets: list[Target] = []
    try:
        targets += (bench.target(suite.target, bench.config.timeout_s) for _ in range(own))
        lanes = [targets[lane % own] for lane in range(manifest.concurrency)]
        yield Door(lanes, _pace(bench, suite.name), bench.complaint, bench.clock_s)
    finally:
        for target in targets:
            target.close()


def _pace(bench: Bench, suite: str) -> Pace:
    per_minute = next((one.requests_per_minute for one in bench.config.suites if one.name == suite), 0.0)
    return Pace(per_minute, bench.clock_s, bench.sleep_s)


def _tell_lacking(bench: Bench, suite: str, cases: Cases, metrics: list[Metric], first: Observation) -> None:
    """Say once, after the first answer and before the second question, what cannot be measured of this target."""
    given = parts_given([first], gold=bool(bench.resources().gold.texts))
    for part, names in lacking(metrics, cases, given).items():
        bench.tell(f"{suite}: N/A, the first response gives no {part!r}: {', '.join(names)}")
