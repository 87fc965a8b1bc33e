"""`harness judge`: the judge that says whether a context supports a claim."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli_options import FINDINGS

app = typer.Typer(no_args_is_help=True, help="The judge that says whether a context supports a claim.")


@app.command("score")
def score(
    file: Annotated[Path, typer.Argument(help='JSONL rows {"id", "question"?, "context": [text], "claim": text}.')],
) -> None:
    """Judge claims against their contexts, one JSON line a row, in order; exit code 3 when a row is bad."""
    from harness.jsonl import dump
    from harness.judging.rows import score_rows

    has_error = False
    for row in score_rows(file):
        has_error |= "error" in row
        typer.echo(dump(row))
    raise typer.Exit(FINDINGS if has_error else 0)
