"""`harness validate` and `harness freeze`: read all data of a workspace, check it, seal what must not change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness import validate as checks
from harness.assess import OTHER_DIRECTIONS
from harness.case_loading import scan_cases
from harness.cases import Case, ConfigError
from harness.frozen import broken, read_seals, seal, unsealed
from harness.metrics import METRICS, SHARES
from harness.validation.coverage import uncovered
from harness.validation.information import read_outcomes, settled
from harness.validation.labels import conflicts, impossible
from harness.validation.likeness import Pair, alike, leaks, repeats
from harness.validation.telling import given_away
from harness.validation.truth import answered, stale, unheld

if TYPE_CHECKING:
    from harness.app import Site

READABLE = ("adr", "incidents", "kb/rules", "skills", "eco2", "prompts")
"""What a bot can read beside the documents of its knowledge."""
LEARNT = "datasets/**/train*.jsonl"
"""What a bot learns from."""
_SUFFIXES = (".md", ".yaml", ".yml", ".py", ".toml", ".json", ".jsonl", ".txt", ".j2")


@dataclass(frozen=True)
class Checked:
    """What `harness validate` found: findings must be mended, warnings should be known."""

    cases: tuple[Case, ...]
    findings: tuple[str, ...]
    warnings: tuple[str, ...]


def validated(site: Site) -> Checked:
    """Check all data of the workspace."""
    cases, broken_rows = _scanned(site)
    broken_patterns = checks.broken_expressions(cases)
    pairs = alike(cases)
    findings = [
        *broken_rows,
        *broken_patterns,
        *_single_findings(site, cases),
        *conflicts(cases),
        *leaks(cases, pairs),
        *given_away(_readable(site), cases),
        *([] if broken_patterns else [*impossible(cases, site.gold.texts), *unheld(cases, site.gold.texts)]),
        *_stale(site, cases),
        *_seal_findings(site, cases),
        *_gate_findings(site),
    ]
    return Checked(tuple(cases), tuple(findings), tuple(_warnings(site, cases, pairs)))


def _single_findings(site: Site, cases: Sequence[Case]) -> list[str]:
    config = site.config
    return [
        *checks.duplicate_ids(cases),
        *checks.drafts(cases),
        *checks.unknown_words(cases, config.intents, config.known_agents),
        *checks.contradictions(cases),
        *checks.unresolved(cases, lambda id_: site.provenance.resolve(id_) is not None),
        *checks.lost_paths(cases, lambda path: _exists(site, path)),
    ]


def _stale(site: Site, cases: Sequence[Case]) -> list[str]:
    """Only where the truth was accepted: without a snapshot nobody can tell what changed."""
    return [] if site.drift() is None else stale(cases, site.gold.texts, site.provenance.sentences)


def _seal_findings(site: Site, cases: Sequence[Case]) -> list[str]:
    seals = read_seals(site.root / site.config.frozen, site.config.frozen)
    return [*broken(seals, site.root), *unsealed(seals, files_to_freeze(site, cases))]


def _warnings(site: Site, cases: Sequence[Case], pairs: Sequence[Pair]) -> list[str]:
    drifted = (found := site.drift()) is not None and found.count
    runs = (site.root / site.config.reports).parent / "runs"
    return [
        *([f"knowledge and accepted truth differ: {found}; `harness gold accept --reason …`"] if drifted else []),
        *repeats(pairs),
        *(answered(cases, site.gold.texts, pairs) if not checks.broken_expressions(cases) else []),
        *uncovered(cases, site.config.intents),
        *settled(read_outcomes(runs), ((case.suite, case.id) for case in cases if case.split == "dev")),
    ]


def freeze(site: Site, reason: str, files: Sequence[str]) -> list[str]:
    """Seal files; those with test cases when none are named.

    Returns:
        The paths whose seal changed.
    """
    need(reason)
    wanted = list(files) or files_to_freeze(site, _scanned(site)[0])
    return seal(site.root / site.config.frozen, site.root, wanted, reason, site.config.frozen)


def files_to_freeze(site: Site, cases: Sequence[Case]) -> list[str]:
    """Files that hold test cases, by name; labelled observations of the test split are among them."""
    named = {case.path for case in cases if case.split == "test"}
    observations = [path for path in site.files(site.config.observations) if "test" in path.stem]
    return sorted(named | {site.shown(path) for path in observations})


def _scanned(site: Site) -> tuple[list[Case], list[str]]:
    cases: list[Case] = []
    problems: list[str] = []
    for suite in site.config.suites_named([suite.name for suite in site.config.suites]):
        for case, problem in scan_cases(suite.name, suite.cases, site.root, partial(_complaint, site)):
            if case is None:
                problems.append(problem)
            else:
                cases.append(case)
    return cases, problems


def _complaint(site: Site, schema: str, row: object) -> str | None:
    return checks.unreviewed(row) or site.complaint(schema, row)


def _gate_findings(site: Site) -> list[str]:
    gates, where = site.gates_if_any(), site.config.gates
    names = {row.name for row in site.metrics(site.config.metrics)}
    suites = {suite.name for suite in site.config.suites} | {"judge", "knowledge"}
    return [
        *checks.unknown_metrics(gates, {*names, *METRICS, *OTHER_DIRECTIONS}, where),
        *checks.vacuous_limits(gates, SHARES, where),
        *checks.unknown_suites(gates, suites, where),
    ]


def _readable(site: Site) -> Iterator[tuple[str, str]]:
    """What a bot could have read: knowledge, skills, the code and prompts beside them, what it learnt from."""
    beside = {path for folder in READABLE for path in _below(site.root / folder)}
    for path in sorted({*beside, *site.root.glob(LEARNT), *site.provenance.documents}):
        yield site.shown(path), path.read_text(encoding="utf-8", errors="replace")


def _below(place: Path) -> Iterator[Path]:
    files = place.rglob("*") if place.is_dir() else (place,)
    return (path for path in files if path.suffix in _SUFFIXES and path.is_file())


def _exists(site: Site, path: str) -> bool:
    return any((site.root / folder / path).is_file() for folder in ("", "datasets/world"))


def need(reason: str) -> None:
    """Raises: ConfigError: no reason was given."""
    if not reason.strip():
        raise ConfigError("--reason is empty; say in a few words why this is accepted")
