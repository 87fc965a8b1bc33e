"""Which adapter an option names: embedder, lexical index, vector store. Imports each only when it is chosen."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from kb.adapters import static_model
from kb.documents import BackendMissing
from kb.index import Index
from kb.ports import Embedder, LexicalIndex, VectorIndex
from kb.segment import Segment, counts_of
from kb.translations import NOTHING, Translations
from kb.translations import load as load_translations
from kb.workspace import Lexical

# Above this many passages "auto" gives the vectors to Chroma: an exact scan takes 20 ms at 100,000.
_EXACT_UP_TO = 200_000
_LIBRARY = "sentence-transformers:"


def embedder(name: str, models: Path) -> tuple[Embedder | None, tuple[str, ...]]:
    """Load the embedder of a name.

    Args:
        name: "none", a folder below `models`, or "sentence-transformers:" before either such a folder or whatever that
            library can load.
        models: where the shipped weights lie.

    Returns:
        The embedder, or None with a warning where shipped weights are not there.

    Raises:
        BackendMissing: the library is not installed, or cannot load the model.
        KbError: the weights are there and cannot be read.
    """
    bare = name.removeprefix(_LIBRARY)
    folder = models / bare
    has_weights = (folder / "config.json").is_file()
    if name == "none":
        return None, ()
    if name.startswith(_LIBRARY):
        return _of_library(bare, folder if has_weights else None), ()
    if not has_weights:
        return None, (f"no weights at {folder}, so the vector leg is off; run `kb embedder train` or name another",)
    return static_model.load(folder), ()


def translations(name: str, models: Path) -> Translations:
    """Load the table of translations of a name: "none", or a folder below `models`.

    Raises:
        KbError: there is no such table, or it cannot be read.
    """
    return NOTHING if name == "none" else load_translations(models / name)


def lexical(kind: Lexical, segment: Segment) -> LexicalIndex:
    if kind == "rank-bm25":
        from kb.adapters.rank_bm25 import RankBm25

        return RankBm25(counts_of(segment))
    from kb.postings import Postings

    return Postings(segment)


def write_vectors(index: Index, folder: Path, chroma_url: str | None) -> None:
    """Fill the derived vector store of a new generation, where it has one."""
    if index.vectors is not None and _uses_chroma(index):
        from kb.adapters.chroma import write

        write(index.vectors, folder / "chroma", url=chroma_url, collection=_collection(index))


def open_vectors(index: Index, folder: Path, chroma_url: str | None) -> VectorIndex | None:
    """Open the vector store of a generation; None where it has no vectors."""
    if index.vectors is None:
        return None
    if _uses_chroma(index):
        from kb.adapters.chroma import ChromaVectors

        return ChromaVectors(folder / "chroma", url=chroma_url, collection=_collection(index))
    from kb.adapters.exact import ExactVectors

    return ExactVectors(index.vectors)


def _of_library(name: str, weights: Path | None) -> Embedder:
    if find_spec("sentence_transformers") is None:
        raise BackendMissing("sentence-transformers is not installed; run `pip install 'eco2-agent-kb[dense]'`")
    from kb.adapters import sentence_transformers

    if weights is None:
        return sentence_transformers.load(name)
    model = static_model.load(weights)
    return sentence_transformers.of_static(model.name, model.revision, model.tokenizer, model.weights)


def _uses_chroma(index: Index) -> bool:
    kind = index.manifest.vectors
    return kind == "chroma" or (kind == "auto" and len(index.passages) > _EXACT_UP_TO)


def _collection(index: Index) -> str:
    return f"kb-{index.manifest.revision}"
