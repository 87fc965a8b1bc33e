"""The wiring of the room: settings, and the calls that `kb.cli`, `eco2` and `harness` make.

The only file that names adapters; it imports them, and whatever needs numpy, inside functions, so that a command loads
what it uses.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kb.documents import BackendMissing, Document, Finding, IndexMissing
from kb.places import blobs, files_of, index_command, index_home, paths, read_sources, workspace_at
from kb.rulebook import Rulebook
from kb.workspace import CONFIG, DEFAULT_EMBEDDER, TEMPLATE, Options, Workspace

if TYPE_CHECKING:
    from kb.build import IndexReport
    from kb.generations import Generations
    from kb.index import Index
    from kb.knowledge import Knowledge
    from kb.read import Source

_TARGET_DOCUMENTS = 10
_KEPT_OPEN = 8
_MODELS = Path(__file__).resolve().parent / "models"
_open: dict[tuple[Path, Options, Path], Knowledge] = {}


@dataclass(frozen=True)
class Settings:
    """What the environment decides: KB_WORKSPACE, KB_PROFILE, CHROMA_URL, and where caches go (XDG_CACHE_HOME)."""

    workspace: Path | None = None
    profile: str | None = None
    chroma_url: str | None = None
    cache: Path = field(default_factory=lambda: Path.home() / ".cache" / "eco2-agent-kb")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        caches = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or Path.home()) / ".cache")
        return cls(
            workspace=Path(environ["KB_WORKSPACE"]) if environ.get("KB_WORKSPACE") else None,
            profile=environ.get("KB_PROFILE") or None,
            chroma_url=environ.get("CHROMA_URL") or None,
            cache=caches / "eco2-agent-kb",
        )


@dataclass(frozen=True)
class Contents:
    """Everything that was read of a workspace, and what could not be."""

    sources: tuple[Source, ...]
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]


def open_workspace(
    start: Path | None = None, environ: Mapping[str, str] = os.environ, *, profile: str | None = None
) -> Workspace:
    """Find the workspace: `start` or KB_WORKSPACE, else the nearest one upward, else what the wheel carries.

    Raises:
        WorkspaceError: the folder does not exist, or its `kb.toml` cannot be read.
    """
    settings = Settings.from_env(environ)
    return workspace_at(start or settings.workspace, profile or settings.profile)


def init(folder: Path) -> tuple[Path, bool]:
    """Write a `kb.toml` where there is none.

    Returns:
        Its path, and whether it was written now.
    """
    config = folder / CONFIG
    if config.exists():
        return config, False
    folder.mkdir(parents=True, exist_ok=True)
    config.write_text(TEMPLATE, encoding="utf-8")
    return config, True


def contents(workspace: Workspace) -> Contents:
    """Read all knowledge of a workspace, without an index."""
    sources, unreadable = read_sources(workspace, paths(workspace))
    documents, findings = _parsed(sources)
    return Contents(tuple(sources), tuple(documents), (*unreadable, *findings))


def rulebook(workspace: Workspace) -> Rulebook:
    """The domain rules of a workspace: every rule file below a folder named `rules`.

    Raises:
        RuleError: a rule lacks a part, or two share an id.
        DocumentError: a rule file is not the YAML it should be.
    """
    from kb.adapters.yaml_text import load_entries
    from kb.read import is_rule_file
    from kb.rulebook import rulebook as collect
    from kb.rulebook import rules_from

    rule_files = [path for path in paths(workspace) if is_rule_file(path) and "rules" in Path(path).parts]
    sources, _ = read_sources(workspace, rule_files)
    return collect(
        rule for source in sources for rule in rules_from(source.path, *load_entries(source.text, source.path))
    )


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
    embedder, warnings = choose.embedder(workspace.options.embedder, _MODELS)
    generations = Generations(index_home(workspace, settings.cache))
    with generations.writer():
        old = None if anew else _old(generations)
        built = build(blobs(workspace), _reader(workspace), embedder, workspace.options.vectors, old)
        if old is None or old.manifest != built.index.manifest:
            generations.publish(lambda folder: _write(built.index, folder, settings.chroma_url))
    return report_of(built, generations.home, warnings, time.monotonic() - started)


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
    if workspace.is_packaged and not any(root == workspace.root for root, _, _ in _open):
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


def fetch_pairs(out: Path, sources: Path | None = None) -> Iterator[str]:
    """Fetch the embedder's sources into a file; a line for each that says what came.

    Raises:
        KbError: git or the network fails.
    """
    from kb.adapters.parallel import fetch

    pinned = sources or _MODELS / DEFAULT_EMBEDDER / "sources.toml"
    for source in fetch(pinned, out):
        yield f"{source.repo}@{source.commit[:8]}: {source.sections:,} sections, {source.paragraph_pairs:,} pairs"


def train_embedder(pairs: Path, out: Path) -> str:
    """Train the embedder and say what came out.

    Raises:
        BackendMissing: the `dense` extra is not installed.
        KbError: `pairs` holds too little.
    """
    if find_spec("torch") is None or find_spec("sentence_transformers") is None:
        raise BackendMissing("training needs torch; run `pip install 'eco2-agent-kb[dense]'`")
    from kb.adapters.training import train

    report = train(pairs, out)
    return f"{report.name} {report.revision}: {report.pairs:,} pairs in {report.seconds:.0f} s, {report.bytes:,} bytes"


def lint(workspace: Workspace, *, today: str | None = None) -> list[Finding]:
    """Read a workspace and run all rules of `kb.lint` over it.

    Args:
        workspace: where; the knowledge that the wheel carries has no code beside it, so paths are not looked up there.
        today: an ISO date; None leaves overdue reviews alone.
    """
    from kb.adapters.yaml_text import load_entries, load_mapping
    from kb.lint import check
    from kb.lint_subject import subject

    sources, unreadable = read_sources(workspace, paths(workspace))
    exists = None if workspace.is_packaged else lambda path: workspace.locate(path).exists()
    return check(subject(sources, load_mapping, load_entries, unreadable=unreadable, exists=exists, today=today))


def _asked(request: str | Mapping[str, object]) -> tuple[str, int]:
    if isinstance(request, str):
        return request, _TARGET_DOCUMENTS
    turns = request.get("turns")
    turn = turns[-1] if isinstance(turns, list) and turns else request.get("query", "")
    text = turn.get("text", "") if isinstance(turn, Mapping) else turn
    k = request.get("k", _TARGET_DOCUMENTS)
    return str(text), k if isinstance(k, int) else _TARGET_DOCUMENTS


def _reader(workspace: Workspace) -> Callable[[Sequence[str]], tuple[list[Document], list[Finding]]]:
    def read(wanted: Sequence[str]) -> tuple[list[Document], list[Finding]]:
        sources, unreadable = read_sources(workspace, wanted)
        documents, findings = _parsed(sources)
        return documents, unreadable + findings

    return read


def _parsed(sources: Iterable[Source]) -> tuple[list[Document], list[Finding]]:
    from kb.adapters.yaml_text import load_entries, load_mapping
    from kb.read import is_rule_file, read_markdown, read_rules

    every = list(sources)
    read = [read_markdown(source, load_mapping) for source in every if not is_rule_file(source.path)]
    rules, findings = read_rules([source for source in every if is_rule_file(source.path)], load_entries)
    return [document for document, _ in read] + rules, [finding for _, found in read for finding in found] + findings


def _old(generations: Generations) -> Index | None:
    """The published index, if it can be built upon; one that is damaged or of another format is built anew."""
    from kb.store import load

    try:
        return generations.read(load)
    except (OSError, IndexMissing):
        return None


def _write(built: Index, folder: Path, chroma_url: str | None) -> None:
    from kb.adapters.choose import write_vectors
    from kb.store import save

    save(built, folder)
    write_vectors(built, folder, chroma_url)


def _opened_once(workspace: Workspace, folder: Path, settings: Settings) -> Knowledge:
    key = (workspace.root, workspace.options, folder)
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
    from kb.search import Engine
    from kb.store import load

    options = workspace.options
    stored = load(folder)
    embedder, warnings = choose.embedder(options.embedder, _MODELS)
    warnings += compatible(stored.manifest, Model.of(embedder), options.vectors, index_command(workspace))
    usable = embedder if stored.vectors is not None else None
    engine = Engine(
        stored,
        choose.lexical(options.lexical, stored.segment),
        choose.open_vectors(stored, folder, settings.chroma_url) if usable else None,
        usable,
        fusion=options.fusion,
        lexical_weight=options.lexical_weight,
    )
    return Knowledge(engine, files_of(workspace), lambda: token_hex(8), warnings)
