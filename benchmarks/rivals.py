"""Time each leg of an index and other engines on the same passages, terms and vectors, asked for what is accepted.

rank-bm25 knows no filter, so its scores are masked as ours are. bm25s takes a mask that sets scores to 0, FTS5 and
Chroma filter by a column or a field of their own.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import chromadb
import numpy as np
from chromadb.config import Settings
from rank_bm25 import BM25Okapi

from benchmarks.asking import ACCEPTED, WARM_UP, K, Timing, opened, timed
from kb.adapters import choose
from kb.adapters.exact import ExactVectors
from kb.fields import term_counts
from kb.index import Index
from kb.ports import Mask, Matrix, best
from kb.postings import Postings
from kb.settings import MODELS
from kb.tokens import query_terms
from kb.workspace import Options

_PAGE = 5_000


@dataclass(frozen=True, eq=False)
class Corpus:
    """The passages of an index as terms and vectors, and which of them are accepted."""

    terms: Sequence[Sequence[str]]
    vectors: Matrix
    accepted: Mask


@dataclass(frozen=True)
class Asked:
    """A question as terms and as a vector."""

    terms: tuple[str, ...]
    vector: Matrix


@dataclass(frozen=True)
class Rival:
    """An engine, filled: `ask` answers with the numbers of passages, best first; `leg`: what it stands beside."""

    name: str
    leg: str
    ask: Callable[[Asked], Sequence[int]]
    is_filtered: bool = True


def compare(workspace: Path, questions: Sequence[str], with_rivals: bool) -> tuple[Timing, ...]:
    """Time each leg, and each rival, alone on the same passages, terms and vectors."""
    embedder, _ = choose.embedder(Options().embedder, MODELS)
    if embedder is None:
        raise FileNotFoundError(f"no weights below {MODELS}; check out the whole repository")
    asked = [Asked(tuple(query_terms(text)), embedder.embed([text])[0]) for text in questions]
    index = opened(workspace).engine.index
    corpus = _corpus_of(index)
    own = _legs(index, corpus, asked)
    return (*own, *_rivals(corpus, asked)) if with_rivals else own


def _legs(index: Index, corpus: Corpus, asked: Sequence[Asked]) -> tuple[Timing, ...]:
    words, vectors = Postings(index.segment), ExactVectors(corpus.vectors)
    return (
        timed("lexical leg alone", lambda each: words.search(each.terms, K, corpus.accepted), asked),
        timed("vector leg alone", lambda each: vectors.search(each.vector, K, corpus.accepted), asked),
    )


def _rivals(corpus: Corpus, asked: Sequence[Asked]) -> tuple[Timing, ...]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return tuple(_beside(fill(), corpus, asked) for fill in _engines(corpus, Path(folder)))


def _beside(rival: Rival, corpus: Corpus, asked: Sequence[Asked]) -> Timing:
    wrong = sum(_not_asked_for(rival, corpus, asked[:WARM_UP])) if rival.is_filtered else 0
    note = f"{wrong} of {K * WARM_UP} passages are not accepted" if wrong else ""
    return timed(rival.name, rival.ask, asked, f"{rival.leg} leg alone", note)


def _not_asked_for(rival: Rival, corpus: Corpus, asked: Iterable[Asked]) -> list[int]:
    """Of each question, how many of the passages that came back the filter should have held back."""
    return [sum(not corpus.accepted[number] for number in rival.ask(each)) for each in asked]


def _corpus_of(index: Index) -> Corpus:
    """Every passage with the terms that `kb.tokens` makes of it and its headings."""
    if index.vectors is None:
        raise ValueError("the index has no vectors; build it with an embedder")
    of = np.repeat(np.arange(len(index.documents)), np.diff(index.starts))
    accepted = np.array([document.status == ACCEPTED for document in index.documents])[of]
    words = [list(term_counts(passage).elements()) for passage in index.passages]
    return Corpus(words, np.asarray(index.vectors), accepted)


def _engines(corpus: Corpus, folder: Path) -> Iterator[Callable[[], Rival]]:
    """What fills each engine, one after the other, since together they need much memory.

    Args:
        corpus: what they are filled with.
        folder: an empty one, for those that write.
    """
    yield lambda: _rank_bm25(corpus)
    yield lambda: _bm25s(corpus)
    yield lambda: _fts5(corpus)
    store = _chroma(corpus, folder)
    yield lambda: _of_chroma("Chroma, filtered", store, {"status": ACCEPTED})
    yield lambda: _of_chroma("Chroma, no filter", store, None)


def _rank_bm25(corpus: Corpus) -> Rival:
    engine = BM25Okapi(corpus.terms)

    def ask(asked: Asked) -> Sequence[int]:
        found: list[int] = best(engine.get_scores(list(asked.terms)), K, corpus.accepted).numbers.tolist()
        return found

    return Rival("rank-bm25", "lexical", ask)


def _bm25s(corpus: Corpus) -> Rival:
    engine = bm25s.BM25(backend="numpy")
    engine.index(list(corpus.terms), show_progress=False)
    weights = corpus.accepted.astype(np.float32)

    def ask(asked: Asked) -> Sequence[int]:
        found, _ = engine.retrieve([list(asked.terms)], k=K, weight_mask=weights, show_progress=False)
        return [int(number) for number in found[0]]

    return Rival("bm25s", "lexical", ask)


def _fts5(corpus: Corpus) -> Rival:
    # Terms are made by us, so SQLite has only to split at blanks; what it takes for punctuation is spelled out.
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE passages USING fts5(body, status UNINDEXED)")
    rows = (
        (" ".join(map(_spelled, words)), ACCEPTED if accepted else "superseded")
        for words, accepted in zip(corpus.terms, corpus.accepted.tolist(), strict=True)
    )
    base.executemany("INSERT INTO passages VALUES (?, ?)", rows)
    base.commit()
    query = "SELECT rowid FROM passages WHERE passages MATCH ? AND status = 'accepted' ORDER BY rank LIMIT ?"

    def ask(asked: Asked) -> Sequence[int]:
        words = " OR ".join(f'"{_spelled(term)}"' for term in dict.fromkeys(asked.terms))
        return [row[0] - 1 for row in base.execute(query, (words, K))] if words else []

    return Rival("SQLite FTS5", "lexical", ask)


def _spelled(term: str) -> str:
    return "".join(letter if letter.isalnum() else f"x{ord(letter):x}x" for letter in term)


def _chroma(corpus: Corpus, folder: Path) -> Any:
    client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    store = client.create_collection("passages", embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
    for start in range(0, len(corpus.vectors), _PAGE):
        page = slice(start, start + _PAGE)
        status = [{"status": ACCEPTED if accepted else "superseded"} for accepted in corpus.accepted[page].tolist()]
        ids = [str(start + number) for number in range(len(status))]
        store.add(ids=ids, embeddings=corpus.vectors[page], metadatas=list(status))
    return store


def _of_chroma(name: str, store: Any, where: Mapping[str, str] | None) -> Rival:
    def ask(asked: Asked) -> Sequence[int]:
        found = store.query(query_embeddings=[asked.vector], n_results=K, where=where, include=[])
        return [int(number) for number in found["ids"][0]]

    return Rival(name, "vector", ask, where is not None)
