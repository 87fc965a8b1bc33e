"""`harness trend` without printing: append a run to the history of a workspace, look at where its figures go."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cases import ConfigError, DataError, Direction, ReportMissing
from harness.jsonl import read_json
from harness.trend.findings import Finding, findings
from harness.trend.history import Entry, append, entries_of, read, trim
from harness.trend.series import Series, overall, series_of

if TYPE_CHECKING:
    from harness.app import Site


@dataclass(frozen=True)
class Look:
    """Which part of a history is looked at; "" for all. Without a slice: all cases, of latency the whole turn."""

    metric: str = ""
    suite: str = ""
    slice: str = ""
    since: str = ""


def history_of(site: Site, path: Path | None) -> Path:
    """The file that a flag names, else that of the workspace."""
    return site.folder / path if path else site.root / site.config.history


def append_run(site: Site, run: Path | None, path: Path, revision: str = "", keep: int = 0) -> int:
    """Append the figures of a run; those that are there already are left as they are.

    Args:
        site: the workspace.
        run: its folder; the newest when None.
        path: the history.
        revision: of the code that was run; that of the checkout when "".
        keep: forget all but so many of the last runs; 0 keeps all.

    Returns:
        How many rows were new.

    Raises:
        ReportMissing: nothing was run there.
        ConfigError: the run left something out; its figures would look like a change.
        DataError: `summary.json` or a row of the history is damaged.
    """
    folder = site.run_folder(run)
    manifest = folder.read_manifest()
    if partial := [suite.name for suite in manifest.suites if suite.split or suite.limit]:
        raise ConfigError(f"the run of {partial[0]!r} was limited to a part; a history wants whole runs")
    summary = _summary(folder.path / "summary.json")
    if summary["missing"]:
        raise ConfigError(
            f"{len(summary['missing'])} cases are missing from {folder.path}; `harness run --resume` asks them"
        )
    count = append(path, entries_of(summary, revision or revision_of(site.root, site.environ)))
    if keep:
        trim(path, keep)
    return count


def found(site: Site, path: Path, look: Look) -> list[Finding]:
    """Judge the series of a history.

    Raises:
        ReportMissing: there is no history.
        ConfigError: nothing in it is what was asked for.
    """
    if not path.is_file():
        raise ReportMissing(f"no history in {path}; `harness trend append` begins one with the last run")
    asked = chosen(read(path, site.shown(path)), look)
    if not asked:
        raise ConfigError(f"{site.shown(path)} holds no figure of {_named(look)}; `harness trend` shows what it holds")
    return findings(asked, directions(), site.baseline().accepted_at)


def chosen(entries: Iterable[Entry], look: Look) -> list[Series]:
    """The series of a history that a look asks for."""
    wanted = (one for one in entries if look.metric in ("", one.metric) and look.suite in ("", one.suite))
    every = series_of(wanted, look.since)
    return [one for one in every if one.key[3] == look.slice] if look.slice else overall(every)


def directions() -> dict[str, Direction]:
    """Which way is better, by metric; higher is better for all that are not here."""
    from harness.assess import OTHER_DIRECTIONS
    from harness.metrics import METRICS

    return {**OTHER_DIRECTIONS, **{row.name: row.direction for row in METRICS.values()}}


def revision_of(root: Path, environ: Mapping[str, str]) -> str:
    """The commit: GITHUB_SHA where that is set, else what git says of the workspace; "" where nobody knows."""
    if environ.get("GITHUB_SHA"):
        return environ["GITHUB_SHA"]
    # Inside a git hook GIT_DIR and its like point at the repository that runs the hook.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, env=clean, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _summary(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise ReportMissing(f"no {path.name} in {path.parent}; `harness report` writes it")
    table = read_json(path)
    if not isinstance(table, dict) or table.get("schema") != "report/1":
        raise DataError(f"{path}: no summary of a run; `harness report` writes it anew")
    return table


def _named(look: Look) -> str:
    parts = (
        look.suite and f"suite {look.suite!r}",
        look.metric and f"metric {look.metric!r}",
        look.slice and f"slice {look.slice!r}",
    )
    since = f"a run since {look.since!r}" if look.since else ""
    return ", ".join(filter(None, (*parts, since))) or "any run"
