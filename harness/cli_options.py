"""What the command lines of the room share: options, the site, tables. Each command line parses, calls, prints."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.app import Site

FINDINGS = 3
COLOURS = {"holds": typer.colors.GREEN, "fails": typer.colors.RED, "unmeasured": typer.colors.YELLOW}

Workspace = Annotated[Path | None, typer.Option("--workspace", help="Folder with a kb.toml; default: found upward.")]
Folder = Annotated[Path | None, typer.Argument(help="Folder of the run; reports/latest of the workspace if not given.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept beside what is accepted.")]
Suites = Annotated[list[str], typer.Option("--suite", help="A suite of kb.toml; may be given again.")]


def open_site(workspace: Path | None) -> Site:
    """The workspace of a command; what it tells goes to standard error."""
    from harness.app import Site

    return Site(Path.cwd(), os.environ, workspace, lambda line: typer.echo(line, err=True))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows under each other; the first is the head, the last column is as long as it likes."""
    columns = max(map(len, rows))
    widths = [max((len(row[at]) for row in rows if len(row) > at + 1), default=0) for at in range(columns)]
    for row in rows:
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)).rstrip()
        colour = COLOURS.get(row[0])
        typer.echo(typer.style(line, fg=colour) if colour else line)
