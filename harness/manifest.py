"""What a run was asked to do, and its name: the SHA-256 of that. The same question has the same name anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from harness.cases import DataError
from harness.jsonl import dump

SCHEMA = "run/1"
SHORT = 12
"""Letters of a run's name that folders and messages show."""


@dataclass(frozen=True)
class SuiteRun:
    """One suite of a run: which cases were to be asked of what. `limit` 0 means all.

    `digest` is the SHA-256 of the chosen cases, wherever their files lie, `asked` their number. `environment` is that
    of profile and suite.
    """

    name: str
    target: str
    cases: tuple[str, ...]
    split: str = ""
    limit: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    asked: int = 0


@dataclass(frozen=True)
class Manifest:
    """What a run was asked to do, written before it starts.

    Attributes:
        started_at: when it was started first; a resumed run keeps it.
        profile: of `kb.toml`.
        timeout_s: the time limit of an answer.
        suites: what is asked of what.
        metrics: the names that were added to the built-in ones.
        repeat: how often each case is asked.
        concurrency: how many are asked at a time.
        versions: of the package and of the index, as far as known.
        digests: which data the scores were made from; empty until it was scored.
        judge: which judge scored it: `name`, `model`, `identity`; empty until it was scored.
    """

    started_at: str
    profile: str
    timeout_s: float
    suites: tuple[SuiteRun, ...]
    metrics: tuple[str, ...] = ()
    repeat: int = 1
    concurrency: int = 1
    versions: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    judge: Mapping[str, str] = field(default_factory=dict)

    @property
    def run_id(self) -> str:
        """SHA-256 of what was asked, 64 hex digits; when, how many at a time and by which judge is no part."""
        return hashlib.sha256(dump(_asked(self)).encode()).hexdigest()

    @property
    def name(self) -> str:
        """The start of the `run_id`, for people."""
        return self.run_id[:SHORT]

    def suite(self, name: str) -> SuiteRun:
        return next(suite for suite in self.suites if suite.name == name)


def manifest_row(manifest: Manifest) -> dict[str, object]:
    return {"schema": SCHEMA, "run_id": manifest.run_id, **asdict(manifest)}


def manifest_from(table: Mapping[str, Any]) -> Manifest:
    """Read a row that has passed its schema.

    Raises:
        DataError: the name is not that of what it says was asked.
    """
    plain = {name: table[name] for name in Manifest.__dataclass_fields__ if name in table}
    suites = tuple(map(_suite_run, table["suites"]))
    manifest = Manifest(**{**plain, "suites": suites, "metrics": tuple(table["metrics"])})
    if manifest.run_id != table["run_id"]:
        raise DataError("run_id is not that of what was asked: somebody changed it")
    return manifest


def differences(before: Manifest, after: Manifest) -> list[str]:
    """In which parts two runs asked different systems or in different ways; other cases are none."""
    one, two = _system(before), _system(after)
    return [name for name in two if one[name] != two[name]]


def _suite_run(table: Mapping[str, Any]) -> SuiteRun:
    plain = {name: table[name] for name in SuiteRun.__dataclass_fields__}
    return SuiteRun(**{**plain, "cases": tuple(table["cases"])})


def _asked(manifest: Manifest) -> dict[str, Any]:
    left_out = ("started_at", "concurrency", "digests", "judge")
    return {name: value for name, value in sorted(asdict(manifest).items()) if name not in left_out}


def _system(manifest: Manifest) -> dict[str, Any]:
    suites = tuple(replace(suite, digest="", asked=0) for suite in manifest.suites)
    return _asked(replace(manifest, suites=suites))


def digest_of(rows: Iterable[object]) -> str:
    """SHA-256 of rows, in order."""
    return hashlib.sha256("\n".join(map(dump, rows)).encode()).hexdigest()
