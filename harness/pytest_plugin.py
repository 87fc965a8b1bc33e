"""pytest: every golden case a test of its own, and fixtures for tests written by hand. Loads nothing until asked to.

    pytest --harness datasets/golden-dev.jsonl --harness-target module:attribute

A case fails when a metric FAILs; it is an error when none fails and one could not be measured; it is skipped when
nothing could be asked of it. Target and environment are those of `kb.toml` unless given.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.case_bench import CaseBench, Tried
    from harness.cases import Case, Score

_FIXTURE = "harness_case"
_BENCH = pytest.StashKey["CaseBench"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness", "golden cases as tests")
    group.addoption("--harness", action="append", default=[], metavar="FILE", help="A case file; may be given again.")
    group.addoption(
        "--harness-target", default="", metavar="TARGET", help="Default: that of the file's suite in kb.toml."
    )
    group.addoption(
        "--harness-workspace", default="", metavar="DIR", help="Folder with a kb.toml; default: found upward."
    )
    group.addoption("--harness-metric", action="append", default=[], metavar="NAME", help="One more metric.")


def pytest_configure(config: pytest.Config) -> None:
    """Collect the case files: beside the paths that were named, instead of the default ones."""
    files = _files(config)
    if files:
        named = config.args if config.args_source is pytest.Config.ArgsSource.ARGS else []
        config.args = list(dict.fromkeys([*named, *map(str, files)]))


def pytest_unconfigure(config: pytest.Config) -> None:
    if (bench := config.stash.get(_BENCH, None)) is not None:
        bench.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path in _files(parent.config):
        return CaseFile.from_parent(parent, path=file_path)
    return None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `harness_case` once for each case."""
    if _FIXTURE in metafunc.fixturenames and (files := _files(metafunc.config)):
        from harness.cases import HarnessError

        try:
            cases = [case for path in files for case in _bench(metafunc.config).cases(path)]
        except HarnessError as error:
            raise pytest.UsageError(str(error)) from error
        metafunc.parametrize(_FIXTURE, cases, ids=[case.id for case in cases], indirect=True)


@pytest.fixture
def harness_case(request: pytest.FixtureRequest) -> Case:
    """A case of the files of `--harness`; the test runs once for each of them."""
    if not hasattr(request, "param"):
        pytest.skip("no --harness FILE was given")
    case: Case = request.param
    return case


@pytest.fixture
def harness_score(request: pytest.FixtureRequest) -> Callable[[Case, Mapping[str, object]], list[Score]]:
    """A function of a case and a response that gives the scores of all metrics that the case asks for."""
    return _bench(request.config).scores_of


class CaseFile(pytest.File):
    """A file of cases."""

    def collect(self) -> Iterator[pytest.Item]:
        from harness.cases import HarnessError

        try:
            cases = _bench(self.config).cases(self.path)
        except HarnessError as error:
            raise self.CollectError(str(error)) from error
        for case in cases:
            yield CaseItem.from_parent(self, name=case.id, case=case)


class CaseItem(pytest.Item):
    """One case: the target is asked in the setup, so that what could not be measured is an error, not a failure."""

    def __init__(self, *, name: str, parent: CaseFile, case: Case) -> None:
        super().__init__(name, parent)
        self.case = case
        self._tried: Tried | None = None
        self.extra_keyword_matches.update((case.split, *case.tags, *case.intents))

    def setup(self) -> None:
        from harness.case_bench import unmeasured
        from harness.cases import HarnessError

        try:
            self._tried = _bench(self.config).tried(self.case)
        except HarnessError as error:
            self._fail(str(error))
        else:
            self._fail(unmeasured(self._tried))

    def runtest(self) -> None:
        from harness.case_bench import failed

        if self._tried is None or all(score.verdict == "N/A" for score in self._tried.scores):
            pytest.skip("no metric applies")
        self._fail(failed(self._tried))

    def _fail(self, reason: str) -> None:
        """Without a traceback: one into the harness says nothing about the bot."""
        if reason:
            pytest.fail(f"{self.case.path}:{self.case.line}: {self.case.id}\n{reason}", pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.line - 1, self.case.id


def _files(config: pytest.Config) -> list[Path]:
    return [(config.invocation_params.dir / name).resolve() for name in config.getoption("--harness")]


def _bench(config: pytest.Config) -> CaseBench:
    """Made at the first use: a session without the option pays for nothing."""
    if (found := config.stash.get(_BENCH, None)) is None:
        from harness.case_bench import CaseBench

        found = config.stash[_BENCH] = CaseBench(
            config.invocation_params.dir,
            os.environ,
            config.getoption("--harness-workspace"),
            config.getoption("--harness-target"),
            config.getoption("--harness-metric"),
        )
    return found
