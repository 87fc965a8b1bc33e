"""`harness timing`: where the time of a run's turns goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli_options import Folder, Suites, Workspace, open_site, print_table

if TYPE_CHECKING:
    from harness.timing.percentiles import Quantile
    from harness.timing.summary import TurnSummary


def timing(
    folder: Folder = None,
    suite: Suites = [],  # noqa: B006 - Typer copies it
    faster: Annotated[float, typer.Option(min=0, max=100, help="By how many percent a node would be faster.")] = 30.0,
    workspace: Workspace = None,
) -> None:
    """Show percentiles with intervals, the critical path, slack, and what the turns would save with one node faster.

    A percentile is refused (–) where the samples cannot bound it with 95 % confidence. `share` is a node's time of its
    own turn beyond the first 20 ms, median; `path` the share of turns whose length it decides; `slack` how much longer
    it could have taken, median.
    """
    from harness.app_timing import summaries

    for name, told in summaries(open_site(workspace), folder, suite, 1 - faster / 100):
        typer.echo(f"{name}: {told.n} turns, {told.untimed} without times")
        print_table(list(_rows(told, faster)))
        typer.echo(f"parallelism {told.parallelism:.2f}, at most {told.in_series} runs in series\n")


def _rows(told: TurnSummary, faster: float) -> Iterator[list[str]]:
    yield [
        "node",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "share",
        "path",
        "slack ms",
        f"p50, p95, p99 with it {faster:g} % faster",
    ]
    yield ["turn", *map(_quantile, told.quantiles)]
    for node in told.nodes:
        saved = ", ".join("–" if ms is None else f"{0.0 - ms:.1f}" for ms in node.saved)
        shares = f"{node.share:.2f}", f"{node.on_path:.0%}"
        yield [node.stage, *map(_quantile, node.quantiles), *shares, f"{node.slack_ms:.1f}", saved]


def _quantile(one: Quantile) -> str:
    bounds: Sequence[float | None] = (one.value, one.low, one.high)
    value, low, high = ("–" if bound is None else f"{bound:.1f}" for bound in bounds)
    return value if one.value is None else f"{value} [{low}, {high}]"
