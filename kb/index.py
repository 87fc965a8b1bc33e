"""The noun of an index: its manifest, documents, passages, postings and vectors, as one generation holds them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

from kb import chunk, fields, read, reversal_pairs, tokens
from kb.documents import Document, ModelMismatch, Passage
from kb.ports import Embedder, Matrix, Numbers
from kb.segment import Segment

FORMAT = 2


@dataclass(frozen=True)
class Model:
    """Which embedder made the vectors, and how their length was made equal."""

    name: str
    revision: str
    dimension: int
    normalisation: str

    @classmethod
    def of(cls, embedder: Embedder | None) -> Model | None:
        if embedder is None:
            return None
        return cls(embedder.name, embedder.revision, embedder.dimension, embedder.normalisation)


def versions() -> dict[str, str]:
    """What decides how text becomes passages and terms; an index with others is rebuilt."""
    return {
        "tokens": tokens.VERSION,
        "chunk": chunk.VERSION,
        "fields": fields.VERSION,
        "read": read.VERSION,
        "reversals": reversal_pairs.VERSION,
    }


@dataclass(frozen=True)
class Manifest:
    """What a generation was made of. `files` holds the blob of every file that was looked at, by path."""

    files: Mapping[str, str]
    versions: Mapping[str, str]
    model: Model | None
    vectors: str
    format: int = FORMAT

    @cached_property
    def revision(self) -> str:
        """16 hex digits; equal exactly when files, versions and model are."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


def compatible(manifest: Manifest, used: Model | None, vectors: str, command: str) -> tuple[str, ...]:
    """Compare an index with what it is to be searched with.

    Args:
        manifest: of the index.
        used: the embedder at hand.
        vectors: the kind of vector store asked for.
        command: what builds the index, for the messages.

    Returns:
        Warnings about an index that can be used with less than it could have.

    Raises:
        ModelMismatch: the index cannot be used.
    """
    if used and manifest.model and used != manifest.model:
        raise ModelMismatch(f"the index was built with {manifest.model}, in use is {used}; run `{command}`")
    stamped = {**manifest.versions, "vectors": manifest.vectors}
    asked = {**versions(), "vectors": vectors}
    if stamped != asked:
        raise ModelMismatch(f"the index was built with {stamped}, in use is {asked}; run `{command}`")
    if used and not manifest.model:
        return (f"the index has no vectors, so the vector leg is off; run `{command}`",)
    return ()


@dataclass(frozen=True, eq=False)
class Index:
    """One generation. Documents come without their passages; those stand in `passages`, document by document.

    `starts` (documents + 1,) int64: the passages of document i are those from starts[i] up to starts[i + 1].
    `vectors` (passages, d) float32, rows of length 1 or 0; None where the index was built without an embedder.
    """

    manifest: Manifest
    documents: Sequence[Document]
    passages: Sequence[Passage]
    starts: Numbers
    segment: Segment
    vectors: Matrix | None
