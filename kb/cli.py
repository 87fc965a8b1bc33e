"""The `kb` command: parse, call one function, print. Exit codes: 0, 1 for findings, 3 for usage and data errors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb import app as kb_app
from kb import cli_agents, cli_checks, cli_cite, cli_generations, cli_skills
from kb.documents import KINDS, KbError
from kb.workspace import Workspace

if TYPE_CHECKING:
    from kb.documents import Finding
    from kb.filters import Filters
    from kb.search import SearchResult

_FINDINGS = 1
_USAGE = 3
_CLICK_USAGE = 2
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_PREVIEW_LINES = 4

app = typer.Typer(
    help="Decisions, incidents and domain rules as one knowledge base.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
embedder_app = typer.Typer(help="The bilingual embedding model: its sources, its training.", no_args_is_help=True)
app.add_typer(embedder_app, name="embedder")

WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", "-w", help="A folder; default: found upward.")]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="A profile of kb.toml; default: $KB_PROFILE.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on one line.")]
KindOption = Annotated[list[str] | None, typer.Option("--kind", help=f"{', '.join(KINDS)}; may be repeated.")]
StatusOption = Annotated[list[str] | None, typer.Option("--status", help="accepted, superseded, …; may be repeated.")]
TagOption = Annotated[list[str] | None, typer.Option("--tag", help="Documents with this tag; may be repeated.")]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="Answer as of this day, e.g. 2026-01-31.")]


def main() -> None:
    """Run the command; what a user can mend is one line and exit code 3."""
    try:
        app()
    except KbError as error:
        typer.echo(f"kb: {error}", err=True)
        raise SystemExit(_USAGE) from None
    except SystemExit as stop:
        raise SystemExit(_USAGE if stop.code == _CLICK_USAGE else stop.code) from None


@app.command()
def init(workspace: WorkspaceOption = None) -> None:
    """Make a folder a workspace: write its kb.toml, once, and say what knowledge was found."""
    config, is_new = kb_app.init(workspace or Path.cwd())
    found = kb_app.contents(kb_app.open_workspace(config.parent))
    typer.echo(f"{'wrote' if is_new else 'kept'} {config}")
    for kind in KINDS:
        if count := sum(document.kind == kind for document in found.documents):
            typer.echo(f"{count:>7,} {kind}")
    _echo_findings(found.findings)
    typer.echo("next: kb index, kb search QUERY, kb lint")


@app.command()
def index(
    anew: Annotated[bool, typer.Option("--anew", help="Read every file again and build from nothing.")] = False,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the index up to date with the files; unchanged ones are not read again."""
    report = kb_app.index(_workspace(workspace, profile), anew=anew)
    _echo_warnings(report.warnings)
    _echo_findings(report.findings)
    if as_json:
        _echo_json({**asdict(report), "home": str(report.home)})
        return
    counts = f"{report.read:,} read, {report.reused:,} unchanged, {report.copies:,} copies"
    typer.echo(f"{report.documents:,} documents ({counts}), {report.passages:,} passages in {report.seconds:.1f} s")
    typer.echo(f"revision {report.revision} in {report.home}")


@app.command()
def search(
    query: Annotated[str | None, typer.Argument(help="A question, words, or a name such as ADR-0007.")] = None,
    queries: Annotated[Path | None, typer.Option("--queries", help='JSONL, {"id", "query"} a row.')] = None,
    k: Annotated[int, typer.Option("--k", min=1, help="Documents.")] = 5,
    per_document: Annotated[int, typer.Option("--per-document", min=1, help="Passages of each document.")] = 1,
    kind: KindOption = None,
    status: StatusOption = None,
    tag: TagOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
) -> None:
    """Find the passages that answer a question, in Korean or English."""
    from kb.search import Request

    if (query is None) == (queries is None):
        raise KbError("give either a QUERY or --queries FILE")
    filters = _filters(kind, status, tag, as_of)
    knowledge = kb_app.knowledge(_workspace(workspace, profile))
    _echo_warnings(knowledge.warnings)

    def answer(text: str) -> SearchResult:
        return knowledge.answer(Request(text, k, per_document, filters))

    if queries is not None:
        for row in _rows(queries):
            _echo_json(_answered(row, answer))
    else:
        _echo_result(answer(query or ""), as_json)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A citation's id, or PATH, PATH:LINE, PATH:FIRST-LAST.")],
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
) -> None:
    """Print the lines that a citation names, as they stand."""
    from kb.shapes import citation_shape

    shown = kb_app.knowledge(_workspace(workspace, profile)).show(name)
    if as_json:
        _echo_json({**citation_shape(shown.citation), "text": shown.text})
        return
    place = shown.citation
    typer.echo(f"[{place.id}] {place.path}:{place.line_start}-{place.line_end}")
    typer.echo(shown.text)


@app.command()
def context(
    query: Annotated[str, typer.Argument(help="A question.")],
    budget: Annotated[int, typer.Option("--budget", min=1, help="Tokens at most, estimated.")] = 1_200,
    kind: KindOption = None,
    status: StatusOption = None,
    tag: TagOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
) -> None:
    """Print what is put before a language model for a question, with citations.

    Tokens are estimated: one for four ASCII characters, one for any other character.
    """
    from kb.shapes import context_shape

    knowledge = kb_app.knowledge(_workspace(workspace, profile))
    _echo_warnings(knowledge.warnings)
    found = knowledge.context(query, budget, _filters(kind, status, tag, as_of))
    if as_json:
        _echo_json(context_shape(found))
    else:
        typer.echo(found.text)


@embedder_app.command()
def fetch(
    out: Annotated[Path, typer.Option("--out", help="The file to write, JSONL gzipped.")],
    sources: Annotated[Path | None, typer.Option("--sources", help="A sources.toml; default: the shipped one.")] = None,
) -> None:
    """Fetch the pinned sources of the embedder with git and align their Korean and English sections."""
    for line in kb_app.fetch_pairs(out, sources):
        typer.echo(line)


@embedder_app.command()
def train(
    pairs: Annotated[Path, typer.Option("--pairs", help="What `kb embedder fetch` wrote.")],
    out: Annotated[Path, typer.Option("--out", help="The model's folder; its last part is the model's name.")],
) -> None:
    """Train the embedder anew; needs the `dense` extra."""
    typer.echo(kb_app.train_embedder(pairs, out))


@embedder_app.command()
def terms(
    pairs: Annotated[Path, typer.Option("--pairs", help="What `kb embedder fetch` wrote.")],
    out: Annotated[Path, typer.Option("--out", help="The table's folder; its last part is its name.")],
    glossary: Annotated[
        list[str] | None, typer.Option("--glossary", help="A rule file of terms to go with it.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Learn the table of translations anew: what words are called in the other language."""
    typer.echo(kb_app.learn_terms(pairs, out, _workspace(workspace, None), glossary or ()))


def _workspace(folder: Path | None, profile: str | None) -> Workspace:
    return kb_app.open_workspace(folder, profile=profile)


def _filters(kinds: list[str] | None, statuses: list[str] | None, tags: list[str] | None, as_of: str | None) -> Filters:
    from kb.filters import Filters

    for kind in kinds or ():
        if kind not in KINDS:
            raise KbError(f"--kind {kind!r} is unknown; use one of {', '.join(KINDS)}")
    days = _day(as_of, "--as-of")
    return Filters(frozenset(kinds or ()), frozenset(statuses or ()), frozenset(tags or ()), days)


def _day(text: str | None, option: str) -> str | None:
    if text is not None and not _DATE.fullmatch(text):
        raise KbError(f"{option} {text!r} is no date; write it as 2026-01-31")
    return text


def _rows(file: Path) -> Iterator[str]:
    try:
        with file.open("rb") as rows:
            # A row that is not UTF-8 is its own error; the others are answered.
            yield from (row.decode("utf-8", "surrogateescape") for row in rows if row.strip())
    except OSError as error:
        raise KbError(f"--queries {file}: {error.strerror}") from error


def _answered(row: str, answer: Callable[[str], SearchResult]) -> dict[str, object]:
    """The line for one row of a --queries file; what is wrong with a row is said in its place."""
    from kb.shapes import result_shape

    try:
        parsed = json.loads(row.encode("utf-8", "surrogateescape").decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return {"id": None, "error": f"not JSON: {error}"}
    if not isinstance(parsed, Mapping) or not isinstance(parsed.get("query"), str):
        row_id = parsed.get("id") if isinstance(parsed, Mapping) else None
        return {"id": row_id, "error": 'a row needs "query", a text'}
    return {"id": parsed.get("id"), **result_shape(answer(parsed["query"]))}


def _echo_result(result: SearchResult, as_json: bool) -> None:
    from kb.shapes import result_shape

    if as_json:
        _echo_json(result_shape(result))
        return
    if not result.answerable:
        typer.echo(f"probably not answered here (score {result.answer_score:.2f})")
    for hit in result.hits:
        passage = hit.passage
        status = f" [{hit.status}]" if hit.status else ""
        where = " > ".join(filter(None, (passage.title, passage.heading)))
        typer.echo(f"\n{hit.score:.3f} {passage.path}:{passage.line_start}-{passage.line_end}{status} {where}")
        if hit.superseded_by:
            typer.echo(f"      not in force, replaced by {', '.join(hit.superseded_by)}")
        for amendment in hit.amended_by:
            typer.echo(f"      amended by {amendment.id}" + (f" in {amendment.section!r}" if amendment.section else ""))
        for line in [line for line in passage.text.split("\n") if line.strip()][:_PREVIEW_LINES]:
            typer.echo(f"      {line}")


def _echo_json(value: object) -> None:
    # A byte of the command line that is not UTF-8 comes as a lone surrogate, which cannot be printed.
    typer.echo(json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace").decode("utf-8"))


def _echo_warnings(warnings: Iterable[str]) -> None:
    for warning in warnings:
        typer.echo(f"kb: warning: {warning}", err=True)


def _echo_findings(findings: Iterable[Finding], err: bool = True) -> None:
    for finding in findings:
        where = f"{finding.path}:{finding.line}"
        typer.echo(f"{where}: {finding.severity}: {finding.message} [{finding.rule}]", err=err)


cli_checks.register(app, _workspace, kb_app.lint_report, kb_app.doctor)
cli_cite.register(app, _workspace, kb_app.citations)
app.add_typer(cli_generations.app, name="generations")
app.add_typer(cli_agents.app)
app.add_typer(cli_skills.app, name="skills")
app.add_typer(cli_skills.paths_app)
