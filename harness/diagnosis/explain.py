"""`harness blame` without printing: open the run, find out, write `blame.json` beside its scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.diagnosis.rows import blame_table
from harness.diagnosis.run_blame import SuiteBlame, blame_run
from harness.jsonl import pretty, write_text
from harness.reading import opened
from harness.runs import digest

if TYPE_CHECKING:
    from harness.app import Site

FILE = "blame.json"


def explained(site: Site, out: Path | None, case_id: str = "") -> tuple[list[SuiteBlame], dict[str, object]]:
    """Find out why the cases of a run failed and write it down; of one case alone nothing is written.

    Raises:
        ReportMissing: nothing was run there.
        ConfigError: the named case cannot be explained.
    """
    bench, folder = site.bench(), site.run_folder(out)
    suites = blame_run(bench, opened(bench, folder), case_id)
    table = blame_table(suites, digest(folder.scores))
    if not case_id:
        write_text(folder.path / FILE, pretty(table) + "\n")
    return suites, table
