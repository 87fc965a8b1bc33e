"""Ask and score single cases, as a test of each needs it: no run, no folder, no report."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from textwrap import shorten

from harness.app import Site
from harness.bench import Bench
from harness.case_loading import Cases
from harness.cases import Case, ConfigError, Observation, Score
from harness.config import Suite
from harness.manifest import SuiteRun
from harness.observe import Door, observe
from harness.pace import Pace
from harness.ports import Target
from harness.score import parts_given, score
from harness.trial import Metric

EXCERPT = 400
"""Letters of an answer that an explanation shows."""


@dataclass(frozen=True)
class Tried:
    """A case that was asked: what came back and what it scored."""

    observation: Observation
    scores: tuple[Score, ...]


class CaseBench:
    """The cases of files, the target they are put to and the metrics they are held against.

    Args:
        folder: where the user stands.
        environ: the environment, which targets see.
        workspace: a folder with a `kb.toml`; found upward for an empty one.
        target: instead of that of the suites in `kb.toml`.
        metrics: names that are added to the built-in ones.
    """

    def __init__(
        self, folder: Path, environ: MutableMapping[str, str], workspace: str, target: str, metrics: Sequence[str]
    ) -> None:
        self._site = Site(folder, environ, folder / workspace if workspace else None)
        self._target, self._names = target, metrics
        self._open: dict[str, Target] = {}

    def cases(self, path: Path) -> list[Case]:
        """The cases of a file, of the suite that `kb.toml` puts it in, else of one with the file's name.

        Raises:
            DataError: the file is missing or a row is none; names file and line.
        """
        shown = self._site.shown(path)
        suite = self._suite_of(shown)
        return list(Cases(suite.name if suite else path.stem, (shown,), self._site.root, self._site.complaint))

    def tried(self, case: Case) -> Tried:
        """Put a case to the target and score what comes back.

        Raises:
            ConfigError: there is no target for it.
            TargetUnusable: the target cannot be loaded or started.
        """
        with self._surroundings(case):
            bench = self._bench
            pace = Pace(0, bench.clock_s, bench.sleep_s)
            door = Door([self._opened(case)], pace, bench.complaint, bench.clock_s)
            (observation,) = observe([(case, 0)], door)
        return Tried(observation, tuple(self._scored(case, observation)))

    def scores_of(self, case: Case, response: Mapping[str, object]) -> list[Score]:
        """Score a response that a test got by itself."""
        return self._scored(case, Observation(case.id, case.suite, case.split, case.question, response))

    def close(self) -> None:
        for target in self._open.values():
            target.close()

    def _scored(self, case: Case, observation: Observation) -> list[Score]:
        resources = self._bench.resources()
        given = parts_given([observation], gold=bool(resources.gold.texts))
        seen = {case.id: observation}
        return list(score([case], seen, self._metrics, given, resources, self._site.config.timeout_s))

    def _opened(self, case: Case) -> Target:
        suite = self._suite_of(case.path)
        spec = self._target or (suite.target if suite else "")
        if not spec:
            raise ConfigError(f"{case.path} is in no suite of kb.toml; say what to ask by --harness-target")
        if spec not in self._open:
            self._open[spec] = self._bench.target(spec, self._site.config.timeout_s)
        return self._open[spec]

    def _surroundings(self, case: Case) -> AbstractContextManager[None]:
        suite = self._suite_of(case.path)
        if suite is None:
            return nullcontext()
        return self._bench.environment_of(SuiteRun(suite.name, "", suite.cases, environment=suite.environment))

    def _suite_of(self, shown: str) -> Suite | None:
        return next((suite for suite in self._site.config.suites if shown in suite.cases), None)

    @cached_property
    def _bench(self) -> Bench:
        return self._site.bench()

    @cached_property
    def _metrics(self) -> list[Metric]:
        return self._bench.metrics((*self._site.config.metrics, *self._names))


def unmeasured(tried: Tried) -> str:
    """What could not be measured, where nothing failed; empty where all is known."""
    verdicts = {score.verdict for score in tried.scores}
    return _told(tried, "UNMEASURED") if "UNMEASURED" in verdicts and "FAIL" not in verdicts else ""


def failed(tried: Tried) -> str:
    """Which metrics failed, with value, reason and the answer; empty where none did."""
    return _told(tried, "FAIL") if any(score.verdict == "FAIL" for score in tried.scores) else ""


def _told(tried: Tried, verdict: str) -> str:
    lines = [_line(score) for score in tried.scores if score.verdict == verdict]
    answer = shorten(tried.observation.answer, EXCERPT, placeholder=" …") or "(none)"
    return "\n".join((*lines, f"question: {tried.observation.question}", f"answer: {answer}"))


def _line(score: Score) -> str:
    value = "" if score.value is None else f" {score.value:.4g}"
    return f"{score.verdict} {score.metric}{value}: {score.reason or 'no reason given'}"
