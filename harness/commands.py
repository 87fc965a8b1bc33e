"""What the commands do, without printing: each takes the site and plain values and returns what there is to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness import demonstrate, profiles
from harness import validate as checks
from harness.assess import OTHER_DIRECTIONS, outcome
from harness.baseline import accepted
from harness.case_loading import scan_cases
from harness.cases import Case, ConfigError, DataError, Gate
from harness.evaluation import rescore, run
from harness.frozen import broken, read_seals, seal, unsealed
from harness.jsonl import pretty, read_json, write_rows, write_text
from harness.metrics import METRICS
from harness.plan import Request
from harness.publish import publish
from harness.runs import RunFolder
from harness.summary import Outcome

if TYPE_CHECKING:
    from harness.app import Site

GOLD_RULES = "rules.jsonl"
READABLE = ("adr", "incidents", "kb/rules", "skills", "eco2")
_ARROWS = {"higher": "↑", "lower": "↓"}


@dataclass(frozen=True)
class Checked:
    """What `harness validate` found: findings must be mended, warnings should be known."""

    cases: int
    findings: tuple[str, ...]
    warnings: tuple[str, ...]


def evaluate(site: Site, request: Request, out: Path | None, now: str) -> Outcome:
    """Run, score, and write the reports."""
    folder = site.run_folder(out)
    run(site.bench(), request, folder, now)
    return _published(site, folder, _gates_if_any(site))


def standing(site: Site, out: Path | None, gates: str = "", only: Sequence[str] = ()) -> Outcome:
    """Hold the last run against the gates and write its reports anew.

    Raises:
        ConfigError: there are no gates, or one names a metric that nobody knows.
    """
    folder, limits = site.run_folder(out), site.gates(gates)
    names = {row.name for row in site.metrics(folder.read_manifest().metrics)}
    if wrong := checks.unknown_metrics(limits, {*names, *METRICS, *OTHER_DIRECTIONS}, gates or site.config.gates):
        raise ConfigError(wrong[0])
    return _published(site, folder, limits, only)


def redrawn(site: Site, out: Path | None) -> Outcome:
    """Write the reports of the last run anew."""
    return _published(site, site.run_folder(out), _gates_if_any(site))


def scored_again(site: Site, out: Path | None) -> Outcome:
    """Score the last run's observations anew, whatever changed."""
    folder = site.run_folder(out)
    rescore(site.bench(), folder)
    return _published(site, folder, _gates_if_any(site))


def accept_baseline(site: Site, out: Path | None, reason: str, now: str) -> str:
    """Make the last run the baseline.

    Returns:
        The path that was written, as shown.

    Raises:
        ConfigError: no reason, or the run is partial or incomplete: a baseline must hold every case.
    """
    _need(reason)
    folder = site.run_folder(out)
    stands = outcome(site.bench(), folder, [], site.baseline())
    if partial := [suite.name for suite in folder.read_manifest().suites if suite.split or suite.limit]:
        raise ConfigError(f"the run of {partial[0]!r} was limited to a part; run all of it before accepting it")
    if missing := [case.id for suite in stands.suites for case in suite.missing]:
        raise ConfigError(f"cases are missing from the run: {', '.join(missing)}; run again")
    ids = {suite.name: [case.id for case in suite.cases] for suite in stands.suites}
    scores = [score for suite in stands.suites for score in suite.scores]
    table = accepted(stands.figures, scores, ids, reason, now)
    write_text(site.root / site.config.baseline, pretty(table) + "\n")
    return site.config.baseline


def accept_gold(site: Site, reason: str) -> tuple[str, str]:
    """Make the rules as they stand the accepted truth, and seal the file.

    Returns:
        The path, and in words what changed.
    """
    _need(reason)
    found = site.drift()
    path = site.root / site.config.gold / GOLD_RULES
    sentences = site.provenance.sentences
    if not sentences:
        raise DataError(f"no rules in {site.root}; nothing to accept")
    write_rows(path, ({"id": id_, "text": list(texts)} for id_, texts in sentences.items()))
    shown = site.shown(path)
    seal(site.root / site.config.frozen, site.root, [shown], reason, site.config.frozen)
    changes = "first snapshot" if found is None else str(found) or "nothing changed"
    return shown, f"{len(sentences)} rules; {changes}"


def freeze(site: Site, reason: str, files: Sequence[str]) -> list[str]:
    """Seal files; those with test cases when none are named.

    Returns:
        The paths whose seal changed.
    """
    _need(reason)
    wanted = list(files) or files_to_freeze(site, _scanned(site)[0])
    return seal(site.root / site.config.frozen, site.root, wanted, reason, site.config.frozen)


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


def compared(
    site: Site, names: Sequence[str], out: Path | None, clock_s: Callable[[], float], *, reuse: bool = False
) -> list[list[str]]:
    """Run profiles one after the other and keep their rows beside the run.

    Args:
        site: the workspace.
        names: of profiles.
        out: the folder of a run; each profile's own lies below `profiles/`.
        clock_s: a monotonic clock.
        reuse: take the run in `out` for the profile that it was made with, when it is whole.

    Returns:
        Head and rows of the table.

    Raises:
        ConfigError: a profile is unknown.
    """
    folder = site.run_folder(out).path
    chosen = [site.config.profile(name) for name in names]
    whole = _whole_run(site, out) if reuse else ""
    rows = []
    for profile in chosen:
        is_run = profile.name == whole
        place = profiles.Place(
            folder if is_run else folder / "profiles" / profile.name, site.root, site.environ, is_run
        )
        rows.append(profiles.run_profile(profile, place, profiles.execute, clock_s))
    write_text(folder / "profiles.json", pretty(profiles.profile_rows(rows)) + "\n")
    return profiles.table(rows)


def demonstration(site: Site) -> Iterator[tuple[str, bool]]:
    """The lines of `harness demo`; where the workspace has other rules, those that the package carries are used."""
    needed = demonstrate.needed_rules()
    if not needed <= site.provenance.sentences.keys():
        site = site.packaged()
    return demonstrate.demonstrated(site.provenance.sentences, site.resources)


def files_to_freeze(site: Site, cases: Sequence[Case]) -> list[str]:
    """Files that hold test cases, by name; labelled observations of the test split are among them."""
    named = {case.path for case in cases if case.split == "test"}
    observations = [path for path in site.files(site.config.observations) if "test" in path.stem]
    return sorted(named | {site.shown(path) for path in observations})


def _whole_run(site: Site, out: Path | None) -> str:
    """The profile of the run in a folder, empty when there is none or it left something out."""
    folder = site.run_folder(out)
    if not folder.manifest.is_file() or not (folder.path / "summary.json").is_file():
        return ""
    manifest = folder.read_manifest()
    asked = {suite.name for suite in manifest.suites if not suite.split and not suite.limit}
    return manifest.profile if asked >= {suite.name for suite in site.config.suites} else ""


def _published(site: Site, folder: RunFolder, gates: Sequence[Gate], only: Sequence[str] = ()) -> Outcome:
    stands = outcome(site.bench(), folder, gates, site.baseline(), only)
    notes = [] if gates else ["no gates: nothing was held against a limit"]
    found = site.drift()
    if found is not None and found.count:
        notes.append(f"knowledge and accepted truth differ: {found}")
    profiles_file = folder.path / "profiles.json"
    profiles = read_json(profiles_file) if profiles_file.is_file() else []
    told = replace(stands, notes=tuple(notes))
    docs = {row.name: f"{_ARROWS[row.direction]} {row.doc}" for row in METRICS.values()}
    publish(told, folder.path, site.draw, docs, profiles if isinstance(profiles, list) else [])
    return told


def _gates_if_any(site: Site) -> list[Gate]:
    return site.gates() if (site.root / site.config.gates).is_file() else []


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
    gates, where = _gates_if_any(site), site.config.gates
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


def _need(reason: str) -> None:
    if not reason.strip():
        raise ConfigError("--reason is empty; say in a few words why this is accepted")
