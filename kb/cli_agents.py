"""`kb mcp`, `kb diff-brief`, `kb remember`: the knowledge base in the hands of coding agents and reviewers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb import app as kb_app
from kb.workspace import Workspace

if TYPE_CHECKING:
    from kb.briefs.desk import Desk

app = typer.Typer()

WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", "-w", help="A folder; default: found upward.")]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="A profile of kb.toml; default: $KB_PROFILE.")]


@app.command()
def mcp(
    http: Annotated[bool, typer.Option("--http", help="Serve streamable HTTP at /mcp instead of stdio.")] = False,
    host: Annotated[str, typer.Option(help="Address to bind, with --http.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port, with --http.")] = 8765,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A value of the Host header, as name:port; may be given again.")
    ] = None,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
) -> None:
    """Serve the knowledge to coding agents by the Model Context Protocol; read-only."""
    opened = kb_app.open_workspace(workspace, profile=profile)

    def desk() -> Desk:
        return kb_app.desk(opened, lambda: kb_app.knowledge(opened))

    if http:
        kb_app.serve_http(desk, host, port, allow_host or [])
    else:
        kb_app.serve_stdio(desk)


@app.command("diff-brief")
def diff_brief(
    base: Annotated[str, typer.Argument(help="A revision to compare the working tree with.")] = "HEAD",
    diff: Annotated[
        typer.FileBinaryRead | None, typer.Option("--diff", help="A unified diff instead; - reads standard input.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on one line.")] = False,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
) -> None:
    """Say which decisions, rules and incidents a change touches or may contradict, as Markdown for a pull request."""
    import json
    from dataclasses import asdict

    from kb.briefs.diff_brief import markdown

    opened: Workspace = kb_app.open_workspace(workspace, profile=profile)
    # A diff holds the bytes of the files, in whatever encoding.
    text = diff.read().decode("utf-8", "replace") if diff is not None else kb_app.diff_since(opened, base)
    brief = kb_app.diff_brief(kb_app.knowledge(opened), text)
    sys.stdout.write(json.dumps(asdict(brief), ensure_ascii=False) + "\n" if as_json else markdown(brief))


@app.command()
def remember(
    kind: Annotated[str, typer.Argument(help="decision or incident.")],
    title: Annotated[str, typer.Argument(help="What was decided, or what went wrong, in one line.")],
    said: Annotated[
        typer.FileBinaryRead | None, typer.Option("--from", help="Notes, an error or a trace; - reads standard input.")
    ] = None,
    path: Annotated[list[str] | None, typer.Option("--path", help="A file it is about; may be given again.")] = None,
    language: Annotated[str, typer.Option("--lang", help="ko or en; default: that of the title.")] = "",
    write: Annotated[bool, typer.Option("--write", help="Write the file and lint it, instead of printing it.")] = False,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
) -> None:
    """Draft a decision or an incident: the next id, links to what is near, the sections to fill in."""
    from datetime import UTC, datetime

    from kb.briefs.drafts import Noted
    from kb.documents import KbError

    if kind not in ("decision", "incident") or not title.strip() or language not in ("", "ko", "en"):
        raise KbError("give `decision` or `incident`, a title, and --lang ko or en if any")
    opened = kb_app.open_workspace(workspace, profile=profile)
    notes = said.read().decode("utf-8", "replace") if said is not None else ""
    noted = Noted(
        "decision" if kind == "decision" else "incident", " ".join(title.split()),
        datetime.now(UTC).date().isoformat(), notes, tuple(path or ()), language,
    )  # fmt: skip
    if not write:
        made = kb_app.draft(opened, kb_app.knowledge(opened), noted)
        sys.stdout.write(made.text)
        typer.echo(f"not written; --write makes it {made.path}", err=True)
        return
    made, findings = kb_app.remember(opened, kb_app.knowledge(opened), noted)
    typer.echo(f"wrote {made.path}")
    for finding in findings:
        typer.echo(f"{finding.path}:{finding.line}: {finding.severity}: {finding.message} [{finding.rule}]")
