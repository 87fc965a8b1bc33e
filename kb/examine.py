"""Gather the facts of `kb doctor`: files, findings, the ratchet, the index, its generations, its lock.

Whatever is wrong with the index or the ratchet becomes a check that says so.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kb import doctor as page
from kb.checks import LintReport, RatchetUse, Readers, reported, subject_of
from kb.doctor import Check, Generation, Health
from kb.documents import KbError
from kb.generations import Generations
from kb.index import Index, Model
from kb.lint import check, summary
from kb.lint_subject import Subject
from kb.places import blobs, index_command
from kb.ports import Embedder
from kb.ratchet import FILE
from kb.workspace import Workspace

# What a file that is no longer what was written can raise while it is read.
_DAMAGE = (KbError, OSError, ValueError, LookupError, TypeError, AttributeError, EOFError)


@dataclass(frozen=True)
class Inspection:
    """What doctor needs besides the files: where the index lies, and what `kb.app` chose for it."""

    home: Path
    load: Callable[[Path], Index]
    embedder: Callable[[], tuple[Embedder | None, tuple[str, ...]]]
    open_vectors: Callable[[Index, Path], object]


@dataclass(frozen=True)
class Asked:
    """What doctor was asked: the day, whether it was given, and questions by id."""

    today: str
    lint_today: str | None = None
    questions: Mapping[str, str] = field(default_factory=dict)


def examine(workspace: Workspace, readers: Readers, inspection: Inspection, asked: Asked, use: RatchetUse) -> Health:
    """Look at everything; whatever is wrong with the index or the ratchet is a check that says so, not an error."""
    read = subject_of(workspace, readers, asked.lint_today)
    lint_command = _command(workspace, "lint")
    on_files = [page.documents(read), *_of_files(workspace, read, asked, use, lint_command)]
    return page.Health(str(workspace.root), (*_of_index(workspace, inspection, asked), *on_files))


def questions_from(file: Path) -> dict[str, str]:
    """Questions by id, from a file of {"id", "query"} rows; a row without an id is called by its line.

    Raises:
        KbError: the file cannot be read, or a row is none; names the line.
    """
    return {str(row.get("id", number)): _query(row, file, number) for number, row in _rows(file)}


def _of_files(workspace: Workspace, read: Subject, asked: Asked, use: RatchetUse, command: str) -> Iterator[Check]:
    try:
        report = reported(workspace, read, use)
    except KbError as error:
        report = LintReport(tuple(check(read)))
        file = use.file or workspace.root / FILE
        yield page.Check("ratchet", "problem", str(error), f"rm -f {file} && {command} --update-ratchet")
    else:
        yield page.ratchet(report.compared, command)
    yield page.decisions(read, report.findings, asked.today, command)
    yield page.lint(report.findings, report.fails, summary(report.findings)[-1], command)


def _of_index(workspace: Workspace, inspection: Inspection, asked: Asked) -> Iterator[Check]:
    command = index_command(workspace)
    try:
        folder = Generations(inspection.home).current()
        if folder is None:
            yield page.index_missing(str(inspection.home), command, workspace.is_packaged)
        else:
            yield from _of_generation(workspace, inspection, asked, inspection.load(folder), folder)
    except _DAMAGE as error:
        yield page.index_damaged(_reason(error), command)
    yield page.generations(list(_kept(inspection.home)))
    yield page.lock(_is_held(inspection.home / "lock"))


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, KbError) else f"{type(error).__name__}: {error}"


def _of_generation(
    workspace: Workspace, inspection: Inspection, asked: Asked, index: Index, folder: Path
) -> Iterator[Check]:
    command = index_command(workspace)
    list(index.passages)  # all are read, so that damage shows before anything is told
    yield page.index_files(index, blobs(workspace), command)
    yield page.passages(index)
    embedder: Embedder | None = None
    try:
        embedder, warnings = inspection.embedder()
        yield page.model(index.manifest, Model.of(embedder), workspace.options.vectors, warnings, command)
    except KbError as error:
        yield page.Check("model", "problem", str(error), command)
    if (reason := _unopened(inspection, index, folder)) is not None:
        yield page.Check("vectors", "problem", reason, f"{command} --anew")
    if asked.questions:
        yield page.questions(asked.questions, index, embedder)


def _unopened(inspection: Inspection, index: Index, folder: Path) -> str | None:
    """Why the vector store of a generation cannot be opened; None where it can."""
    try:
        inspection.open_vectors(index, folder)
    except Exception as error:  # noqa: BLE001 (a store raises whatever it likes, and the page must be printed)
        return f"the vector store cannot be opened ({' '.join(_reason(error).split())})"
    return None


def _kept(home: Path) -> Iterator[Generation]:
    kept = Generations(home)
    try:
        current = kept.current()
        for name in kept.names():
            files = [file for file in kept.folder(name).rglob("*") if file.is_file()]
            yield Generation(name, sum(file.stat().st_size for file in files), current == kept.folder(name))
    except (OSError, KbError):
        return  # pruned or closed meanwhile; the check of the index says so


def _is_held(lock: Path) -> bool:
    """Whether a writer holds the lock; asked with a shared one, which is given back at once."""
    try:
        with lock.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _command(workspace: Workspace, verb: str) -> str:
    """What a user types here; as `index_command`, without its profile."""
    _, mark, place = index_command(workspace).partition(" --workspace ")
    return f"kb {verb}{mark}{place}"


def _rows(file: Path) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise KbError(f"--queries {file}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _row(line, file, number)


def _row(line: str, file: Path, number: int) -> dict[str, object]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise KbError(f"--queries {file}:{number}: not JSON ({error}); mend the row") from error
    if not isinstance(row, dict):
        raise KbError(f"--queries {file}:{number}: a row must be an object with a query")
    return row


def _query(row: dict[str, object], file: Path, number: int) -> str:
    query = row.get("query")
    if not isinstance(query, str):
        raise KbError(f'--queries {file}:{number}: a row needs "query", a text')
    return query
