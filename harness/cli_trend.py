"""`harness trend`: where quality and latency are going over the runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli_options import Folder, Workspace, open_site, print_table

if TYPE_CHECKING:
    from harness.trend.findings import Finding

_REGRESSION, _TOO_LITTLE = 1, 2

app = typer.Typer(
    invoke_without_command=True, no_args_is_help=False, help="Where quality and latency are going over the runs."
)
History = Annotated[Path | None, typer.Option(help="The history; that of kb.toml ([harness] history) if not given.")]
Metric = Annotated[str, typer.Option(help="One metric alone.")]
Suite = Annotated[str, typer.Option(help="One suite alone.")]
Slice = Annotated[str, typer.Option("--slice", help="A slice, such as intent:waste; all cases if not given.")]
Since = Annotated[str, typer.Option(help="Leave out runs that started before: a date or time, ISO 8601 in UTC.")]


@app.callback()
def show(
    context: typer.Context,
    metric: Metric = "",
    suite: Suite = "",
    slice_: Slice = "",
    since: Since = "",
    last: Annotated[int, typer.Option(min=2, help="Draw so many runs.")] = 30,
    is_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
    history: History = None,
    workspace: Workspace = None,
) -> None:
    """Print each figure: last value, change, course, and whether it got worse beyond chance."""
    if context.invoked_subcommand is not None:
        return
    from harness.jsonl import dump
    from harness.trend import session, telling

    site = open_site(workspace)
    look = session.Look(metric, suite, slice_, since)
    found = session.found(site, session.history_of(site, history), look)
    if is_json:
        typer.echo(dump(telling.as_json(found, last)))
    else:
        print_table(telling.rows(found, last))


@app.command("append")
def append(
    folder: Folder = None,
    history: History = None,
    revision: Annotated[str, typer.Option(help="Of the code that was run; that of the checkout if not given.")] = "",
    keep: Annotated[int, typer.Option(min=0, help="Forget all but so many of the last runs; 0 keeps all.")] = 0,
    workspace: Workspace = None,
) -> None:
    """Append the figures of a run to the history; a run that is there already is left alone."""
    from harness.trend import session

    site = open_site(workspace)
    path = session.history_of(site, history)
    count = session.append_run(site, folder, path, revision, keep)
    typer.echo(f"{count} rows appended to {site.shown(path)}" if count else f"{site.shown(path)} has this run already")


@app.command("check")
def check(
    issue: Annotated[
        Path | None, typer.Option(help="Write the text of an issue there when something got worse.")
    ] = None,
    suite: Suite = "",
    since: Since = "",
    history: History = None,
    workspace: Workspace = None,
) -> None:
    """Leave with 1 when a figure got worse beyond chance, with 2 when there are too few runs to say."""
    from harness.trend import session
    from harness.trend.findings import is_too_little, regressions
    from harness.trend.telling import rows

    site = open_site(workspace)
    found = session.found(site, session.history_of(site, history), session.Look(suite=suite, since=since))
    worse = regressions(found)
    if worse:
        print_table(rows(worse))
        _write_issue(issue, found)
        raise typer.Exit(_REGRESSION)
    typer.echo(f"{len(found)} figures, none got worse beyond chance")
    if is_too_little(found):
        typer.echo("too few runs to say; the sixth can be held against five", err=True)
        raise typer.Exit(_TOO_LITTLE)


def _write_issue(path: Path | None, found: list[Finding]) -> None:
    from harness.trend.issue import body

    if path is not None:
        path.write_text(body(found), encoding="utf-8", newline="\n")
