"""The `harness` command: parse, call one function, print.

Exit codes: 0 gates hold, 1 a gate fails, 2 could not be measured, 3 usage, configuration or data error.
"""

from __future__ import annotations

import errno
import io
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness import cli_blame, cli_compare, cli_import, cli_judge, cli_label, cli_load, cli_timing, cli_trend
from harness.cases import HarnessError
from harness.cli_judges import Budget, JudgeOption, Model, PriceIn, PriceOut, choose, tell
from harness.cli_options import FINDINGS, Folder, Reason, Suites, Workspace, now, open_site, print_table
from harness.cli_progress import bar

if TYPE_CHECKING:
    from harness.cases import GateResult
    from harness.summary import Outcome

_USAGE, _INTERRUPTED = 3, 130
_USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[2]
"""What the parser raises for a wrong command line, under whichever name the installed Typer has it."""

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, rich_markup_mode=None)
baseline_app = typer.Typer(no_args_is_help=True, help="The accepted state that later runs are compared with.")
gold_app = typer.Typer(no_args_is_help=True, help="The accepted truth that claims are held against.")
app.add_typer(baseline_app, name="baseline")
app.add_typer(gold_app, name="gold")
app.add_typer(cli_judge.app, name="judge")
app.add_typer(cli_label.app, name="label")
app.add_typer(cli_trend.app, name="trend")
app.command("import")(cli_import.import_traces)
app.command("compare")(cli_compare.compare)
app.command("load")(cli_load.load)
app.command("timing")(cli_timing.timing)
app.command("blame")(cli_blame.blame)


@app.command()
def run(
    suite: Suites = [],  # noqa: B006 - Typer copies it
    cases: Annotated[list[str], typer.Option(help="A case file; instead of the suites of kb.toml.")] = [],  # noqa: B006
    split: Annotated[str, typer.Option(help="dev or test; both if not given.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Only the first so many cases of each suite; 0 is all.")] = 0,
    target: Annotated[str, typer.Option(help="module:attribute, file.py:attribute, http(s) address or command.")] = "",
    profile: Annotated[str, typer.Option(help="A profile of kb.toml.")] = "default",
    metric: Annotated[list[str], typer.Option(help="One more metric: a name or module:attribute.")] = [],  # noqa: B006
    out: Annotated[Path | None, typer.Option(help="Folder for the results.")] = None,
    resume: Annotated[bool, typer.Option(help="Continue an interrupted run; asks no finished case again.")] = False,
    repeat: Annotated[int, typer.Option(min=1, help="Ask each case so often.")] = 1,
    concurrency: Annotated[
        int, typer.Option(min=0, help="Ask so many cases at a time; latencies then measure the neighbours too.")
    ] = 0,
    judge: JudgeOption = "",
    judge_model: Model = "",
    budget_usd: Budget = None,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    workspace: Workspace = None,
) -> None:
    """Put the cases to the target, score what comes back, write the reports."""
    from harness import commands
    from harness.plan import Request

    _known_split(split)
    request = Request(
        suites=tuple(suite), cases=tuple(cases), split=split, limit=limit, target=target, profile=profile,
        metrics=tuple(metric), resume=resume, repeat=repeat, concurrency=concurrency,
    )  # fmt: skip
    site = choose(open_site(workspace), judge, judge_model, budget_usd, price_in, price_out)
    site.progress = bar()
    stands = commands.evaluate(site, request, out, now())
    tell(site.judging.told())
    _print_suites(stands)
    typer.echo(f"reports in {site.run_folder(out).path}, run {stands.run.manifest.name}")


@app.command()
def gate(
    folder: Folder = None,
    gates: Annotated[str, typer.Option(help="Another gates file than that of kb.toml.")] = "",
    suite: Suites = [],  # noqa: B006 - Typer copies it
    annotations: Annotated[
        bool | None, typer.Option(help="Mark failed dev cases at their line on GitHub; done by itself in its Actions.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Hold the last run against the gates; print the table and leave with its exit code."""
    from harness import commands
    from harness.ci.surroundings import Surroundings, told

    site = open_site(workspace)
    stands = commands.standing(site, folder, gates, suite)
    _print_gates(stands.gates)
    around = Surroundings.from_env(site.environ)
    for line in (*stands.notes, *told(stands.run.folder.path, site.root, around, annotations)):
        typer.echo(line)
    raise typer.Exit(stands.exit_code)


@app.command()
def score(
    folder: Folder = None,
    judge: JudgeOption = "",
    judge_model: Model = "",
    budget_usd: Budget = None,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    workspace: Workspace = None,
) -> None:
    """Score the observations of the last run anew, by this judge, without asking the target."""
    from harness import commands

    site = choose(open_site(workspace), judge, judge_model, budget_usd, price_in, price_out)
    stands = commands.scored_again(site, folder)
    tell(site.judging.told())
    _print_suites(stands)


@app.command()
def report(
    folder: Folder = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write scores.csv too: every score of the dev split.")] = False,
    workspace: Workspace = None,
) -> None:
    """Write the reports of the last run anew: HTML, Markdown, JUnit XML, JSON, CSV."""
    from harness import commands
    from harness.ci.csv_files import FIGURES, SCORES, write_scores

    site = open_site(workspace)
    run, path = commands.redrawn(site, folder).run, site.run_folder(folder).path
    if csv:
        write_scores(path / SCORES, run.scores())
    for name in ("report.html", "report.md", "junit.xml", "summary.json", FIGURES, *([SCORES] if csv else [])):
        typer.echo(path / name)


@app.command()
def validate(
    coverage: Annotated[bool, typer.Option("--coverage", help="Print the cases by pair of intents.")] = False,
    workspace: Workspace = None,
) -> None:
    """Check cases, gates and frozen files before anything is run."""
    from harness import checking
    from harness.validation.coverage import table

    site = open_site(workspace)
    checked = checking.validated(site)
    for line in checked.findings:
        typer.echo(line)
    for line in checked.warnings:
        typer.echo(f"warning: {line}", err=True)
    if coverage:
        print_table(table(checked.cases, site.config.intents))
    typer.echo(f"{len(checked.cases)} cases, {len(checked.findings)} findings, {len(checked.warnings)} warnings")
    raise typer.Exit(FINDINGS if checked.findings else 0)


@app.command()
def freeze(
    reason: Reason,
    files: Annotated[list[str] | None, typer.Argument(help="Files; those with test cases if none are named.")] = None,
    workspace: Workspace = None,
) -> None:
    """Seal files by hash, so that a change shows."""
    from harness import checking

    changed = checking.freeze(open_site(workspace), reason, files or [])
    typer.echo("\n".join(f"sealed {name}" for name in changed) or "nothing changed")


@app.command()
def metrics() -> None:
    """List the metrics with what they need."""
    from harness.metrics import METRICS

    rows = [["metric", "better", "needs", "what it is"]]
    rows += [[row.name, row.direction, ", ".join(row.needs), row.doc] for row in METRICS.values()]
    print_table(rows)


@app.command()
def profiles(
    names: Annotated[list[str], typer.Argument(help="Profiles of kb.toml.")],
    out: Annotated[Path | None, typer.Option(help="Folder; each profile's run lies below profiles/.")] = None,
    reuse: Annotated[bool, typer.Option("--reuse", help="Take the run that lies in --out for its profile.")] = False,
    workspace: Workspace = None,
) -> None:
    """Run each profile in a process of its own: quality, index time and query time in one table."""
    from harness import commands

    print_table(commands.compared(open_site(workspace), names, out, time.perf_counter, reuse=reuse))


@app.command()
def demo() -> None:
    """Show answers that an earlier evaluation passed turn red: each wrong claim beside the rule that it breaks."""
    from harness import commands

    for line, is_wrong in commands.demonstration(open_site(None)):
        typer.echo(typer.style(line, fg=typer.colors.RED) if is_wrong else line)


@baseline_app.command("accept")
def baseline_accept(reason: Reason, folder: Folder = None, workspace: Workspace = None) -> None:
    """Make the last run the baseline."""
    from harness import commands

    typer.echo(f"wrote {commands.accept_baseline(open_site(workspace), folder, reason, now())}")


@gold_app.command("accept")
def gold_accept(reason: Reason, workspace: Workspace = None) -> None:
    """Make the rules as they stand the accepted truth."""
    from harness import commands

    path, changes = commands.accept_gold(open_site(workspace), reason)
    typer.echo(f"wrote {path}: {changes}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; what a user can mend is one line and exit code 3."""
    _speak_anyway()
    try:
        code = app(args=None if arguments is None else list(arguments), standalone_mode=False)
    except HarnessError as error:
        typer.echo(f"harness: {error}", err=True)
        code = _USAGE
    except _USAGE_ERROR as error:
        message = _message(error)
        typer.echo(message if message.startswith("Usage") else f"harness: {message}", err=True)
        code = _USAGE
    except OSError as error:  # a full disk or a folder that is read-only must not look like a gate that fails
        if error.filename is None and error.errno != errno.ENOSPC:
            raise
        typer.echo(f"harness: {error}; make room or name another place, then `harness run --resume`", err=True)
        code = _USAGE
    except typer.Abort:
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        typer.echo("harness: interrupted; `harness run --resume` continues a run", err=True)
        code = _USAGE
    sys.exit(code if isinstance(code, int) else 0)


def _speak_anyway() -> None:
    """Where the terminal or pipe has no letter for what is said (LC_ALL=C, cp949), say it by its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _known_split(split: str) -> None:
    if split not in ("", "dev", "test"):
        raise typer.BadParameter(f"--split must be dev or test, got {split!r}")


def _message(error: BaseException) -> str:
    message = getattr(error, "format_message", None)
    return str(message()) if callable(message) else str(error)


def _print_suites(stands: Outcome) -> None:
    rows = [["suite", "cases", "observed", "failed scores", "unmeasured"]]
    for suite in stands.suites:
        counts = (suite.cases, suite.observed, suite.verdicts.get("FAIL", 0), suite.verdicts.get("UNMEASURED", 0))
        rows.append([suite.name, *map(str, counts)])
    print_table(rows)
    for suite in stands.suites:
        for part, names in suite.lacking.items():
            typer.echo(f"N/A for {suite.name}, no {part!r} given: {', '.join(names)}")
    for note in stands.notes:
        typer.echo(note)


def _print_gates(results: Iterable[GateResult]) -> None:
    from harness.summary import gate_row

    rows = [["state", "metric", "where", "limit", "value", "n", "why"]]
    for row in map(gate_row, results):
        where = " ".join(filter(None, (row["suite"], row["split"], row["slice"])))
        value = "–" if row["value"] is None else f"{row['value']:.4g}"
        rows.append([row["standing"], row["metric"], where, row["limit"], value, str(row["n"]), row["reason"]])
    print_table(rows)
