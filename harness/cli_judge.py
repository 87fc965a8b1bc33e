"""`harness judge`: the judge that says whether a context supports a claim."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli_judges import (
    UNMEASURED,
    Budget,
    JudgeOption,
    Judges,
    Model,
    PriceIn,
    PriceOut,
    choice,
    choose,
    panel_of,
    tell,
)
from harness.cli_options import FINDINGS, Folder, Workspace, open_site, print_table

if TYPE_CHECKING:
    from harness.judging.calibration import Calibration

app = typer.Typer(no_args_is_help=True, help="The judge that says whether a context supports a claim.")


@app.command("score")
def score(
    file: Annotated[Path, typer.Argument(help='JSONL rows {"id", "question"?, "context": [text], "claim": text}.')],
    judge: JudgeOption = "",
    model: Model = "",
    budget_usd: Budget = None,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    workspace: Workspace = None,
) -> None:
    """Judge claims against their contexts, one JSON line a row, in order.

    Exit code 3 when a row is bad, 2 when the judge failed on one.
    """
    from harness.jsonl import dump
    from harness.judging.rows import score_rows

    judging = choose(open_site(workspace), judge, model, budget_usd, price_in, price_out).judging
    judging.afford(lambda: list(score_rows(file, judging.judge)))
    bad = unmeasured = False
    for row in score_rows(file, judging.judge):
        unmeasured |= "unmeasured" in row
        bad |= "error" in row and "unmeasured" not in row
        typer.echo(dump(row))
    tell(judging.told())
    raise typer.Exit(FINDINGS if bad else UNMEASURED if unmeasured else 0)


@app.command("mutate")
def mutate(
    folder: Folder = None,
    judge: JudgeOption = "",
    model: Model = "",
    budget_usd: Budget = None,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON document.")] = False,
    show: Annotated[int, typer.Option("--show", help="Print so many survivors and false kills an operator.")] = 0,
    workspace: Workspace = None,
) -> None:
    """Make true claims false, or only reword them, and count what the judge tells apart; writes mutations.json."""
    from harness.mutation import listing
    from harness.mutation.measure import PER_CELL
    from harness.mutation.session import mutate, outcome_without_run
    from harness.trial import UnmeasurableError

    site = choose(open_site(workspace), judge, model, budget_usd, price_in, price_out)
    site.judging.afford(lambda: outcome_without_run(site, PER_CELL), "rules and labelled claims, the answers apart")
    try:
        outcome = mutate(site, folder)
    except UnmeasurableError as error:
        tell(f"unmeasured: {error}")
        raise typer.Exit(UNMEASURED) from error
    tell(site.judging.told())
    if as_json:
        typer.echo(listing.as_json(outcome), nl=False)
        return
    typer.echo(listing.starts_line(outcome))
    for table in listing.tables(outcome):
        print_table(table)
    for trial in listing.shown(outcome, show):
        typer.echo(listing.told(trial))


@app.command("fit")
def fit(
    data: Annotated[
        Path | None, typer.Option(help="Folder of the public development sets; ../shared/data if not given.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File for the weights; those of the package if not given.")] = None,
    workspace: Workspace = None,
) -> None:
    """Fit the offline judge on development claims alone; the same data give the same bytes. Takes a few minutes."""
    from harness.jsonl import write_text
    from harness.judging.offline import WEIGHTS
    from harness.judging.training import fitted, material

    file, site = out or WEIGHTS, open_site(workspace)
    write_text(file, fitted(material(site.root, data, site.provenance.sentences)))
    typer.echo(file)


@app.command("calibrate")
def calibrate(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Labelled claims or answers; the development ones if none is given.")
    ] = None,
    judge: Judges = ["offline"],  # noqa: B006 - Typer copies it
    model: Model = "",
    budget_usd: Budget = None,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a judge.")] = False,
    workspace: Workspace = None,
) -> None:
    """Hold judges against the labels of people: kappa, balanced accuracy, calibration, each kind of error.

    Exit code 2 when a judge failed on a claim; such claims are left out for all of them, and with none left so is the
    table.
    """
    from harness.judging.calibration import side_by_side
    from harness.judging.remote.panel import answered
    from harness.judging.sets import labelled_rows
    from harness.judging.training import own_files

    site = open_site(workspace)
    paths = [(path, "") for path in files or ()] or [(path, "dev") for path in own_files(site.root)]
    rows = [row for path, split in paths for row in labelled_rows(path, split)]
    wired = panel_of(site, judge, choice("", model, budget_usd, price_in, price_out))
    judges = {name: wire.judge for name, wire in wired.items()}
    for name, wire in wired.items():
        wire.afford(partial(answered, {name: judges[name]}, rows), name)
    measured = answered(judges, rows)
    for line in (*(wire.told() for wire in wired.values()), *measured.told()):
        tell(line)
    if rows and not measured.rows:
        raise typer.Exit(UNMEASURED)
    found = side_by_side(judges, measured.rows)
    _print_calibrations(found, as_json=as_json)
    raise typer.Exit(UNMEASURED if measured.failed else 0)


def _print_calibrations(found: Sequence[Calibration], *, as_json: bool) -> None:
    from harness.jsonl import dump
    from harness.judging.sheet import sheets

    if as_json:
        for one in found:
            typer.echo(dump(one.as_row()))
        return
    for title, table in sheets(found):
        typer.echo(f"\n{title}")
        print_table(table)
