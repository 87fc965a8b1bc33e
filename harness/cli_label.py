"""`harness label`: a person decides the claims that judges do not, at a prompt or in a browser."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from harness.cli_judges import Budget, Judges, Model, PriceIn, PriceOut, choice, panel_of, tell
from harness.cli_options import FINDINGS, Workspace, now, open_site

app = typer.Typer(help="A person decides the claims that judges do not; decisions become data.")

Who = Annotated[str, typer.Option("--who", help="Who decides; the name of the user if not given.")]


@app.callback(invoke_without_command=True)
def label(
    context: typer.Context,
    run: Annotated[
        Path | None, typer.Option("--run", help="Folder of a run; the newest if no --file is given.")
    ] = None,
    file: Annotated[list[Path], typer.Option("--file", help="JSONL rows with context and claim; again for more.")] = [],  # noqa: B006
    judge: Judges = ["offline"],  # noqa: B006 - Typer copies it
    model: Model = "",
    budget_usd: Budget = None,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    near: Annotated[float, typer.Option(min=0, max=0.5, help="So near to one half a probability is a doubt.")] = 0.1,
    limit: Annotated[int, typer.Option(min=0, help="At most so many claims; 0 is all.")] = 0,
    decisions: Annotated[Path | None, typer.Option(help="Where decisions are kept; .harness/decisions.jsonl.")] = None,
    who: Who = "",
    html: Annotated[Path | None, typer.Option("--html", help="Write a form for a browser instead of asking.")] = None,
    workspace: Workspace = None,
) -> None:
    """Show the dev claims on which judges disagree, abstain or are unsure, and keep what a person decides."""
    if context.invoked_subcommand:
        return
    from harness.labelling.at_prompt import label
    from harness.labelling.decisions import keep
    from harness.labelling.session import DECISIONS, items, named, to_decide

    site = open_site(workspace)
    path, name = decisions or site.root / DECISIONS, named(who or _user())
    judgings = panel_of(site, judge, choice("", model, budget_usd, price_in, price_out))
    found = items(site, run, file)
    disputes = to_decide(judgings, found, near, path, name, limit)
    for one in judgings.values():
        tell(one.told())
    typer.echo(f"{len(found)} claims, {len(disputes)} to decide", err=True)
    if html is not None and disputes:
        from harness.app_judge import draw_form

        html.write_text(draw_form(disputes, who.strip()), encoding="utf-8", newline="\n")
        typer.echo(f"wrote {html}; open it, decide, download, then `harness label import decisions.jsonl`")
        return
    for decision in label(disputes, _read, typer.echo, name, now):
        keep(path, decision)
    if disputes:
        typer.echo(f"decisions in {path}; `harness label import {path}` makes them data")


@app.command("import")
def import_(
    decisions: Annotated[Path, typer.Argument(help="JSONL that `harness label` or its form wrote.")],
    to: Annotated[Path | None, typer.Option("--to", help="Labelled claims; datasets/labels/dev.jsonl.")] = None,
    workspace: Workspace = None,
) -> None:
    """Turn decisions into labelled development claims; exit code 3 when two labels contradict each other."""
    from harness.judging.training import own_files
    from harness.labelling.session import LABELS, take_in

    root = open_site(workspace).root
    target = to or root / LABELS
    found = take_in(decisions, target, own_files(root))
    for line in found.told():
        typer.echo(line)
    if found.rows:
        typer.echo(f"wrote {target}")
    raise typer.Exit(FINDINGS if found.conflicts else 0)


def _read(prompt: str) -> str:
    """What was typed; raises EOFError at the end of the input."""
    typer.echo(prompt, nl=False)
    return input()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
