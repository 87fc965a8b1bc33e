"""`harness load`: many turns at once, as users send them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli_options import Workspace, now, open_site, print_table

QUALITY = "required_facts,forbidden_claims"


def load(
    target: Annotated[str, typer.Option(help="module:attribute, file.py:attribute or http(s) address.")] = "",
    suite: Annotated[str, typer.Option(help="The suite of kb.toml whose cases are asked.")] = "",
    cases: Annotated[list[str], typer.Option(help="A case file; instead of a suite.")] = [],  # noqa: B006
    split: Annotated[str, typer.Option(help="Cases of dev or test.")] = "dev",
    limit: Annotated[int, typer.Option(min=0, help="Only the first so many cases; 0 is all.")] = 0,
    vus: Annotated[int, typer.Option(min=1, help="Users.")] = 50,
    duration: Annotated[float, typer.Option(min=0.001, help="Seconds in which turns begin.")] = 60.0,
    arrival: Annotated[str, typer.Option(help="poisson, constant (open), or closed: users wait.")] = "poisson",
    every: Annotated[float, typer.Option(min=0.001, help="Open: seconds between two turns of a user, mean.")] = 10.0,
    rate: Annotated[float, typer.Option(min=0, help="Open: turns a second of all users, instead of --every.")] = 0.0,
    think: Annotated[float, typer.Option(min=0, help="Closed: seconds of rest after an answer.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Of arrivals and of the order of cases.")] = 0,
    timeout: Annotated[float, typer.Option(min=0.001, help="Seconds after which a turn has failed.")] = 60.0,
    most_in_flight: Annotated[int, typer.Option(min=1, help="Open: turns due beyond so many on their way drop.")] = 512,
    warm_up: Annotated[int, typer.Option(min=0, help="Turns asked before, which count nowhere.")] = 1,
    objective_ms: Annotated[float, typer.Option(min=0, help="A good turn is answered in this; 0 for any.")] = 0.0,
    objective_ttft_ms: Annotated[float, typer.Option(min=0, help="And its first token is there in this.")] = 0.0,
    quality: Annotated[str, typer.Option(help="Metrics that a good answer passes; '' for none.")] = QUALITY,
    min_goodput: Annotated[float, typer.Option(min=0, help="Fewer good turns a minute are exit code 1.")] = 0.0,
    find_saturation: Annotated[bool, typer.Option("--find-saturation", help="Search the rate too much.")] = False,
    step: Annotated[float, typer.Option(min=0.1, help="Seconds of each step of that search.")] = 10.0,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; reports/load if not given.")] = None,
    workspace: Workspace = None,
) -> None:  # fmt: skip
    """Put a load on a target; say how long turns take from when they were due, and how many a minute are good.

    Open loads (poisson, constant) start turns when they are due, whatever became of those before, so that a target
    that stalls cannot hide it. Exit code: 0, 1 below --min-goodput, 2 when it could not be measured.
    """
    from harness import app_load
    from harness.load.measure import Objective
    from harness.load.plan import Plan, arrival_of
    from harness.load.report import lines, rows
    from harness.plan import Request

    plan = Plan(
        arrival_of(arrival), vus, duration, vus / rate if rate else every, think, seed, timeout, most_in_flight
    )  # fmt: skip
    request = Request((suite,) if suite else (), tuple(cases), split=split, limit=limit, target=target)
    wanted = app_load.Wanted(
        request, plan, Objective(objective_ms or None, objective_ttft_ms or None),
        tuple(name.strip() for name in quality.split(",") if name.strip()),
        min_goodput or None, warm_up, step if find_saturation else 0.0,
    )  # fmt: skip
    found, folder = app_load.put_load(open_site(workspace), wanted, out, now())
    print_table(rows(found))
    typer.echo("\n".join(["", *lines(found), f"reports in {folder}"]))
    raise typer.Exit(found.exit_code)
