"""`harness compare`: two runs side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from harness.cli_options import Workspace, open_site, print_table

_WORSE = 1
Run = Annotated[str, typer.Argument(help="Folder of a run, or the word `baseline`.")]


def compare(
    a: Run,
    b: Run,
    is_json: Annotated[bool, typer.Option("--json", help="One line of JSON, schema compare.")] = False,
    fail_on_worse: Annotated[bool, typer.Option("--fail-on-worse", help="Exit code 1 if a metric got worse.")] = False,
    metric: Annotated[list[str], typer.Option(help="Only this metric; may be given again.")] = [],  # noqa: B006
    workspace: Workspace = None,
) -> None:
    """Put two runs side by side on the same cases: quality, latency, tokens and cost.

    Two revisions: `harness run --out reports/a`, switch, `harness run --out reports/b`, `harness compare reports/a
    reports/b`. Two models or prompts: the same with `--target`, `--profile` or another environment in between. Against
    what was accepted: `harness compare baseline reports/latest`.

    A metric is better or worse when its difference is beyond chance, two-sided at 0.05 with all metrics together
    (Holm), so fewer of them (`--metric`) see more; cases of one conversation count as one drawing. Else the smallest
    difference that these cases would show four times in five stands beside it.
    """
    from harness import comparing
    from harness.jsonl import dump
    from harness.side_files import compared_at

    table = compared_at(open_site(workspace), a, b, metric)
    if is_json:
        typer.echo(dump(table))
    else:
        _print(table)
    raise typer.Exit(_WORSE if fail_on_worse and comparing.is_worse(table) else 0)


def _print(table: Mapping[str, Any]) -> None:
    for side in ("a", "b"):
        typer.echo(f"{side.upper()}: {table[side]['name']} ({table[side]['about']})")
    for name, rows in (("quality", _metrics(table)), ("latency", _latency(table)), ("spending", _spending(table))):
        body = list(rows)
        if len(body) > 1:
            typer.echo(f"\n{name}")
            print_table(body)
    typer.echo("".join(f"\n{note}" for note in [*_changed(table), *table["notes"]]).lstrip("\n"))


def _metrics(table: Mapping[str, Any]) -> Iterator[list[str]]:
    yield ["suite", "metric", "A", "B", "B - A", "95 %", "p", "Holm", "cases", "+", "-", "verdict"]
    for row in table["metrics"]:
        seen = row["verdict"] if row["verdict"] in ("better", "worse") else f"{row['verdict']}; {row['sees']}"
        yield [
            row["suite"], row["metric"], f"{row['before']:.3f}", f"{row['after']:.3f}", f"{row['difference']:+.3f}",
            f"{row['low']:+.3f} to {row['high']:+.3f}", f"{min(1, 2 * min(row['p_worse'], row['p_better'])):.2g}",
            f"{row['p_adjusted']:.2g}", str(row["pairs"]), str(row["got_better"]), str(row["got_worse"]), seen,
        ]  # fmt: skip


def _latency(table: Mapping[str, Any]) -> Iterator[list[str]]:
    yield ["suite", "node", "p50 A", "p50 B", "B / A", "p95 A", "p95 B", "B / A"]
    for row in table["latency"]:
        yield [row["suite"], row["node"], *_three(row, "p50_ms", ".1f"), *_three(row, "p95_ms", ".1f")]


def _spending(table: Mapping[str, Any]) -> Iterator[list[str]]:
    yield ["suite", "what", "A", "B", "B / A"]
    for row in table["spending"]:
        for name in (key.removesuffix("_ratio") for key in row if key.endswith("_ratio")):
            if row[f"{name}_a"] is not None or row[f"{name}_b"] is not None:
                digits = ".0f" if name in ("turns", "failed") else ".4g"
                yield [row["suite"], name.replace("_a_turn", " a turn"), *_three(row, name, digits)]


def _three(row: Mapping[str, Any], name: str, digits: str) -> list[str]:
    shown = [row[f"{name}_a"], row[f"{name}_b"]]
    ratio = row[f"{name}_ratio"]
    return [*("–" if one is None else f"{one:{digits}}" for one in shown), "–" if ratio is None else f"{ratio:.2f}"]


def _changed(table: Mapping[str, Any]) -> Iterator[str]:
    for row in table["metrics"]:
        if row["changed"]:
            cases = (f"{case['id']} {case['before']:.3g} → {case['after']:.3g}" for case in row["changed"])
            yield f"{row['suite']} {row['metric']} changed most (dev): {', '.join(cases)}"
