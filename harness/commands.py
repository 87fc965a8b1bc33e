"""What the commands do, without printing: each takes the site and plain values and returns what there is to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness import demonstrate, profiles
from harness import validate as checks
from harness.assess import OTHER_DIRECTIONS, outcome
from harness.baseline import NO_BASELINE, accepted
from harness.case_files import fingerprint
from harness.cases import ConfigError, DataError, Gate
from harness.checking import need
from harness.evaluation import run
from harness.frozen import seal
from harness.jsonl import pretty, read_json, write_rows, write_text
from harness.manifest import Manifest
from harness.metrics import METRICS, SHARES
from harness.plan import Request
from harness.publish import publish
from harness.reading import Run, opened
from harness.reporting.whole import Sources
from harness.rescoring import rescore
from harness.run_places import point
from harness.summary import Outcome

if TYPE_CHECKING:
    from harness.app import Site

GOLD_RULES = "rules.jsonl"
_ARROWS = {"higher": "↑", "lower": "↓"}


def evaluate(site: Site, request: Request, out: Path | None, now: str) -> Outcome:
    """Run, score, and write the reports. Case files that lie in the current folder are found there first.

    Without `out` the folder of the run has the name of what is asked, and the newest leads to it.
    """
    found = tuple(_from_here(site, path) for path in request.cases)
    named = None if out is None else site.run_folder(out).path
    made = _by_judge(site, run(site.bench(), replace(request, cases=found), site.latest, named, now))
    made.folder.write_manifest(made.manifest)  # a run that is killed while it is scored must not be scored by another
    stands = _published(site, made, _gates_of_run(site, made.manifest))
    if out is None:
        point(site.latest, made.folder.path)
    return stands


def standing(site: Site, out: Path | None, gates: str = "", only: Sequence[str] = ()) -> Outcome:
    """Hold the last run against the gates and write its reports anew.

    Raises:
        ConfigError: there are no gates, or one names a metric that nobody knows.
    """
    limits, made = site.gates(gates), _opened(site, out)
    where = gates or site.config.gates
    names = {row.name for row in site.metrics(made.manifest.metrics)}
    wrong = [
        *checks.unknown_metrics(limits, {*names, *METRICS, *OTHER_DIRECTIONS}, where),
        *checks.vacuous_limits(limits, SHARES, where),
        *_ungated(limits, made.manifest, only, where),
    ]
    if wrong:
        raise ConfigError(wrong[0])
    return _published(site, made, limits, only)


def redrawn(site: Site, out: Path | None) -> Outcome:
    """Write the reports of the last run anew."""
    made = _opened(site, out)
    return _published(site, made, _gates_of_run(site, made.manifest))


def scored_again(site: Site, out: Path | None) -> Outcome:
    """Score the last run's observations anew, whatever changed."""
    rescore(site.bench(), _opened(site, out))
    return redrawn(site, out)


def accept_baseline(site: Site, out: Path | None, reason: str, now: str) -> str:
    """Make the last run the baseline.

    Returns:
        The path that was written, as shown.

    Raises:
        ConfigError: no reason, or the run is partial or incomplete: a baseline must hold every case.
    """
    need(reason)
    made = _opened(site, out)
    stands = outcome(site.bench(), made, [], NO_BASELINE)
    if partial := [suite.name for suite in made.manifest.suites if suite.split or suite.limit]:
        raise ConfigError(f"the run of {partial[0]!r} was limited to a part; run all of it before accepting it")
    if missing := [id_ for suite in stands.suites for id_, _ in suite.missing]:
        raise ConfigError(f"cases are missing from the run: {', '.join(missing)}; run again")
    asked = {name: {case.id: fingerprint(case) for case in cases} for name, cases in made.cases.items()}
    table = accepted(stands.figures, made.scores(), asked, reason, now)
    write_text(site.root / site.config.baseline, pretty(table) + "\n")
    return site.config.baseline


def accept_gold(site: Site, reason: str) -> tuple[str, str]:
    """Make the rules as they stand the accepted truth, and seal the file.

    Returns:
        The path, and in words what changed.
    """
    need(reason)
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


def _ungated(gates: Sequence[Gate], manifest: Manifest, only: Sequence[str], where: str) -> Iterator[str]:
    """Suites that were named and that no gate speaks of: an empty table would read as a pass."""
    known = sorted({gate.suite for gate in gates})
    asked = {suite.name for suite in manifest.suites}
    for name in only:
        if name not in known:
            what = "has no gate" if name in asked else "is unknown"
            yield f"{where}: suite {name!r} {what}; gates are there for {', '.join(known)}"


def _whole_run(site: Site, out: Path | None) -> str:
    """The profile of the run in a folder, empty when there is none or it left something out."""
    folder = site.run_folder(out)
    if not folder.manifest.is_file() or not (folder.path / "summary.json").is_file():
        return ""
    manifest = folder.read_manifest()
    asked = {suite.name for suite in manifest.suites if not suite.split and not suite.limit}
    return manifest.profile if asked >= {suite.name for suite in site.config.suites} else ""


def _opened(site: Site, out: Path | None) -> Run:
    made = opened(site.bench(), site.run_folder(out))
    site.judge_as(made.manifest.judge)
    return _by_judge(site, made)


def _by_judge(site: Site, made: Run) -> Run:
    """The run with the judge in use; it is written down when the run is scored."""
    return replace(made, manifest=replace(made.manifest, judge=site.judging.record))


def _published(site: Site, made: Run, gates: Sequence[Gate], only: Sequence[str] = ()) -> Outcome:
    stands, folder = outcome(site.bench(), made, gates, site.baseline(), only), made.folder.path
    notes = [] if gates else ["no gates: nothing was held against a limit"]
    found = site.drift()
    if found is not None and found.count:
        notes.append(f"knowledge and accepted truth differ: {found}")
    profiles_file = folder / "profiles.json"
    profiles = read_json(profiles_file) if profiles_file.is_file() else []
    told = replace(stands, notes=(*stands.notes, *notes))
    docs = {row.name: f"{_ARROWS[row.direction]} {row.doc}" for row in METRICS.values()}
    directions = {**OTHER_DIRECTIONS, **{row.name: row.direction for row in site.metrics(made.manifest.metrics)}}
    sources = Sources(site.draw, docs, directions, site.baseline(), site.root / site.config.history)
    publish(told, folder, sources, profiles if isinstance(profiles, list) else [])
    return told


def _from_here(site: Site, path: str) -> str:
    here = site.folder / path
    return site.shown(here.resolve()) if here.is_file() else path


def _gates_of_run(site: Site, manifest: Manifest) -> list[Gate]:
    """The gates a report shows: those of the suites that were run, and of judge and knowledge beside our own suites."""
    names = {suite.name for suite in manifest.suites}
    shown = names | ({"judge", "knowledge"} if names & {suite.name for suite in site.config.suites} else set())
    return [gate for gate in site.gates_if_any() if gate.suite in shown]
