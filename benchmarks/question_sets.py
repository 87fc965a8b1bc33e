"""Questions with the documents that answer them, on the documents of an engine: what benchmarks/retrieval.py measures.

`onboarding`: this repository's dev split. With SHARED_DATA, on 621 real documents of a Korean backend: `eco2`, 40
questions, and `eco2-own`, 90 that we wrote; on 150 decision records of four projects: `adr-own`, 110 that we wrote,
half Korean, and `adr-korean`, 68 Korean ones made from titles. `eco2-titles` and `adr-titles`: a document's title is
the question and is taken out of its text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kb import app
from kb.documents import Document
from kb.places import blobs

REPOSITORY = Path(__file__).resolve().parents[1]
_OWN = REPOSITORY / "datasets" / "retrieval"


@dataclass(frozen=True)
class Question:
    """`relevant` paths answer it, none where nothing does; none of `not_first` may come first."""

    text: str
    language: str
    type: str
    relevant: frozenset[str]
    not_first: frozenset[str] = frozenset()


@dataclass(frozen=True)
class QuestionSet:
    """Questions on documents; `is_whole` when the documents are as they are in use, links between them counted."""

    name: str
    documents: Sequence[Document]
    questions: Sequence[Question]
    is_whole: bool = True

    @property
    def answered(self) -> list[Question]:
        return [question for question in self.questions if question.relevant]

    @property
    def unanswered(self) -> list[Question]:
        return [question for question in self.questions if not question.relevant]


def question_sets(shared: Path | None) -> Iterator[QuestionSet]:
    """All sets that are there; `shared` is the folder of the public data."""
    yield QuestionSet("onboarding", documents(REPOSITORY), labelled(REPOSITORY / "datasets/onboarding/dev.jsonl"))
    if shared is None:
        return
    backend, records = documents(shared / "eco2_docs" / "files"), documents(shared / "adr")
    yield QuestionSet("eco2", backend, labelled(shared / "eco2_docs" / "dev_queries.jsonl"))
    yield QuestionSet("eco2-own", backend, labelled(_OWN / "eco2_docs.jsonl"))
    yield QuestionSet("adr-own", records, labelled(_OWN / "foreign_adr.jsonl"))
    yield QuestionSet("adr-korean", records, labelled(_OWN / "korean_titles_english_adr.jsonl"))
    for name, found in (("eco2-titles", backend), ("adr-titles", records)):
        yield QuestionSet(name, [_untitled(document) for document in found], _titles(found), is_whole=False)


def documents(root: Path) -> list[Document]:
    """Every document of a workspace, identical copies once, as `kb index` has it."""
    workspace = app.open_workspace(root, {})
    by_blob: dict[str, list[str]] = {}
    for path, blob in sorted(blobs(workspace).items(), key=lambda item: (len(item[0]), item[0])):
        by_blob.setdefault(blob, []).append(path)
    copies = {paths[0]: tuple(paths[1:]) for paths in by_blob.values()}
    found = [document for document in app.contents(workspace).documents if document.path in copies]
    taken_back = app.reversals_in(workspace, [document.path for document in found if document.kind == "adr"])
    return [replace(d, also_at=copies[d.path], reversed_by=taken_back.get(d.path)) for d in found]


def labelled(file: Path) -> list[Question]:
    """Read a file of questions, one JSON object a line."""
    return [_question(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _question(row: dict[str, Any]) -> Question:
    paths = (frozenset(row.get(key, ())) for key in ("relevant", "not_first"))
    return Question(row["query"], row.get("lang", "ko"), row.get("type", "title"), *paths)


def _titles(found: Sequence[Document]) -> list[Question]:
    titles = [document.title for document in found]
    return [
        Question(title, "ko" if any("가" <= c <= "힣" for c in title) else "en", "title", frozenset({document.path}))
        for document, title in zip(found, titles, strict=True)
        if titles.count(title) == 1 and document.kind != "skill"
    ]


def _untitled(document: Document) -> Document:
    def without(text: str | None) -> str | None:
        return None if text is None else text.replace(document.title, "")

    passages = [
        replace(p, path="x.md", title="", text=without(p.text) or "", indexed=without(p.indexed))
        for p in document.passages
    ]
    return replace(document, title="", passages=tuple(passages))
