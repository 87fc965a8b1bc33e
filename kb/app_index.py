"""Wiring: bring the index of a workspace up to date. Part of `kb.app`, which is the door."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kb.app_contents import parsed, readers
from kb.documents import Document, Finding, IndexMissing
from kb.places import FilesMoved, blobs, index_home, read_settled, read_sources
from kb.settings import MODELS, Settings
from kb.workspace import Workspace

if TYPE_CHECKING:
    from kb.build import Built, IndexReport
    from kb.generations import Generations
    from kb.index import Index
    from kb.read import Source

_ATTEMPTS = 5


def index(workspace: Workspace, environ: Mapping[str, str] = os.environ, *, anew: bool = False) -> IndexReport:
    """Bring the index of a workspace up to date; unchanged files cost a hash.

    Args:
        workspace: where.
        environ: as `Settings.from_env` reads it.
        anew: read, tokenise and embed every file again, and publish the result whatever was there.

    Raises:
        WriterBusy: another process is indexing the same workspace.
    """
    from kb.adapters import choose
    from kb.build import build, report_of
    from kb.generations import Generations

    started = time.monotonic()
    settings = Settings.from_env(environ)
    embedder, warnings = choose.embedder(workspace.options.embedder, MODELS)
    generations = Generations(index_home(workspace, settings.cache))
    with generations.writer():
        old = None if anew else _old(generations)
        built = _settled(
            lambda files: build(
                files, _reader(workspace, files), embedder, workspace.options.vectors, old, _reversals(workspace, files)
            ),
            workspace,
        )
        if old is None or old.manifest != built.index.manifest:
            generations.publish(lambda folder: _write(built.index, folder, settings.chroma_url))
    return report_of(built, generations.home, warnings, time.monotonic() - started)


def reversals_in(workspace: Workspace, decisions: Sequence[str]) -> Mapping[str, str]:
    """Say of decisions, given the paths of all of them, which later one takes each back in prose."""
    return _taken_back(read_sources(workspace, decisions)[0])


def _taken_back(sources: Iterable[Source]) -> Mapping[str, str]:
    from kb.reversal_pairs import replaced_by, reversed_pairs

    return replaced_by(reversed_pairs(sources, readers().mapping))


def _reversals(workspace: Workspace, hashed: Mapping[str, str]) -> Callable[[Sequence[str]], Mapping[str, str]]:
    return lambda decisions: _taken_back(read_settled(workspace, decisions, hashed)[0])


def _settled(build: Callable[[Mapping[str, str]], Built], workspace: Workspace) -> Built:
    """Build from files as they are hashed; again where one is changed while it is read, a few times."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(FilesMoved):
            return build(blobs(workspace))
    return build(blobs(workspace))


def _reader(
    workspace: Workspace, hashed: Mapping[str, str]
) -> Callable[[Sequence[str]], tuple[list[Document], list[Finding]]]:
    def read(wanted: Sequence[str]) -> tuple[list[Document], list[Finding]]:
        sources, unreadable = read_settled(workspace, wanted, hashed)
        documents, findings = parsed(sources)
        return documents, unreadable + findings

    return read


def _old(generations: Generations) -> Index | None:
    """The published index, if it can be built upon; one that is damaged or of another format is built anew."""
    from kb.store import load

    try:
        return generations.read(lambda folder: load(folder, whole=True))
    except (OSError, IndexMissing):
        return None


def _write(built: Index, folder: Path, chroma_url: str | None) -> None:
    from kb.adapters.choose import write_vectors
    from kb.store import save

    save(built, folder)
    write_vectors(built, folder, chroma_url)
