"""`eco2 train`: fit the learned half of the offline understanding from the labelled messages of a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eco2.turns import Eco2Error

MODELS = Path(__file__).resolve().parent / "models"


def train(
    workspace: Annotated[
        Path | None, typer.Option("--workspace", help="The folder with kb.toml; found upward from here when left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the weights go; the file that ships with eco2 when left out.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 when the weights are others.")] = False,
) -> None:
    """Fit the splitter and the classifier of the offline understanding."""
    from eco2.app_train import trained
    from eco2.classify import MODEL

    path = out or MODELS / MODEL
    text = trained(workspace)
    if check:
        raise typer.Exit(0 if _text(path) == text else 1)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Eco2Error(f"{path} cannot be written: {error}; give another file with --out") from error
    typer.echo(f"{path}: {len(text.encode()):,} bytes")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
