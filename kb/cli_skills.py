"""`kb skills`: check, build, install, uninstall; and `kb rules-for`, which the hook of an installed skill calls."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb import app as kb_app
from kb.workspace import Workspace

if TYPE_CHECKING:
    from kb.skillset.check import SkillReport
    from kb.skillset.install import Done

_FINDINGS = 1

app = typer.Typer(no_args_is_help=True, help="Skills for coding agents: check, compile from the knowledge, install.")
paths_app = typer.Typer()

WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", "-w", help="A folder; default: found upward.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on one line.")]


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="A skill or a folder of skills; default: the workspace.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict/--lenient", help="Whether a key outside the specification is an error.")
    ] = True,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Check skills against the open specification, their links and commands, and whether their sources have changed.

    Exit 1 when a skill is not valid or a citation in it does not hold any more.
    """
    from kb.skillset.check import listing_warning

    opened = kb_app.open_workspace(workspace or _near(folder))
    reports = kb_app.check_skills(folder, "strict" if strict else "lenient", opened, commands())
    if as_json:
        typer.echo(json.dumps([_row(report) for report in reports], ensure_ascii=False))
    else:
        _print(reports)
    if note := listing_warning(reports):
        typer.echo(f"kb: warning: {note}", err=True)
    raise typer.Exit(_FINDINGS if any(report.fails for report in reports) else 0)


@app.command()
def build(
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the skills; default: skills/.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Compile decisions, incidents, rules and commands into a skill for each area of [kb.areas]."""
    opened = kb_app.open_workspace(workspace)
    folder = out or kb_app.skills_folder(opened)
    for skill in kb_app.build_skills(opened, kb_app.knowledge(opened), folder):
        typer.echo(f"wrote {folder / skill.name}")
        for line in skill.left_out:
            typer.echo(f"  left out {line}", err=True)


@app.command()
def install(
    source: Annotated[Path | None, typer.Option("--from", help="Folder of skills; default: skills/.")] = None,
    hooks: Annotated[
        bool, typer.Option("--hooks", help="Also the settings that skills bring, in .claude/settings.json.")
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Put the skills where clients look, write .mcp.json and a section of AGENTS.md; a second time changes nothing."""
    opened = kb_app.open_workspace(workspace)
    _print_done(kb_app.install_skills(opened, source or kb_app.skills_folder(opened), hooks=hooks))


@app.command()
def uninstall(workspace: WorkspaceOption = None) -> None:
    """Take away what install wrote; every file is as it was before."""
    _print_done(kb_app.uninstall_skills(kb_app.open_workspace(workspace)))


@paths_app.command("rules-for")
def rules_for(
    paths: Annotated[list[str], typer.Argument(help="Files, relative to the workspace.")],
    wide: Annotated[bool, typer.Option("--wide", help="Also what only speaks of the same part.")] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say which decisions, incidents, rules and skills bind some files."""
    opened = kb_app.open_workspace(workspace)
    desk = kb_app.desk(opened, lambda: kb_app.knowledge(opened))
    found = desk.rules_for([_inside(path, opened) for path in paths], "", wide=wide)
    if as_json:
        typer.echo(json.dumps([asdict(pointer) for pointer in found], ensure_ascii=False))
        return
    for pointer in found:
        typer.echo(f"[{pointer.citation}] {pointer.title} ({pointer.path}:{pointer.line_start}): {pointer.why}")
    if not found:
        typer.echo(f"nothing names {', '.join(paths)}")


def commands() -> dict[str, frozenset[str]]:
    """The subcommands of `kb`, as its parser knows them."""
    from kb.cli import app as whole

    names = [command.name or getattr(command.callback, "__name__", "") for command in whole.registered_commands]
    groups = [group.name for group in whole.registered_groups if group.name]
    merged = [group for group in whole.registered_groups if not group.name and group.typer_instance is not None]
    inner = [
        command.name or getattr(command.callback, "__name__", "")
        for group in merged
        for command in (group.typer_instance.registered_commands if group.typer_instance else ())
    ]
    return {"kb": frozenset([*names, *groups, *inner])}


def _row(report: SkillReport) -> dict[str, object]:
    return asdict(report)


def _print(reports: Sequence[SkillReport]) -> None:
    for report in reports:
        typer.echo(f"{'invalid' if not report.valid else 'drifted' if report.drift else 'ok':<8} {report.path}")
        for message in report.errors:
            typer.echo(f"  error: {message}")
        for drift in report.drift:
            typer.echo(f"  drift: line {drift.line}: {drift.citation} {drift.reason} ({drift.source})")
        for message in report.warnings:
            typer.echo(f"  warning: {message}")


def _print_done(done: Done) -> None:
    for path in done.written:
        typer.echo(f"wrote {path}")
    for path in done.removed:
        typer.echo(f"removed {path}")
    for line in done.left:
        typer.echo(f"left {line}", err=True)
    if not done.written and not done.removed and not done.left:
        typer.echo(f"nothing to do; {done.unchanged} files are as they should be")


def _inside(path: str, opened: Workspace) -> str:
    """A path as the workspace knows it: absolute ones, which editors give, and those of the current folder too."""
    root = opened.root.resolve()
    here = Path(path).resolve()
    is_ours = (root / path).exists() and not Path(path).is_absolute()
    if not is_ours and (Path(path).is_absolute() or here.exists()) and here.is_relative_to(root):
        return here.relative_to(root).as_posix()
    return path


def _near(folder: Path | None) -> Path | None:
    """The workspace that a folder of skills lies in, so that its citations are looked up there."""
    from kb.files import find_root

    return find_root(folder.resolve()) if folder is not None and folder.is_dir() else None
