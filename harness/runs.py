"""The folder of a run: what was asked for, what came back, what it scored. Knows file names and digests, no metrics."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from harness.cases import DataError, Observation, ReportMissing, Score
from harness.jsonl import drop_torn_end, dump, read_rows, write_rows, write_text
from harness.records import observation_from, score_from, score_row

Complaint = Callable[[str, object], str | None]
FILES = (
    "observations.jsonl", "scores.jsonl", "others.jsonl", "summary.json", "report.html", "report.md", "junit.xml",
)  # fmt: skip


@dataclass(frozen=True)
class SuiteRun:
    """One suite of a run: which cases were to be asked of what. `limit` 0 means all."""

    name: str
    target: str
    cases: tuple[str, ...]
    split: str = ""
    limit: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """What a run was asked to do, written before it starts. `digests` say which data the scores were made from."""

    started_at: str
    profile: str
    timeout_s: float
    suites: tuple[SuiteRun, ...]
    metrics: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)


class RunFolder:
    """Reads and writes the files of one run."""

    def __init__(self, path: Path, complaint: Complaint) -> None:
        self.path = path
        self._complaint = complaint

    @property
    def observations(self) -> Path:
        return self.path / "observations.jsonl"

    @property
    def scores(self) -> Path:
        return self.path / "scores.jsonl"

    @property
    def others(self) -> Path:
        """Figures of the judge and the knowledge, which no case has."""
        return self.path / "others.jsonl"

    @property
    def manifest(self) -> Path:
        return self.path / "run.json"

    def start(self, manifest: Manifest) -> None:
        """Empty the folder of an earlier run's files and write down what this one is to do."""
        self.path.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (self.path / name).unlink(missing_ok=True)
        self.write_manifest(manifest)

    def mend(self) -> None:
        """Forgive the half row that a killed run may have left."""
        if self.observations.exists():
            drop_torn_end(self.observations)

    def write_manifest(self, manifest: Manifest) -> None:
        write_text(self.manifest, json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n")

    def read_manifest(self) -> Manifest:
        """Raises: ReportMissing: nothing was run here; DataError: the file is damaged."""
        if not self.manifest.is_file():
            raise ReportMissing(f"no run in {self.path}; call `harness run`, or name its folder")
        try:
            return _manifest(json.loads(self.manifest.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise DataError(f"{self.manifest}: cannot be read ({error}); run again") from error

    def read_observations(self) -> dict[str, dict[str, Observation]]:
        """Observations by suite and case id.

        Raises:
            DataError: a row is damaged, or a case of a suite stands twice.
        """
        found: dict[str, dict[str, Observation]] = {}
        if not self.observations.exists():
            return found
        for line, row in read_rows(self.observations):
            where = f"{self.observations}:{line}"
            observation = observation_from(self._checked("observation", row, where))
            of_suite = found.setdefault(observation.suite, {})
            if observation.id in of_suite:
                raise DataError(f"{where}: {observation.suite} {observation.id!r} stands twice; remove one row")
            of_suite[observation.id] = observation
        return found

    def read_scores(self) -> list[Score]:
        """The scores as they were written; `is_scored` says whether anybody touched them since.

        Raises:
            ReportMissing: nothing was scored.
        """
        if not self.scores.is_file():
            raise ReportMissing(f"no scores in {self.path}; call `harness run --resume`")
        return [score_from(row) for _, row in read_rows(self.scores)]

    def write_scores(self, scores: Iterable[Score], manifest: Manifest, case_digest: str) -> None:
        """Write the scores and remember what they were made from."""
        write_rows(self.scores, map(score_row, scores))
        digests = {"cases": case_digest, "observations": digest(self.observations), "scores": digest(self.scores)}
        self.write_manifest(replace(manifest, digests=digests))

    def is_scored(self, manifest: Manifest, case_digest: str) -> bool:
        """The scores were made from these cases and observations, and nobody touched them since."""
        now = {"cases": case_digest, "observations": digest(self.observations), "scores": digest(self.scores)}
        return self.scores.is_file() and self.others.is_file() and dict(manifest.digests) == now

    def _checked(self, schema: str, row: dict[str, object], where: str) -> dict[str, object]:
        if (wrong := self._complaint(schema, row)) is not None:
            raise DataError(f"{where}: {wrong}; mend or remove the row")
        return row


def digest(path: Path) -> str:
    """SHA-256 of a file; empty for none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def digest_of(rows: Iterable[object]) -> str:
    """SHA-256 of rows, in order."""
    return hashlib.sha256("\n".join(map(dump, rows)).encode()).hexdigest()


def _manifest(table: Mapping[str, Any]) -> Manifest:
    suites = tuple(SuiteRun(**{**suite, "cases": tuple(suite["cases"])}) for suite in table["suites"])
    return Manifest(**{**table, "suites": suites, "metrics": tuple(table["metrics"])})
