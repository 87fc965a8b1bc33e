"""The door of the room: the calls that `kb.cli`, `eco2` and `harness` make, and how an index is opened.

Only this file and its parts (`kb.app_*`) name adapters; they import them, and whatever needs numpy, inside functions,
so that a command loads what it uses.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kb.app_agents import desk, serve_http, serve_stdio
from kb.app_changes import diff_brief, diff_since, draft, keep_draft, remember
from kb.app_checks import citations, doctor, lint, lint_report
from kb.app_contents import Contents, contents, init, open_workspace, rulebook
from kb.app_index import index, reversals_in
from kb.app_skills import build_skills, check_skills, install_skills, skills_folder, uninstall_skills
from kb.app_training import fetch_pairs, learn_terms, train_embedder
from kb.documents import IndexMissing
from kb.places import files_of, index_command, index_home
from kb.settings import MODELS, Settings
from kb.workspace import Options, Workspace

if TYPE_CHECKING:
    from kb.knowledge import Knowledge

__all__ = [
    "Contents",
    "Settings",
    "build_skills",
    "check_skills",
    "citations",
    "contents",
    "desk",
    "diff_brief",
    "diff_since",
    "doctor",
    "draft",
    "fetch_pairs",
    "index",
    "init",
    "install_skills",
    "keep_draft",
    "knowledge",
    "learn_terms",
    "lint",
    "lint_report",
    "open_workspace",
    "remember",
    "reversals_in",
    "rulebook",
    "search",
    "serve_http",
    "serve_stdio",
    "skills_folder",
    "train_embedder",
    "uninstall_skills",
]  # fmt: skip

_TARGET_DOCUMENTS = 10
_KEPT_OPEN = 8
_open: dict[tuple[Path, Options, Path, int], Knowledge] = {}


def knowledge(workspace: Workspace, environ: Mapping[str, str] = os.environ) -> Knowledge:
    """Open the published index of a workspace; opened once a process, and again when a newer one was published.

    The content that the wheel carries is indexed here, once a process, since nobody else would.

    Raises:
        IndexMissing: nothing was indexed yet.
        ModelMismatch: it was built with another embedder, another tokenizer or another kind of vector store.
    """
    from kb.generations import Generations

    settings = Settings.from_env(environ)
    generations = Generations(index_home(workspace, settings.cache))
    if workspace.is_packaged and not any(root == workspace.root for root, *_ in _open):
        index(workspace, environ)
    found = generations.read(lambda folder: _opened_once(workspace, folder, settings))
    if found is None:
        raise IndexMissing(f"{workspace.root} has no index yet; run `{index_command(workspace)}`")
    return found


def search(query_or_request: str | Mapping[str, object]) -> dict[str, object]:
    """Answer a question from the workspace at hand; a harness target.

    Args:
        query_or_request: the question, or a request with "query" or "turns" (the last one asks), and optionally "k".

    Returns:
        The shape of `kb search --json`, with "answer", "passages", "citations" and "timings_ms".
    """
    from kb.shapes import response_shape

    query, k = _asked(query_or_request)
    started = time.perf_counter()
    result = knowledge(open_workspace()).search(query, k=k)
    return response_shape(result, {"total": round((time.perf_counter() - started) * 1000, 3)})


def _asked(request: str | Mapping[str, object]) -> tuple[str, int]:
    if isinstance(request, str):
        return request, _TARGET_DOCUMENTS
    turns = request.get("turns")
    turn = turns[-1] if isinstance(turns, list) and turns else request.get("query", "")
    text = turn.get("text", "") if isinstance(turn, Mapping) else turn
    k = request.get("k", _TARGET_DOCUMENTS)
    return str(text), k if isinstance(k, int) else _TARGET_DOCUMENTS


def _opened_once(workspace: Workspace, folder: Path, settings: Settings) -> Knowledge:
    # A folder that was removed and made again has the old name and another time.
    key = (workspace.root, workspace.options, folder, folder.stat().st_mtime_ns)
    if key not in _open:
        opened = _opened(workspace, folder, settings)
        while len(_open) >= _KEPT_OPEN:
            _open.pop(next(iter(_open)))
        _open[key] = opened
    return _open[key]


def _opened(workspace: Workspace, folder: Path, settings: Settings) -> Knowledge:
    from secrets import token_hex

    from kb.adapters import choose
    from kb.index import Model, compatible
    from kb.knowledge import Knowledge
    from kb.rank import Tuning
    from kb.search import Engine
    from kb.store import load

    options = workspace.options
    stored = load(folder)
    embedder, warnings = choose.embedder(options.embedder, MODELS)
    warnings += compatible(stored.manifest, Model.of(embedder), options.vectors, index_command(workspace))
    usable = embedder if stored.vectors is not None else None
    engine = Engine(
        stored,
        choose.lexical(options.lexical, stored.segment),
        choose.open_vectors(stored, folder, settings.chroma_url) if usable else None,
        usable,
        translations=choose.translations(options.translations, MODELS),
        tuning=Tuning(options.fusion, options.lexical_weight, options.weights, options.quotas),
    )
    return Knowledge(engine, files_of(workspace), lambda: token_hex(8), warnings)
