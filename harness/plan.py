"""What a request means by the configuration: which suites, of which target, with which metrics. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.cases import ConfigError
from harness.config import Config, Profile, Suite
from harness.manifest import Manifest, SuiteRun

RAGAS = ("ragas_id_context_recall", "ragas_id_context_precision", "ragas_string_similarity")


@dataclass(frozen=True)
class Request:
    """What the user asked to run; empty words mean what `kb.toml` says. `cases` make a suite of their own.

    `repeat` is how often each case is asked, `concurrency` how many are asked at a time, 0 as `kb.toml` says.
    """

    suites: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    split: str = ""
    limit: int = 0
    target: str = ""
    profile: str = "default"
    metrics: tuple[str, ...] = ()
    resume: bool = False
    repeat: int = 1
    concurrency: int = 0


def manifest_of(config: Config, request: Request, now: str, versions: Mapping[str, str]) -> Manifest:
    """Write down what is to be run.

    Raises:
        ConfigError: a suite or profile is unknown, or a suite has no target.
    """
    profile = config.profile(request.profile)
    suites = _of_files(request) if request.cases else config.suites_named(request.suites)
    if untargeted := [suite.name for suite in suites if not (request.target or suite.target)]:
        raise ConfigError(f"suite {untargeted[0]!r} has no target; give one in kb.toml or by --target")
    return Manifest(
        started_at=now,
        profile=profile.name,
        timeout_s=config.timeout_s,
        suites=tuple(_suite_run(suite, profile, request) for suite in suites),
        metrics=tuple(dict.fromkeys((*config.metrics, *_metrics_of(profile), *request.metrics))),
        repeat=request.repeat,
        concurrency=request.concurrency or config.concurrency,
        versions=versions,
    )


def _suite_run(suite: Suite, profile: Profile, request: Request) -> SuiteRun:
    return SuiteRun(
        name=suite.name,
        target=request.target or suite.target,
        cases=suite.cases,
        split=request.split,
        limit=request.limit,
        environment={**profile.environment, **suite.environment},
    )


def _of_files(request: Request) -> tuple[Suite, ...]:
    name = request.suites[0] if request.suites else Path(request.cases[0]).stem
    return (Suite(name, request.cases, request.target),)


def _metrics_of(profile: Profile) -> tuple[str, ...]:
    """The metrics a profile adds; one that requires ragas means ragas' offline metrics unless it names its own."""
    return RAGAS if "ragas" in profile.requires and not profile.metrics else profile.metrics
