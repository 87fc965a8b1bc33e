"""`kb generations`: the indexes that a workspace keeps, going back to an older one, removing old ones."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kb.app import Settings, open_workspace
from kb.documents import IndexMissing
from kb.generations import KEPT, Generations
from kb.places import index_home
from kb.workspace import Workspace

app = typer.Typer(help="The generations of the index: list, go back, remove.", no_args_is_help=True)

WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", "-w", help="A folder; default: found upward.")]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="A profile of kb.toml; default: $KB_PROFILE.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on one line.")]


@dataclass(frozen=True)
class Generation:
    """One generation, for people. `intact` is None where only the cheap comparison was made and held."""

    name: str
    current: bool
    written: str
    bytes: int
    revision: str | None
    documents: int | None
    passages: int | None
    intact: bool | None
    problem: str | None


@app.command("list")
def list_generations(
    verify: Annotated[bool, typer.Option("--verify", help="Compare every byte with its checksum.")] = False,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the generations, oldest first; exit code 1 where one is damaged."""
    home = generations_of(workspace, profile)
    rows = described(home, verify=verify)
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False))
    else:
        _echo_rows(rows, home)
    if any(row.problem for row in rows):
        raise typer.Exit(1)


@app.command()
def rollback(
    name: Annotated[str | None, typer.Argument(help="As `list` shows it; default: the last older one.")] = None,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
) -> None:
    """Answer from an older generation; the next `kb index` goes by the files again."""
    from kb.store import load

    home = _existing(generations_of(workspace, profile))
    with home.writer():
        chosen = home.rollback(name, check=lambda folder: load(folder, whole=True))
    typer.echo(f"{chosen.name} is current in {home.home}; `kb index` makes a new one from the files")


@app.command()
def prune(
    keep: Annotated[int, typer.Option("--keep", min=1, help="Generations to keep, the current one included.")] = KEPT,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
) -> None:
    """Remove old generations; a reader that has one open keeps it."""
    home = _existing(generations_of(workspace, profile))
    with home.writer():
        removed = home.prune(keep)
    typer.echo(f"removed {', '.join(removed) or 'none'}; {', '.join(home.names()) or 'none'} stay")


def generations_of(folder: Path | None, profile: str | None) -> Generations:
    """The generations of the workspace at hand."""
    workspace: Workspace = open_workspace(folder, profile=profile)
    return Generations(index_home(workspace, Settings.from_env(os.environ).cache))


def described(home: Generations, *, verify: bool = False) -> list[Generation]:
    """Look at every generation, oldest first; a damaged one is described as far as it goes."""
    current = home.current()
    return [_described(home.folder(name), current, verify) for name in home.names()]


def _existing(home: Generations) -> Generations:
    if not home.names():
        raise IndexMissing(f"{home.home} has no index yet; run `kb index`")
    return home


def _described(folder: Path, current: Path | None, verify: bool) -> Generation:
    from kb.store import load

    files = [file for file in folder.rglob("*") if file.is_file()]
    written = datetime.fromtimestamp(folder.stat().st_mtime, UTC).isoformat(timespec="seconds")
    size = sum(file.stat().st_size for file in files)
    try:
        index = load(folder, whole=verify)
    except (IndexMissing, FileNotFoundError) as error:
        problem = str(error) if isinstance(error, IndexMissing) else f"{error.filename} is gone; run `kb index`"
        return Generation(folder.name, folder == current, written, size, None, None, None, False, problem)
    counts = len(index.documents), len(index.passages)
    revision = index.manifest.revision
    return Generation(folder.name, folder == current, written, size, revision, *counts, verify or None, None)


def _echo_rows(rows: Iterable[Generation], home: Generations) -> None:
    every = list(rows)
    if not every:
        typer.echo(f"{home.home} has no index yet; run `kb index`")
    for row in every:
        mark = "*" if row.current else " "
        told = row.problem or f"revision {row.revision}, {row.documents:,} documents, {row.passages:,} passages"
        typer.echo(f"{mark} {row.name} {row.written} {row.bytes:>13,} bytes  {told}")
