"""`eco2 ask` and `eco2 chat`: parse, call one function, print. Nothing is decided here.

Exit codes: 0 answered, 1 a turn failed, 3 usage or data error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from eco2.cli_train import train
from eco2.turns import Eco2Error

FAILED, MISUSED = 1, 3
app = typer.Typer(
    help="The chatbot of 이코에코: how to sort waste, and what belongs to it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

app.command()(train)

Json = Annotated[bool, typer.Option("--json", help="Print the whole response on one line.")]
Place = Annotated[str | None, typer.Option("--location", help="Where you are: a name, or LAT,LON in degrees.")]
Workspace = Annotated[
    Path | None, typer.Option("--workspace", help="The folder with kb.toml; found upward from here when left out.")
]

Talk = Annotated[
    str | None,
    typer.Option("--conversation", help="The name of a conversation to go on with; it is kept in .eco2/memory.sqlite."),
]


@app.command()
def ask(
    text: Annotated[str | None, typer.Argument(help="The question.")] = None,
    as_json: Json = False,
    queries: Annotated[
        Path | None, typer.Option(help='A file of {"id", "turns"} a line; one JSON line comes back for each.')
    ] = None,
    location: Place = None,
    image: Annotated[Path | None, typer.Option(help="A picture of what is to be thrown away.")] = None,
    conversation: Talk = None,
    workspace: Workspace = None,
) -> None:
    """Answer one question, or every conversation of a file."""
    _choose(workspace)
    if (queries is None) == (text is None and image is None):
        raise typer.BadParameter("give a question (or --image), or --queries FILE, not both")
    if queries is not None:
        if conversation is not None:
            raise typer.BadParameter('with --queries FILE give "conversation" in its rows, not --conversation')
        _answer_file(queries)
        return
    response = _answered({"id": "ask", **_in(conversation), "turns": [_turn(text or "", location, image)]})
    typer.echo(json.dumps(response, ensure_ascii=False) if as_json else response["answer"])


@app.command()
def chat(location: Place = None, conversation: Talk = None, workspace: Workspace = None) -> None:
    """Talk, a line at a time; an empty line or end of file ends it."""
    _choose(workspace)
    turns: list[object] = []
    for line in _typed():
        said = _turn(line, location, None)
        turns = [said] if conversation is not None else [*turns, said]
        typer.echo(_answered({"id": "chat", **_in(conversation), "turns": turns})["answer"])


def main() -> None:
    """Run the command line; a user's mistake is one line and exit code 3."""
    try:
        code = app(standalone_mode=False)
    except typer.Exit as exit_:
        code = exit_.exit_code
    except typer.Abort:
        code = FAILED
    except Exception as error:
        if not _is_ours(error):
            raise
        typer.echo(f"eco2: {_line(error)}", err=True)
        code = MISUSED
    sys.exit(code if isinstance(code, int) else 0)


def _answered(request: dict[str, object]) -> dict[str, object]:
    from eco2.app import answer

    return answer(request)


def _answer_file(path: Path) -> None:
    """Answer every row in order; a bad row gives its error and the rest goes on."""
    failed = False
    for number, line in enumerate(_lines(path), start=1):
        row, problem = _row(line, number)
        if problem is None:
            row, broke = _answered_row(row)
            failed = failed or broke
        typer.echo(json.dumps(row if problem is None else {"id": row.get("id"), "error": problem}, ensure_ascii=False))
    if failed:
        raise typer.Exit(FAILED)


def _answered_row(row: dict[str, object]) -> tuple[dict[str, object], bool]:
    """Return the line for a row, and whether the turn itself broke."""
    try:
        return {"id": row.get("id"), **_answered(row)}, False
    except Eco2Error as error:
        return {"id": row.get("id"), "error": str(error)}, False
    except Exception as error:
        if _is_ours(error):
            raise
        return {"id": row.get("id"), "error": f"{type(error).__name__}: {error}"}, True


def _row(line: str, number: int) -> tuple[dict[str, object], str | None]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        return {}, f"line {number}: not JSON ({error.msg})"
    if not isinstance(row, dict):
        return {}, f'line {number}: an object with "id" and "turns" was expected, got {type(row).__name__}'
    return row, None


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path} cannot be read as UTF-8 text: {error}") from error
    return [line for line in text.split("\n") if line.strip()]


def _typed() -> Iterator[str]:
    while line := sys.stdin.readline().strip():
        yield line


def _turn(text: str, location: str | None, image: Path | None) -> dict[str, object]:
    turn: dict[str, object] = {"text": text}
    if location:
        turn["location"] = _location(location)
    if image:
        turn["image"] = str(image)
    return turn


def _location(text: str) -> object:
    """Return coordinates for "LAT,LON", else the name."""
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        return text
    return {"lat": lat, "lon": lon}


def _in(conversation: str | None) -> dict[str, object]:
    return {} if conversation is None else {"conversation": conversation}


def _choose(workspace: Path | None) -> None:
    if workspace is not None:
        os.environ["KB_WORKSPACE"] = str(workspace)


def _is_ours(error: Exception) -> bool:
    """Whether an error is one that a user can mend: this room's, the knowledge base's, or a wrong option."""
    from kb.documents import KbError

    return isinstance(error, Eco2Error | KbError) or hasattr(error, "format_message")


def _line(error: Exception) -> str:
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    return " ".join(message.split())
