"""Open the two sides of a comparison: folders of runs, or the accepted baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.assess import OTHER_DIRECTIONS
from harness.case_loading import scan_cases
from harness.cases import Case, ConfigError, DataError, ReportMissing
from harness.comparing import compared_sides
from harness.manifest import Manifest
from harness.margins import Members, members
from harness.metrics import METRICS
from harness.observations import rows
from harness.runs import RunFolder
from harness.sides import Side, side_of_baseline, side_of_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.app import Site
    from harness.trial import Metric

BASELINE = "baseline"


def compared_at(site: Site, one: str, two: str, only: Sequence[str] = ()) -> dict[str, Any]:
    """Compare two runs of a workspace.

    Args:
        site: the workspace.
        one: a folder, or `baseline`.
        two: another.
        only: names of metrics; all for none.

    Raises:
        ConfigError: both are the baseline, or a metric is unknown.
        ReportMissing: a folder holds no scored run, or nothing was accepted.
        DataError: a file is damaged, or the cases of a run are no longer there.
    """
    if one == two == BASELINE:
        raise ConfigError("the baseline is compared with itself; name the folder of a run")
    manifest = _folder(site, one if two == BASELINE else two).read_manifest()
    directions = {**OTHER_DIRECTIONS, **{row.name: row.direction for row in _metrics(site, manifest)}}
    if unknown := [name for name in only if name not in directions]:
        raise ConfigError(f"no metric {unknown[0]!r}; `harness metrics` lists them")
    sides = [_side(site, name).of(only) for name in (one, two)]
    return compared_sides(sides[0], sides[1], _members(site, manifest), directions)


def _folder(site: Site, name: str) -> RunFolder:
    return site.run_folder(Path(name))


def _side(site: Site, name: str) -> Side:
    if name == BASELINE:
        return _accepted(site)
    folder = _folder(site, name)
    manifest = folder.read_manifest()
    if folder.scores.is_file() and not folder.is_untouched(manifest):
        raise DataError(f"{folder.path}: its scores or answers were changed, or cut off; call `harness score {name}`")
    observations = (one for _, one, _ in rows(folder.observations, folder.complaint))
    return side_of_run(name, _about(manifest), folder.read_scores(), observations, manifest.digests.get("cases", ""))


def _accepted(site: Site) -> Side:
    baseline = site.baseline()
    if not baseline.accepted_at:
        raise ReportMissing("nothing was accepted yet; call `harness baseline accept --reason …`")
    return side_of_baseline(baseline)


def _about(manifest: Manifest) -> str:
    targets = ", ".join(f"{suite.name}: {suite.target}" for suite in manifest.suites)
    return f"{targets}; profile {manifest.profile}; {manifest.started_at}"


def _metrics(site: Site, manifest: Manifest) -> list[Metric]:
    return [*METRICS.values(), *site.metrics(manifest.metrics)]


def _members(site: Site, manifest: Manifest) -> Mapping[str, Members]:
    """The cases of the suites as their files stand now: all, for the other side may have asked more."""
    return {suite.name: members(_cases(site, suite.name, suite.cases)) for suite in manifest.suites}


def _cases(site: Site, suite: str, paths: tuple[str, ...]) -> Iterator[Case]:
    for case, problem in scan_cases(suite, paths, site.root, site.complaint):
        if case is None:
            raise DataError(problem)
        yield case
