"""Files -> an index, with everything reused of the last one that did not change.

Reuse goes by content: a file whose path and blob stand in the old index is not read, cut, tokenised or embedded again.
Rule files name one another, so they are read together when one of them changes. The result equals a build from nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kb.beside import beside
from kb.documents import Document, Finding, KbError, Passage
from kb.fields import embedded_text, term_counts
from kb.index import Index, Manifest, Model, versions
from kb.ports import Embedder, Matrix, Numbers
from kb.postings import Postings
from kb.read import is_rule_file
from kb.segment import Segment

# So many passages to read make a second process worth its start.
_MANY = 2_000
Read = Callable[[Sequence[str]], tuple[list[Document], list[Finding]]]
# Paths of all decisions -> for those that a later one takes back in prose, the path of that one.
Reversed = Callable[[Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Built:
    """A new index and what it cost: documents read again, documents taken over, findings about the ones read."""

    index: Index
    read: int
    reused: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class IndexReport:
    """What building did, for people; `home` holds the generations."""

    home: Path
    revision: str
    documents: int
    passages: int
    copies: int
    read: int
    reused: int
    seconds: float
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Item:
    """A document with the numbers of its passages in the pool."""

    document: Document
    first: int
    count: int


@dataclass(frozen=True, eq=False)
class _Pool:
    """The passages of the old index and of the documents read anew under one numbering, the old ones first."""

    old: Index | None
    fresh: Sequence[Passage]

    @property
    def base(self) -> int:
        return len(self.old.passages) if self.old else 0

    def passage(self, number: int) -> Passage:
        return self.old.passages[number] if self.old and number < self.base else self.fresh[number - self.base]


def build(
    files: Mapping[str, str],
    read: Read,
    embedder: Embedder | None,
    vectors: str,
    old: Index | None,
    reversed_of: Reversed = lambda paths: {},
) -> Built:
    """Make the index of a set of files.

    Args:
        files: blob by path, of every file that may hold knowledge.
        read: turns paths into documents, each with its passages, and findings.
        embedder: None leaves the vector leg out.
        vectors: the kind of vector store, stamped into the manifest.
        old: the index to reuse; ignored where versions or model differ.
        reversed_of: looks at all decisions together; asked only when one of them changed, since it reads them all.

    Raises:
        KbError: the embedder gives numbers that are not finite.
    """
    manifest = Manifest(files, versions(), Model.of(embedder), vectors)
    if old and (old.manifest.versions, old.manifest.model) != (manifest.versions, manifest.model):
        old = None
    copies = _copies(files)
    same_rules = old is not None and _rule_blobs(old.manifest.files) == _rule_blobs(files)
    kept = _kept(old, files, copies, same_rules)
    have = {item.document.path for item in kept}
    fresh, findings = read([p for p in copies if p not in have and not (same_rules and is_rule_file(p))])
    if old is not None and not fresh and len(kept) == len(old.documents) and old.manifest == manifest:
        return Built(old, 0, len(kept), tuple(findings))
    pool = _Pool(old, [passage for document in fresh for passage in document.passages])
    items = [*kept, *_numbered(fresh, pool.base)]
    index = _assemble(manifest, pool, items, lambda: _taken_back(items, old, reversed_of), copies, embedder)
    return Built(index, len(fresh), len(kept), tuple(findings))


def report_of(built: Built, home: Path, warnings: tuple[str, ...], seconds: float) -> IndexReport:
    index = built.index
    return IndexReport(
        home=home,
        revision=index.manifest.revision,
        documents=len(index.documents),
        passages=len(index.passages),
        copies=sum(len(also) for also in {document.path: document.also_at for document in index.documents}.values()),
        read=built.read,
        reused=built.reused,
        seconds=round(seconds, 3),
        findings=built.findings,
        warnings=warnings,
    )


def _copies(files: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The path that stands for each content, shortest first, then by name, with the paths of its copies.

    Text and rule files are told apart: the same bytes mean other things in them.
    """
    by_content: dict[tuple[str, bool], list[str]] = {}
    for path in sorted(files, key=lambda path: (len(path), path)):
        by_content.setdefault((files[path], is_rule_file(path)), []).append(path)
    return {paths[0]: tuple(paths[1:]) for paths in by_content.values()}


def _rule_blobs(files: Mapping[str, str]) -> set[tuple[str, str]]:
    return {(path, blob) for path, blob in files.items() if is_rule_file(path)}


def _kept(
    old: Index | None, files: Mapping[str, str], copies: Mapping[str, tuple[str, ...]], same_rules: bool
) -> list[_Item]:
    """The documents of the old index that still stand as they were."""
    if old is None:
        return []
    return [
        _Item(document, int(start), int(end - start))
        for document, start, end in zip(old.documents, old.starts, old.starts[1:], strict=False)
        if document.path in copies
        and files[document.path] == document.blob
        and (same_rules or not is_rule_file(document.path))
    ]


def _numbered(documents: Sequence[Document], base: int) -> list[_Item]:
    ends = base + np.cumsum([len(document.passages) for document in documents], dtype=np.int64)
    sized = [(document, len(document.passages)) for document in documents]
    return [_Item(document, int(end) - count, count) for (document, count), end in zip(sized, ends, strict=True)]


def _taken_back(items: Sequence[_Item], old: Index | None, reversed_of: Reversed) -> Mapping[str, str | None]:
    """Which later decision takes each back in prose, by path; as before where no decision changed."""
    decisions = {item.document.path: item.document for item in items if item.document.kind == "adr"}
    before = {document.path: document for document in old.documents if document.kind == "adr"} if old else {}
    if {p: d.blob for p, d in decisions.items()} == {p: d.blob for p, d in before.items()}:
        return {path: document.reversed_by for path, document in before.items()}
    return dict(reversed_of(sorted(decisions)))


def _assemble(
    manifest: Manifest,
    pool: _Pool,
    items: Sequence[_Item],
    taken_back: Callable[[], Mapping[str, str | None]],
    copies: Mapping[str, tuple[str, ...]],
    embedder: Embedder | None,
) -> Index:
    """Lay documents, passages and arrays out in the order of path and line; a document without text is left out.

    Half of the time goes into three things that need nothing of each other: prose, postings and vectors.
    """
    many = len(pool.fresh) >= _MANY
    reversals = beside(taken_back, worth=many)
    filled = [item for item in items if item.count]
    lines = {item.first: pool.passage(item.first).line_start for item in filled}
    filled.sort(key=lambda item: (item.document.path, lines[item.first]))
    source = np.concatenate([np.empty(0, np.int64), *(np.arange(i.first, i.first + i.count) for i in filled)])
    segment = beside(lambda: _segment(pool, source), worth=many)
    vectors = _vectors(pool, source, embedder)
    reversed_by = reversals()
    return Index(
        manifest=manifest,
        documents=tuple(_listed(item.document, copies, reversed_by) for item in filled),
        passages=[pool.passage(int(number)) for number in source],
        starts=np.cumsum([0, *(item.count for item in filled)], dtype=np.int64),
        segment=segment(),
        vectors=vectors,
    )


def _listed(
    document: Document, copies: Mapping[str, tuple[str, ...]], reversed_by: Mapping[str, str | None]
) -> Document:
    """A document as an index lists it."""
    path = document.path
    return replace(document, passages=(), also_at=copies[path], reversed_by=reversed_by.get(path))


def _segment(pool: _Pool, source: Numbers) -> Segment:
    postings = Postings(pool.old.segment if pool.old else None)
    for number in np.setdiff1d(np.arange(pool.base), source):
        postings.remove(int(number))
    for number, passage in enumerate(pool.fresh, start=pool.base):
        postings.add(number, term_counts(passage))
    renumber = np.full(pool.base + len(pool.fresh), -1, np.int64)
    renumber[source] = np.arange(len(source))
    return postings.segment(renumber)


def _vectors(pool: _Pool, source: Numbers, embedder: Embedder | None) -> Matrix | None:
    if embedder is None:
        return None
    new = embedder.embed([embedded_text(passage) for passage in pool.fresh])
    if not np.isfinite(new).all():
        raise KbError(f"embedder {embedder.name} {embedder.revision} gives vectors that are no numbers; train it anew")
    if pool.old is None or pool.old.vectors is None:
        return new[source]
    return np.concatenate([pool.old.vectors, new])[source]
