"""`harness validate` and `harness freeze`: read all data of a workspace, check it, seal what must not change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness import validate as checks
from harness.assess import OTHER_DIRECTIONS
from harness.case_loading import scan_cases
from harness.cases import Case, ConfigError
from harness.frozen import broken, read_seals, seal, unsealed
from harness.metrics import METRICS

if TYPE_CHECKING:
    from harness.app import Site

READABLE = ("adr", "incidents", "kb/rules", "skills", "eco2")


@dataclass(frozen=True)
class Checked:
    """What `harness validate` found: findings must be mended, warnings should be known."""

    cases: int
    findings: tuple[str, ...]
    warnings: tuple[str, ...]


def validated(site: Site) -> Checked:
    """Check all data of the workspace."""
    cases, broken_rows = _scanned(site)
    config = site.config
    seals = read_seals(site.root / config.frozen, config.frozen)
    findings = [
        *broken_rows,
        *checks.duplicate_ids(cases),
        *checks.unknown_words(cases, config.intents, config.known_agents),
        *checks.broken_expressions(cases),
        *checks.contradictions(cases),
        *checks.unresolved(cases, lambda id_: site.provenance.resolve(id_) is not None),
        *checks.lost_paths(cases, lambda path: _exists(site, path)),
        *checks.leaks(cases),
        *checks.given_away(_readable(site), cases),
        *broken(seals, site.root),
        *unsealed(seals, files_to_freeze(site, cases)),
        *_gate_findings(site),
    ]
    found = site.drift()
    drifted = found is not None and found.count
    warnings = [f"knowledge and accepted truth differ: {found}; `harness gold accept --reason …`"] if drifted else []
    return Checked(len(cases), tuple(findings), tuple(warnings))


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
    for suite in site.config.suites_named(()):
        for case, problem in scan_cases(suite.name, suite.cases, site.root, site.complaint):
            if case is None:
                problems.append(problem)
            else:
                cases.append(case)
    return cases, problems


def _gate_findings(site: Site) -> list[str]:
    gates, where = site.gates_if_any(), site.config.gates
    known = {*(row.name for row in site.metrics(site.config.metrics)), *METRICS, *OTHER_DIRECTIONS}
    suites = {suite.name for suite in site.config.suites} | {"judge", "knowledge"}
    return [*checks.unknown_metrics(gates, known, where), *checks.unknown_suites(gates, suites, where)]


def _readable(site: Site) -> Iterator[tuple[str, str]]:
    """What a bot could have read: knowledge, skills, and the code and prompts of the bot beside them."""
    for folder in READABLE:
        for path in sorted((site.root / folder).rglob("*")):
            if path.suffix in (".md", ".yaml", ".py", ".toml", ".json") and path.is_file():
                yield site.shown(path), path.read_text(encoding="utf-8", errors="replace")


def _exists(site: Site, path: str) -> bool:
    return any((site.root / folder / path).is_file() for folder in ("", "datasets/world"))


def need(reason: str) -> None:
    """Raises: ConfigError: no reason was given."""
    if not reason.strip():
        raise ConfigError("--reason is empty; say in a few words why this is accepted")
