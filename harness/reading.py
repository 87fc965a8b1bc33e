"""A run as reports read it: a folder beside the cases as they stand now. Nothing is held; every look reads again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.bench import Bench
from harness.case_loading import Cases
from harness.cases import Case, Observation, Score
from harness.manifest import Manifest
from harness.observations import Observations, observations_of
from harness.runs import RunFolder


@dataclass(frozen=True)
class CaseResult:
    """A case with all its scores: by repeat, and in a repeat in the order of the metrics."""

    case: Case
    scores: tuple[Score, ...]

    def by_metric(self) -> dict[str, list[Score]]:
        """The scores of each metric, one a repeat."""
        found: dict[str, list[Score]] = {}
        for score in self.scores:
            found.setdefault(score.metric, []).append(score)
        return found


@dataclass(frozen=True)
class Run:
    """What was asked, what came back and what it scored.

    `cases` and `observations` are by suite and can be walked through as often as one likes.
    """

    folder: RunFolder
    manifest: Manifest
    cases: Mapping[str, Cases]
    observations: Mapping[str, Observations]

    def scores(self, suite: str = "") -> Iterator[Score]:
        """All scores, or those of one suite, in the order of the cases."""
        return (score for score in self.folder.read_scores() if suite in ("", score.suite))

    def results(self, suite: str) -> Iterator[CaseResult]:
        """The cases of a suite with their scores, in their order; a case that no metric asks of has none."""
        scores = self.scores(suite)
        ahead = next(scores, None)
        for case in self.cases[suite]:
            own: list[Score] = []
            while ahead is not None and ahead.id == case.id:
                own.append(ahead)
                ahead = next(scores, None)
            yield CaseResult(case, tuple(own))

    def answers(self, case: Case) -> list[Observation]:
        """What came back for a case, by repeat."""
        of_suite = self.observations[case.suite]
        found = (of_suite.get(case.id, repeat) for repeat in range(self.manifest.repeat))
        return [one for one in found if one is not None]


def opened(bench: Bench, folder: RunFolder, cases: Mapping[str, Cases] | None = None) -> Run:
    """Open a run.

    Args:
        bench: the world.
        folder: of the run.
        cases: by suite, where they were read and checked already.

    Raises:
        ReportMissing: nothing was run here.
        DataError: a file of the run or of the data is damaged.
    """
    manifest = folder.read_manifest()
    known = bench.cases(manifest) if cases is None else cases
    return Run(folder, manifest, known, observations_of(folder.observations, known, manifest.repeat, bench.complaint))
