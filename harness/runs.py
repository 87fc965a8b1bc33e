"""The folder of a run: what was asked for, what came back, what it scored. Knows file names and digests, no metrics."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from harness.cases import DataError, Figure, Observation, ReportMissing, Score
from harness.jsonl import drop_torn_end, read_rows, write_rows, write_text
from harness.manifest import Manifest, SuiteRun, digest_of, manifest_from, manifest_row
from harness.observations import rows
from harness.records import figure_from, figure_row, observation_row, score_from

__all__ = ["FILES", "Complaint", "Manifest", "RunFolder", "SuiteRun", "digest", "digest_of"]

Complaint = Callable[[str, object], str | None]
FILES = (
    "run.json", "observations.jsonl", "scores.jsonl", "others.jsonl",
    "summary.json", "report.html", "report.md", "junit.xml", "figures.csv", "scores.csv", "blame.json",
    "mutations.json",
)  # fmt: skip


class RunFolder:
    """Reads and writes the files of one run."""

    def __init__(self, path: Path, complaint: Complaint) -> None:
        self.path = path
        self.complaint = complaint

    @property
    def manifest(self) -> Path:
        return self.path / "run.json"

    @property
    def observations(self) -> Path:
        """What came back, a row each, in the order of coming."""
        return self.path / "observations.jsonl"

    @property
    def scores(self) -> Path:
        """By suite, then in the order of the cases, then by repeat."""
        return self.path / "scores.jsonl"

    @property
    def others(self) -> Path:
        """Figures of the judge and the knowledge, which no case has."""
        return self.path / "others.jsonl"

    def start(self, manifest: Manifest) -> None:
        """Empty the folder of an earlier run's files and write down what this one is to do."""
        self.path.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (self.path / name).unlink(missing_ok=True)
        self.write_manifest(manifest)

    def take_over(self, before: RunFolder, manifest: Manifest, belongs: Callable[[str, str, str], bool]) -> None:
        """Continue another run, or this one after cases were changed.

        A crash at any point leaves a folder that can be continued: observations are replaced in one step, before the
        manifest that vouches for them.

        Args:
            before: the folder of that run, which may be this one.
            manifest: what is to be run.
            belongs: by suite, id and fingerprint, whether an observation is of a case as it is asked now.
        """
        before.mend()
        kept = (one for _, one, _ in rows(before.observations, self.complaint))
        own = (one for one in kept if belongs(one.suite, one.id, one.fingerprint) and one.repeat < manifest.repeat)
        write_rows(self.observations, map(observation_row, own))
        self.write_manifest(manifest)

    def mend(self) -> None:
        """Forgive the half row that a killed run may have left."""
        if self.observations.exists():
            drop_torn_end(self.observations)

    def write_manifest(self, manifest: Manifest) -> None:
        write_text(self.manifest, json.dumps(manifest_row(manifest), ensure_ascii=False, indent=2) + "\n")

    def read_manifest(self) -> Manifest:
        """Raises: ReportMissing: nothing was run here; DataError: the file is damaged."""
        if not self.manifest.is_file():
            raise ReportMissing(f"no run in {self.path}; call `harness run`, or name its folder")
        try:
            table = json.loads(self.manifest.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise DataError(f"{self.manifest}: cannot be read ({error}); run again") from error
        if (wrong := self.complaint("run", table)) is not None:
            raise DataError(f"{self.manifest}: {wrong}; run again")
        try:
            return manifest_from(table)
        except DataError as error:
            raise DataError(f"{self.manifest}: {error}; run again") from error

    def read_observations(self) -> Iterator[Observation]:
        """What came back, in the order of coming; also what belongs to no case any more.

        Raises:
            DataError: a row is damaged; names the line.
        """
        return (observation for _, observation, _ in rows(self.observations, self.complaint))

    def read_scores(self) -> Iterator[Score]:
        """The scores as they were written; `is_scored` says whether anybody touched them since.

        Raises:
            ReportMissing: nothing was scored.
        """
        if not self.scores.is_file():
            raise ReportMissing(f"no scores in {self.path}; call `harness run --resume`")
        return (score_from(row) for _, row in read_rows(self.scores))

    def read_others(self) -> list[Figure]:
        return [figure_from(row) for _, row in read_rows(self.others)]

    def write_others(self, figures: list[Figure]) -> None:
        write_rows(self.others, map(figure_row, figures))

    def vouch(self, manifest: Manifest, inputs: str) -> None:
        """Remember what the scores were made from; until then they count as never written."""
        self.write_manifest(replace(manifest, digests=self._digests(inputs)))

    def is_scored(self, manifest: Manifest, inputs: str) -> bool:
        """The scores were made from these inputs and observations, and nobody touched them since."""
        return self.scores.is_file() and self.others.is_file() and dict(manifest.digests) == self._digests(inputs)

    def is_untouched(self, manifest: Manifest) -> bool:
        """Scores and observations are those that were vouched for, whatever became of cases and knowledge since."""
        now = self._digests(manifest.digests.get("cases", ""))
        return bool(manifest.digests) and all(now.get(name) == told for name, told in manifest.digests.items())

    def _digests(self, inputs: str) -> dict[str, str]:
        files = {"observations": self.observations, "scores": self.scores, "others": self.others}
        return {"cases": inputs, **{name: digest(path) for name, path in files.items()}}


def digest(path: Path) -> str:
    """SHA-256 of a file; empty for none."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
