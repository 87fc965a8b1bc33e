"""Chroma as a vector store: a derived copy of a generation's matrix, written once, then only read.

Two processes that write one Chroma folder spoil it silently, so a generation is filled aside by the one writer. A
filter inside Chroma is slow and can cost recall, so masks are applied to what it returns; where few passages are
allowed, their vectors are read out and compared exactly (adr/0015).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError

from kb.documents import IndexMissing
from kb.ports import EMPTY, Mask, Matrix, Numbers, Ranking, Scores, best

COLLECTION = "passages"
_PAGE = 5_000
_FEW = 1_000
_ROOM = 4


def write(matrix: Matrix, folder: Path | None, *, url: str | None = None, collection: str = COLLECTION) -> None:
    """Fill a new collection with the rows of a matrix, known by their number; rows of zeros are left out.

    Args:
        matrix: (passages, d) float32, rows of length 1 or 0.
        folder: where an embedded Chroma keeps it.
        url: a Chroma server to use instead of the folder.
        collection: its name, 3 characters at least; an old one of this name is dropped.
    """
    client = _client(folder, url)
    if collection in {found.name for found in client.list_collections()}:
        client.delete_collection(collection)
    store = client.create_collection(
        collection, embedding_function=None, configuration={"hnsw": {"space": "ip"}}, metadata={"rows": len(matrix)}
    )
    known = np.flatnonzero(np.any(matrix != 0, axis=1))
    for page in _pages(known):
        store.add(ids=[str(number) for number in page], embeddings=matrix[page])


class ChromaVectors:
    """Meets `kb.ports.VectorIndex` over a collection that `write` has filled. Nearest neighbours are approximate."""

    def __init__(self, folder: Path | None, *, url: str | None = None, collection: str = COLLECTION) -> None:
        try:
            self._store = _client(folder, url).get_collection(collection, embedding_function=None)
            self._size = self._store.count()
        except (ChromaError, ValueError, RuntimeError) as error:
            where = url or folder
            raise IndexMissing(
                f"the vectors in Chroma at {where} are damaged ({error}); run `kb index --anew`"
            ) from error

    def search(self, vector: Matrix, k: int, allowed: Mask | None = None) -> Ranking:
        if k < 1 or not self._size or not np.any(vector):
            return EMPTY
        if allowed is None:
            return self._nearest(vector, k)
        numbers = np.flatnonzero(allowed)
        if len(numbers) > _FEW:
            return self._widening(vector, k, allowed)
        found = best(self.score(vector, numbers), k)
        return Ranking(numbers[found.numbers], found.scores)

    def score(self, vector: Matrix, numbers: Numbers) -> Scores:
        scores: dict[str, float] = {}
        for page in _pages(numbers):
            found = self._store.get(ids=[str(number) for number in page], include=["embeddings"])
            if found["ids"]:
                products = np.asarray(found["embeddings"], np.float32) @ vector
                scores |= dict(zip(found["ids"], products.tolist(), strict=True))
        return np.array([scores.get(str(number), 0.0) for number in numbers], np.float64)

    def _nearest(self, vector: Matrix, k: int) -> Ranking:
        found = self._store.query(query_embeddings=[vector], n_results=min(k, self._size), include=["distances"])
        numbers = np.array([int(number) for number in found["ids"][0]], np.int64)
        # Inner-product "distance" is one minus the product.
        scores = 1.0 - np.array(found["distances"][0], np.float64)
        order = np.lexsort((numbers, -scores))
        order = order[scores[order] > 0]
        return Ranking(numbers[order], scores[order])

    def _widening(self, vector: Matrix, k: int, allowed: Mask) -> Ranking:
        """Ask for more until `k` of those returned are allowed, or all were returned."""
        wanted = k * _ROOM
        while True:
            found = self._nearest(vector, wanted)
            kept = allowed[found.numbers]
            if int(kept.sum()) >= k or wanted >= self._size:
                return Ranking(found.numbers[kept][:k], found.scores[kept][:k])
            wanted *= _ROOM


def _client(folder: Path | None, url: str | None) -> Any:
    settings = Settings(anonymized_telemetry=False)
    if url is None:
        return chromadb.PersistentClient(path=str(folder), settings=settings)
    host, _, port = url.removeprefix("http://").removeprefix("https://").rstrip("/").partition(":")
    return chromadb.HttpClient(host, int(port or 8000), ssl=url.startswith("https://"), settings=settings)


def _pages(numbers: Numbers) -> Iterator[Numbers]:
    return (numbers[start : start + _PAGE] for start in range(0, len(numbers), _PAGE))
