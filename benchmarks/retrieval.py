"""Measure retrieval, each leg alone and fused, per language and type of question: `python -m benchmarks.retrieval`.

Sets: `onboarding`, this repository's dev split; with SHARED_DATA `eco2`, 40 labelled questions on 621 real documents,
and `titles` and `adrs`, where a document's title is the question and is taken out of its text. "kb search" is the whole
way, links between records counted. Intervals are of a bootstrap over questions. Then: how well `answer_score` separates
questions that have an answer from chit-chat and from the titles of foreign decisions.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb import app, files
from kb.adapters.choose import embedder as load_embedder
from kb.adapters.exact import ExactVectors
from kb.answerable import THRESHOLD
from kb.build import build
from kb.documents import Document
from kb.fuse import reciprocal
from kb.places import blobs
from kb.ports import Embedder, Ranking
from kb.postings import Postings
from kb.search import DEPTH, Engine, Request
from kb.workspace import Options

REPOSITORY = Path(__file__).resolve().parents[1]
MODELS = REPOSITORY / "kb" / "models"
CUT = 10
RESAMPLES = 2_000
NEGATIVES = 300
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """`relevant` paths answer it; none of `not_first` may come first."""

    text: str
    language: str
    type: str
    relevant: frozenset[str]
    not_first: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Task:
    """Questions on the documents of an engine; `is_whole` when the documents are as they are in use."""

    name: str
    engine: Engine
    questions: Sequence[Question]
    is_whole: bool = False


def main(words: Sequence[str] | None = None) -> None:
    """Print one table a set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embedder", default="eco2-static-16k", help="as in kb.toml")
    parser.add_argument("--weight", type=float, default=Options().lexical_weight, help="of the lexical leg")
    parser.add_argument("--set", action="append", help="eco2, titles, adrs, onboarding; default: all that are there")
    options = parser.parse_args(words)
    model, warnings = load_embedder(options.embedder, MODELS)
    _say("".join(f"warning: {warning}\n" for warning in warnings))
    shared = Path(os.environ["SHARED_DATA"]) if os.environ.get("SHARED_DATA") else None
    tasks = [task for task in _tasks(shared, model, options.weight) if not options.set or task.name in options.set]
    for task in tasks:
        _table(task)
    if shared:
        _separation(tasks, shared)


def _tasks(shared: Path | None, model: Embedder | None, weight: float) -> Iterator[Task]:
    onboarding = REPOSITORY / "datasets" / "onboarding" / "dev.jsonl"
    if onboarding.exists():
        yield Task("onboarding", _engine(_documents(REPOSITORY), model, weight), _labelled(onboarding), True)
    if shared is None:
        _say("SHARED_DATA is not set: the sets eco2, titles and adrs are left out\n")
        return
    documents = _documents(shared / "eco2_docs" / "files")
    questions = _labelled(shared / "eco2_docs" / "dev_queries.jsonl")
    yield Task("eco2", _engine(documents, model, weight), questions, True)
    for name, found in (("titles", documents), ("adrs", _documents(shared / "adr"))):
        yield Task(name, _engine([_untitled(document) for document in found], model, weight), _titles(found))


def _documents(root: Path) -> list[Document]:
    """Every document of a workspace, identical copies once, as `kb index` has it."""
    workspace = app.open_workspace(root, {})
    by_blob: dict[str, list[str]] = {}
    for path, blob in sorted(blobs(workspace).items(), key=lambda item: (len(item[0]), item[0])):
        by_blob.setdefault(blob, []).append(path)
    copies = {paths[0]: tuple(paths[1:]) for paths in by_blob.values()}
    found = app.contents(workspace).documents
    return [replace(document, also_at=copies[document.path]) for document in found if document.path in copies]


def _engine(documents: Sequence[Document], model: Embedder | None, weight: float) -> Engine:
    stamped = {document.path: files.blob(document.path.encode()) for document in documents}
    built = build(stamped, lambda _: (list(documents), []), model, "exact", None).index
    also = {document.path: document.also_at for document in documents}
    index = replace(built, documents=tuple(replace(d, also_at=also[d.path]) for d in built.documents))
    vectors = None if index.vectors is None else ExactVectors(index.vectors)
    return Engine(index, Postings(index.segment), vectors, model, lexical_weight=weight)


def _labelled(file: Path) -> list[Question]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [_question(row) for row in rows if row["relevant"]]


def _question(row: dict[str, Any]) -> Question:
    paths = (frozenset(row.get(key, ())) for key in ("relevant", "not_first"))
    return Question(row["query"], row["lang"], row["type"], *paths)


def _titles(documents: Sequence[Document]) -> list[Question]:
    titles = [document.title for document in documents]
    return [
        Question(title, "ko" if any("가" <= c <= "힣" for c in title) else "en", "title", frozenset({document.path}))
        for document, title in zip(documents, titles, strict=True)
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


def _table(task: Task) -> None:
    legs = _ranks(task)
    groups = _groups(task.questions)
    passages = len(task.engine.index.passages)
    _say(f"\n{task.name}: {len(task.questions)} questions, {passages:,} passages; MRR@{CUT} [95%]  hit@1  hit@5\n")
    _say(f"{'':<20}" + "".join(f"{name:<34}" for name in legs) + "\n")
    for group, members in groups.items():
        cells = "".join(f"{_cell(ranks[members]):<34}" for ranks in legs.values())
        _say(f"{group + f' ({len(members)})':<20}{cells}\n")
    if watched := [question for question in task.questions if question.not_first]:
        stale = sum(_found(task.engine, question.text)[0] in question.not_first for question in watched)
        _say(f"a replaced record first: {stale} of {len(watched)}\n")


def _ranks(task: Task) -> dict[str, Values]:
    """The rank of the first right document of each question, by system; infinite where none is among the first ten."""
    engine = task.engine
    systems: dict[str, Callable[[str], Sequence[str]]] = {
        "lexical": lambda text: _paths(engine, engine.see(text, None, DEPTH).lexical),
        "vector": lambda text: _paths(engine, engine.see(text, None, DEPTH).vector),
        "rrf": lambda text: _paths(engine, _rrf(engine, text)),
        "fused": lambda text: _paths(engine, engine.fused(engine.see(text, None, DEPTH))),
    }
    if task.is_whole:
        systems["kb search"] = lambda text: _found(engine, text)
    by_path = {document.path: {document.path, *document.also_at} for document in engine.index.documents}
    return {
        name: np.array([_rank([by_path[path] for path in ask(q.text)], q.relevant) for q in task.questions])
        for name, ask in systems.items()
    }


def _paths(engine: Engine, found: Ranking) -> list[str]:
    ordered = (engine.index.documents[item.document].path for item in engine.by_document(found))
    return list(dict.fromkeys(ordered))[:CUT]


def _rrf(engine: Engine, text: str) -> Ranking:
    seen = engine.see(text, None, DEPTH)
    return reciprocal([seen.lexical, seen.vector])


def _found(engine: Engine, text: str) -> list[str]:
    hits = engine.search(Request(text, CUT), lambda _: False).hits
    return list(dict.fromkeys(hit.passage.path for hit in hits))


def _rank(found: Iterable[set[str]], relevant: frozenset[str]) -> float:
    return next((rank for rank, paths in enumerate(found, start=1) if paths & relevant), np.inf)


def _groups(questions: Sequence[Question]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {"all": list(range(len(questions)))}
    for key in ("language", "type"):
        for number, question in enumerate(questions):
            groups.setdefault(getattr(question, key), []).append(number)
    return {name: members for name, members in groups.items() if name != "title"}


def _cell(ranks: Values) -> str:
    reciprocal_ranks = 1 / ranks
    chance = np.random.default_rng(0)
    means = chance.choice(reciprocal_ranks, (RESAMPLES, len(ranks))).mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    hits = f"{np.mean(ranks <= 1):.2f}  {np.mean(ranks <= 5):.2f}"
    return f"{reciprocal_ranks.mean():.3f} [{low:.3f}, {high:.3f}]  {hits}"


def _separation(tasks: Sequence[Task], shared: Path) -> None:
    """Compare answer scores of a set's own questions with those of chit-chat and of foreign decisions' titles."""
    foreign = [question.text for task in tasks if task.name == "adrs" for question in task.questions]
    for task in (task for task in tasks if task.name in {"eco2", "onboarding"}):
        own = _scores(task.engine, (question.text for question in task.questions))
        for name, texts in (("chit-chat", _chat(shared)), ("titles of foreign decisions", foreign)):
            if not texts:
                continue
            negatives = _scores(task.engine, texts)
            area = np.mean(own[:, None] > negatives[None, :])
            kept, wrong = np.mean(own >= THRESHOLD), np.mean(negatives >= THRESHOLD)
            _say(f"answerable, {task.name} against {name}: AUC {area:.3f}; called so {kept:.2f} / {wrong:.2f}\n")


def _chat(shared: Path) -> list[str]:
    file = next((shared / "chitchat_ko").glob("*.csv"))
    rows = [line.split(",")[0] for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    return random.Random(0).sample(rows, NEGATIVES)


def _scores(engine: Engine, texts: Iterable[str]) -> Values:
    return np.array([engine.search(Request(text, 1), lambda _: False).answer_score for text in texts])


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
