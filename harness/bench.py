"""What a run needs of the world, handed in by `app`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.case_loading import Cases
from harness.cases import ConfigError, Figure
from harness.config import Config
from harness.manifest import Manifest, SuiteRun, digest_of
from harness.ports import Target
from harness.runs import Complaint
from harness.trial import Metric, Resources

Progress = Callable[[str, int, int], AbstractContextManager[Callable[[], None]]]
"""Given a label, how many are done and how many there are: a context whose value is called after each further one."""


@contextmanager
def silent(label: str, done: int, total: int) -> Iterator[Callable[[], None]]:
    """Shows no progress."""
    yield lambda: None


def free(rehearse: Callable[[], object]) -> None:
    """Nothing that is asked costs anything."""


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
        versions: of the package and of the index, as far as known.
        clock_s: a monotonic clock.
        sleep_s: waits.
        tell: says a line to the user.
        progress: shows how far a suite is.
        afford: given what asks all that scoring will ask, says what it costs or refuses; see `app_judge.Judging`.
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
    versions: Callable[[], Mapping[str, str]]
    clock_s: Callable[[], float]
    sleep_s: Callable[[float], None]
    tell: Callable[[str], None]
    progress: Progress = silent
    afford: Callable[[Callable[[], object]], None] = free

    def cases(self, manifest: Manifest) -> dict[str, Cases]:
        """The cases that each suite of a run is to be asked, as their files stand now.

        Raises:
            DataError: a case file is not what it should be.
            ConfigError: nothing is left after `--split`.
        """
        return {suite.name: self._cases_of(suite) for suite in manifest.suites}

    def inputs_digest(self, cases: Mapping[str, Cases]) -> str:
        """One hash over everything that scores are made from, the observations aside."""
        return digest_of([*(of_suite.digest for of_suite in cases.values()), *self.inputs()])

    @contextmanager
    def environment_of(self, suite: SuiteRun) -> Iterator[None]:
        """Let the variables of a suite hold for a while and put back what was there."""
        values = {**self.surroundings, **suite.environment}
        before = {name: self.environ.get(name) for name in values}
        self.environ.update(values)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    self.environ.pop(name, None)
                else:
                    self.environ[name] = value

    def _cases_of(self, suite: SuiteRun) -> Cases:
        cases = Cases(suite.name, suite.cases, self.root, self.complaint, suite.split, suite.limit)
        if not len(cases):
            raise ConfigError(f"suite {suite.name!r} has no cases of split {suite.split!r}")
        return cases
