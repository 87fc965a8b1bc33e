"""`harness blame`: which component made each failed case fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli_options import Folder, Workspace, open_site, print_table

if TYPE_CHECKING:
    from harness.diagnosis.run_blame import SuiteBlame


def blame(
    folder: Folder = None,
    case: Annotated[str, typer.Option(help="One dev case alone; leaves blame.json as it is.")] = "",
    is_json: Annotated[bool, typer.Option("--json", help="One line of JSON, schema blame.")] = False,
    workspace: Workspace = None,
) -> None:
    """Say why the cases of a run failed: router, retriever, ranker, knowledge, generator or judge.

    Asks each failed case again with the right route, the right passages and the right ranking put in (`overrides`), one
    at a time and in causal order; what mends it names the culprit. Where more than one explanation stands it says so.
    Needs a target that honours overrides and says so in `capabilities`. Writes blame.json into the folder of the run.
    """
    from harness.diagnosis.explain import explained
    from harness.jsonl import dump

    suites, table = explained(open_site(workspace), folder, case)
    if is_json:
        typer.echo(dump(table))
        return
    for suite in suites:
        _print(suite)


def _print(suite: SuiteBlame) -> None:
    from harness.diagnosis.rows import component_rows, reason_rows

    typer.echo(f"{suite.name}: {suite.failed} failed cases, target {suite.target}")
    for rows in (component_rows(suite), reason_rows(suite)):
        if len(rows) > 1:
            print_table(rows)
