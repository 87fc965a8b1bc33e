"""The commands `kb cite verify` and `kb cite pin`: their options, what they print, their exit codes.

`kb.cli` registers them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.workspace import Workspace

if TYPE_CHECKING:
    from kb.citations import Citations
    from kb.verify import Check

_FINDINGS = 1
_WORDS = ("ok", "moved", "edited", "gone", "unverified")

FilesArgument = Annotated[list[Path], typer.Argument(help="Texts that cite: Markdown, JSON, JSONL, any other.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON array.")]
WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", "-w", help="A folder; default: found upward.")]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="A profile of kb.toml; default: $KB_PROFILE.")]
AcceptOption = Annotated[bool, typer.Option("--accept", help="Pin edited places too, as they stand now.")]


def register(
    app: typer.Typer,
    open_workspace: Callable[[Path | None, str | None], Workspace],
    citations: Callable[[Workspace], Citations],
) -> None:
    """Add the group `cite`.

    Args:
        app: to which.
        open_workspace: by folder and profile.
        citations: opens what checks them.
    """
    group = typer.Typer(help="Citations in texts: do they still hold?", no_args_is_help=True)
    app.add_typer(group, name="cite")

    @group.command()
    def verify(
        files: FilesArgument,
        as_json: JsonOption = False,
        workspace: WorkspaceOption = None,
        profile: ProfileOption = None,
    ) -> None:
        """Say of every citation: ok, moved (where to), edited, gone; exit code 1 unless all are ok.

        What was cited is told by the citation's pin, else by the commit of its line, else by the index. Where none of
        them can tell, a citation is "unverified" (in JSON: null), never ok; `kb cite pin` mends that.
        """
        desk = citations(open_workspace(workspace, profile))
        checks = [check for file in files for check in desk.verify(file)]
        _echo_json(checks) if as_json else _echo(checks)
        if any(check.verdict != "ok" for check in checks):
            raise typer.Exit(_FINDINGS)

    @group.command()
    def pin(
        files: FilesArgument,
        accept: AcceptOption = False,
        workspace: WorkspaceOption = None,
        profile: ProfileOption = None,
    ) -> None:
        """Write into each citation a hash of what it cites; one that moved, was edited or is gone is left and named."""
        desk = citations(open_workspace(workspace, profile))
        left = [check for file in files for check in _pinned(desk, file, accept)]
        if left:
            raise typer.Exit(_FINDINGS)


def _pinned(desk: Citations, file: Path, accept: bool) -> Sequence[Check]:
    from kb.pin import why_left

    done = desk.pin(file, accept=accept)
    for check in done.left:
        typer.echo(f"{_where(check)} left {check.mention.written} {why_left(check)}")
    typer.echo(f"{file}: {len(done.pinned):,} pinned, {len(done.left):,} left")
    return done.left


def _echo(checks: Sequence[Check]) -> None:
    from kb.search_lines import spelled

    for check in checks:
        near = f"{check.similarity:.2f} like {spelled(check.nearest)}: " if check.nearest and check.similarity else ""
        after = f"superseded by {', '.join(check.superseded_by)}" if check.superseded_by else ""
        detail = "; ".join(filter(None, (f"{near}{check.detail}", after)))
        line = f"{_where(check)} {_word(check):<10} {check.mention.written} {detail}"
        typer.echo(line.rstrip().encode("utf-8", "replace").decode("utf-8"))
    counts = Counter(map(_word, checks))
    typer.echo(", ".join(f"{counts[word]:,} {word}" for word in _WORDS if counts[word]) or "no citations")


def _echo_json(checks: Sequence[Check]) -> None:
    from kb.shapes_cite import check_shape

    rows = [check_shape(check) for check in checks]
    typer.echo(json.dumps(rows, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8"))


def _word(check: Check) -> str:
    return check.verdict or "unverified"


def _where(check: Check) -> str:
    return f"{check.file}:{check.mention.line}:{check.mention.column}"
