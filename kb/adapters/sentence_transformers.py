"""Models of the sentence-transformers library behind the embedder port: any that it loads, and our weights in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer

from kb.documents import BackendMissing
from kb.ports import Matrix

PREFIX = "sentence-transformers:"


class SentenceTransformerEmbedder:
    """Meets `kb.ports.Embedder` over a loaded model."""

    normalisation = "l2"

    def __init__(self, name: str, revision: str, model: SentenceTransformer) -> None:
        self.name = name
        self.revision = revision
        self._model = model
        self.dimension = int(model.get_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> Matrix:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        rows = self._model.encode(list(texts), normalize_embeddings=False, show_progress_bar=False)
        return _unit(np.asarray(rows, np.float32))


def load(model: str) -> SentenceTransformerEmbedder:
    """Load a model by its name on the hub (when it is on this machine) or by a folder.

    Raises:
        BackendMissing: the library cannot load it; says why.
    """
    try:
        loaded = SentenceTransformer(model, device="cpu")
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        message = f"sentence-transformers cannot load {model!r} ({reason}); give a folder that holds it"
        raise BackendMissing(message) from error
    return SentenceTransformerEmbedder(f"{PREFIX}{model}", _revision(loaded), loaded)


def of_static(
    name: str, revision: str, tokenizer: Tokenizer, weights: NDArray[np.float32]
) -> SentenceTransformerEmbedder:
    """Put static weights, (vocabulary, dimension) float32, into a `StaticEmbedding` of the library."""
    module = StaticEmbedding(tokenizer, embedding_weights=weights)
    return SentenceTransformerEmbedder(f"{PREFIX}{name}", revision, SentenceTransformer(modules=[module], device="cpu"))


def _revision(model: SentenceTransformer) -> str:
    """A hash over the weights: the library does not always know the revision of what it loaded."""
    total = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        total.update(name.encode())
        total.update(tensor.detach().cpu().float().numpy().tobytes())
    return total.hexdigest()[:16]


def _unit(rows: Matrix) -> Matrix:
    """Scale rows to length 1; a text without a known token comes as NaN or zeros and becomes zeros."""
    rows = np.nan_to_num(rows).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Matrix = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return unit
