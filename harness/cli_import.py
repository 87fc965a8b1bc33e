"""`harness import`: production traces into observations and draft cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli_options import FINDINGS, Workspace, now, open_site


def import_traces(
    files: Annotated[list[Path], typer.Argument(help="OTLP/JSON, a Langfuse export or JSONL; JSON or JSONL each.")],
    out: Annotated[
        Path, typer.Option(help="Folder for observations.jsonl, cases.draft.jsonl and the run around them.")
    ],
    format_: Annotated[str, typer.Option("--format", help="auto, otel, langfuse or jsonl.")] = "auto",
    mapping: Annotated[list[str], typer.Option("--map", help="name=path.in.row, for JSONL; may be given again.")] = [],  # noqa: B006 - Typer copies it
    workspace: Workspace = None,
) -> None:
    """Import production traces, personal data redacted; exit code 3 when a record could not be read."""
    from harness.importing.intake import import_files

    site = open_site(workspace)
    folder = site.run_folder(out)
    report = import_files(
        files,
        format_,
        mapping,
        folder,
        site.shown(folder.path.resolve()),
        now(),
        lambda line: typer.echo(line, err=True),
    )
    typer.echo("\n".join(report.lines()))
    typer.echo(f"wrote {out}; review {out / 'cases.draft.jsonl'}, or `harness score {out}`")
    raise typer.Exit(FINDINGS if report.bad else 0)
