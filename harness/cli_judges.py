"""Options of the commands that judge: which judge, which model, what it may cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from harness.judging.registry import JudgeChoice
from harness.judging.remote.budget import Prices

if TYPE_CHECKING:
    from harness.app import Site
    from harness.app_judge import Judging

UNMEASURED = 2

JudgeOption = Annotated[
    str,
    typer.Option(
        "--judge",
        help="offline, nli:MODEL, llm:module:attribute, llm:https://host/v1#model, ragas:…, or module:attribute.",
    ),
]
Judges = Annotated[list[str], typer.Option("--judge", help="A judge by name (see `judge score`); may be given again.")]
Model = Annotated[str, typer.Option("--judge-model", help="Language model of the judge: module:attribute or address.")]
Budget = Annotated[float | None, typer.Option("--budget-usd", min=0, help="Judging never costs more than this.")]
PriceIn = Annotated[float | None, typer.Option("--price-in", min=0, help="USD for a million tokens that go in.")]
PriceOut = Annotated[float | None, typer.Option("--price-out", min=0, help="USD for a million tokens that come out.")]


def choose(
    site: Site, judge: str, model: str, budget_usd: float | None, price_in: float | None, price_out: float | None
) -> Site:
    """Let a site judge as the command line says."""
    site.choice = choice(judge, model, budget_usd, price_in, price_out)
    return site


def choice(
    judge: str, model: str, budget_usd: float | None, price_in: float | None, price_out: float | None
) -> JudgeChoice:
    return JudgeChoice(judge, model, budget_usd, Prices(price_in, price_out))


def panel_of(site: Site, names: Sequence[str], said: JudgeChoice) -> dict[str, Judging]:
    """Wire several judges. Those without a place get the model that was named; the budget is shared evenly."""
    asked = [*names, *(["llm"] if said.model and not set(names) & {"llm", "nli", "ragas"} else [])]
    share = None if said.budget_usd is None else said.budget_usd / len(asked)
    return {
        name: site.judging_by(
            replace(said, judge=name, model=said.model if name in ("llm", "nli", "ragas") else "", budget_usd=share)
        )
        for name in asked
    }


def tell(line: str) -> None:
    """Print to standard error; nothing for nothing."""
    if line:
        typer.echo(line, err=True)
