"""Wiring: make the shipped model and the table of translations anew. Part of `kb.app`, which is the door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kb.app_contents import parsed
from kb.documents import BackendMissing, KbError
from kb.places import read_sources
from kb.settings import MODELS
from kb.workspace import DEFAULT_EMBEDDER, Workspace

if TYPE_CHECKING:
    from kb.glossary import Term

# Share of the documents that training leaves out, for benchmarks/embedder.py.
HELD_OUT = 0.1


def fetch_pairs(out: Path, sources: Path | None = None) -> Iterator[str]:
    """Fetch the embedder's sources into a file; a line for each that says what came.

    Raises:
        KbError: git or the network fails.
    """
    from kb.adapters.parallel import fetch

    pinned = sources or MODELS / DEFAULT_EMBEDDER / "sources.toml"
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


def learn_terms(pairs: Path, out: Path, workspace: Workspace, glossary: Sequence[str] = ()) -> str:
    """Learn the table of translations and say what came out.

    Args:
        pairs: aligned sections, as `fetch_pairs` writes them.
        out: the folder to write.
        workspace: where the glossaries lie.
        glossary: paths of rule files whose terms hold for any repository and go with the table.

    Raises:
        KbError: `pairs` cannot be read or teaches no word, or a path of `glossary` holds no terms.
    """
    from kb.adapters.parallel import read_sections
    from kb.pairs import split
    from kb.term_training import learn
    from kb.translations import write

    training, _ = split(read_sections(pairs), HELD_OUT)
    terms = [term for path in glossary for term in _terms_in(workspace, path)]
    if not (table := learn(training)):
        raise KbError(f"{pairs} teaches no word: none stands in two texts or more; write it with `kb embedder fetch`")
    write(out, table, terms)
    return f"{len(table):,} words and {len(terms):,} terms in {out}"


def _terms_in(workspace: Workspace, path: str) -> list[Term]:
    from kb.glossary import terms_of

    sources, unreadable = read_sources(workspace, [path])
    documents, findings = parsed(sources)
    if terms := list(terms_of(documents)):
        return terms
    why = "".join(f" ({finding.message})" for finding in (*unreadable, *findings)[:1])
    raise KbError(f"{path} in {workspace.root} holds no terms{why}; name a rule file with a `terms:` list")
