"""Measure retrieval, each leg alone and fused, per language and type of question: `python -m benchmarks.retrieval`.

The sets are those of benchmarks/question_sets.py. Columns: the lexical leg with the question's own terms, the same with
glossary and translations, the vector leg, both fused passage by passage, with the evidence of whole documents, and "kb
search", the whole way, links between records counted. Intervals are of a bootstrap over questions. --levers takes one
thing away at a time; --nested chooses the numbers of `kb.rank.Tuning` on some of the questions and scores the others.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.console import say, shared_data
from benchmarks.question_sets import REPOSITORY, Question, QuestionSet, question_sets
from kb import files
from kb.adapters import choose
from kb.adapters.exact import ExactVectors
from kb.build import build
from kb.documents import Document
from kb.fuse import reciprocal
from kb.glossary import is_term
from kb.index import Index
from kb.legs import Seen
from kb.ports import Embedder, Ranking
from kb.postings import Postings
from kb.rank import DEFAULTS, Tuning, by_document
from kb.search import DEPTH, Engine, Request
from kb.translations import NOTHING, Translations
from kb.workspace import Options

MODELS = REPOSITORY / "kb" / "models"
CUT = 10
RESAMPLES = 2_000
FOLDS = 5
Values = NDArray[np.float64]
PLAIN = replace(DEFAULTS, document_words=0.0, document_meaning=0.0)


@dataclass(frozen=True, eq=False)
class Task:
    """A set of questions with the index of its documents and what an engine over it is made of."""

    questions: QuestionSet
    index: Index
    model: Embedder | None
    translations: Translations

    def engine(self, tuning: Tuning = DEFAULTS, *, translations: Translations | None = None) -> Engine:
        vectors = None if self.index.vectors is None else ExactVectors(self.index.vectors)
        table = self.translations if translations is None else translations
        segment = Postings(self.index.segment)
        return Engine(self.index, segment, vectors, self.model, translations=table, tuning=tuning)

    def whole_way(self, engine: Engine) -> Callable[[str], Sequence[str]]:
        """The last column of the set's table: links between records count only where documents are as in use."""
        ask = _found if self.questions.is_whole else _documents
        return lambda text: ask(engine, text)

    def ranks(self, ask: Callable[[str], Sequence[str]]) -> Values:
        """The rank of the first right document of each question; infinite where none is among the first ten."""
        by_path = {document.path: {document.path, *document.also_at} for document in self.index.documents}
        asked = self.questions.answered
        return np.array([_rank([by_path[path] for path in ask(q.text)], q.relevant) for q in asked])


def main(words: Sequence[str] | None = None) -> None:
    """Print one table a set."""
    options = _parser().parse_args(words)
    model, warnings = choose.embedder(options.embedder, MODELS)
    say("".join(f"warning: {warning}\n" for warning in warnings))
    shared = shared_data()
    if shared is None:
        say("SHARED_DATA is not set: every set but onboarding is left out\n")
    chosen = [found for found in question_sets(shared) if not options.set or found.name in options.set]
    tasks = [task_of(found, model, choose.translations(options.translations, MODELS)) for found in chosen]
    show = _levers if options.levers else _nested if options.nested else _tables
    show(tasks)


def task_of(questions: QuestionSet, model: Embedder | None, table: Translations, glossary: bool = True) -> Task:
    """Index the documents of a set."""
    documents = [document for document in questions.documents if glossary or not is_term(document)]
    stamped = {document.path: files.blob(document.path.encode()) for document in documents}
    built = build(stamped, lambda _: (list(documents), []), model, "exact", None).index
    marks = {document.path: (document.also_at, document.reversed_by) for document in documents}
    index = replace(built, documents=tuple(_marked(d, *marks[d.path]) for d in built.documents))
    return Task(questions, index, model, table)


def _marked(document: Document, also_at: tuple[str, ...], reversed_by: str | None) -> Document:
    return replace(document, also_at=also_at, reversed_by=reversed_by)


def systems(task: Task) -> dict[str, Callable[[str], Sequence[str]]]:
    """The ways of answering that are compared: a question -> paths, best first."""
    own, plain, whole = task.engine(PLAIN, translations=NOTHING), task.engine(PLAIN), task.engine()
    found: dict[str, Callable[[str], Sequence[str]]] = {
        "own words": lambda text: _paths(own, _seen(own, text).lexical),
        "lexical": lambda text: _paths(plain, _seen(plain, text).lexical),
        "vector": lambda text: _paths(plain, _seen(plain, text).similar),
        "rrf": lambda text: _paths(plain, _rrf(plain, text)),
        "fused": lambda text: _paths(plain, plain.fused(_seen(plain, text))),
        "documents": lambda text: _documents(whole, text),
    }
    if task.questions.is_whole:
        found["kb search"] = lambda text: _found(whole, text)
    return found


def _tables(tasks: Iterable[Task]) -> None:
    for task in tasks:
        ranks = {name: task.ranks(ask) for name, ask in systems(task).items()}
        _heading(task, ranks)
        for group, members in _groups(task.questions.answered).items():
            cells = "".join(f"{_cell(found[members]):<34}" for found in ranks.values())
            say(f"{f'{group} ({len(members)})':<20}{cells}\n")
        if watched := [question for question in task.questions.answered if question.not_first]:
            engine = task.engine()
            stale = sum(not question.not_first.isdisjoint(_found(engine, question.text)[:1]) for question in watched)
            say(f"a replaced record first: {stale} of {len(watched)}\n")


def _levers(tasks: Sequence[Task]) -> None:
    """MRR with each lever taken away, and the difference to all of them with its interval."""
    for task in tasks:
        whole = _values(task, task.engine())
        say(f"\n{task.questions.name}: {len(whole)} questions; MRR@{CUT} {whole.mean():.3f} with everything; without\n")
        for name, engine in _without(task):
            less = _values(task, engine)
            low, high = _interval(less - whole)
            say(f"  {name:<28}{less.mean():.3f}  {(less - whole).mean():+.3f} [{low:+.3f}, {high:+.3f}]\n")


def _without(task: Task) -> Iterator[tuple[str, Engine]]:
    bare = task_of(task.questions, task.model, task.translations, glossary=False)
    words_alone = replace(task.index, vectors=None)
    yield "translations", task.engine(translations=NOTHING)
    yield "glossary", bare.engine()
    yield "vector leg", Engine(words_alone, Postings(task.index.segment), None, None, translations=task.translations)
    yield "lexical leg", task.engine(replace(DEFAULTS, lexical_weight=0.0, document_words=0.0))
    yield "words of whole documents", task.engine(replace(DEFAULTS, document_words=0.0))
    yield "meaning of whole documents", task.engine(replace(DEFAULTS, document_meaning=0.0))
    yield "further passages", task.engine(replace(DEFAULTS, further_passages=0.0))
    yield "weights and quotas", task.engine(replace(DEFAULTS, weights=(), quotas=()))
    yield "scores (rrf)", task.engine(replace(DEFAULTS, fusion="rrf"))


def _nested(tasks: Sequence[Task]) -> None:
    """Choose the tuning on four folds of all questions, score the fifth; beside it the shipped tuning."""
    grid = [
        replace(DEFAULTS, lexical_weight=weight, document_words=words, document_meaning=meaning)
        for weight in (0.5, 0.6, 0.7)
        for words in (0.0, 0.2, 0.4, 0.6)
        for meaning in (0.0, 0.2, 0.4, 0.6)
    ]
    scores = [
        np.concatenate([1 / task.ranks(task.whole_way(task.engine(tuning))) for task in tasks]) for tuning in grid
    ]
    share = np.concatenate([np.full(len(task.questions.answered), 1 / len(task.questions.answered)) for task in tasks])
    fold = np.random.default_rng(0).permutation(len(share)) % FOLDS
    chosen = [
        max(grid, key=lambda t: float((scores[grid.index(t)] * share)[fold != part].sum())) for part in range(FOLDS)
    ]
    held = np.array([scores[grid.index(chosen[part])][place] for place, part in enumerate(fold)])
    shipped = scores[grid.index(DEFAULTS)]
    for tuning in dict.fromkeys(chosen):
        say(f"chosen {chosen.count(tuning)} times: {tuning}\n")
    start = 0
    for task in tasks:
        part = slice(start, start := start + len(task.questions.answered))
        low, high = _interval(held[part])
        say(f"{task.questions.name:<14}{held[part].mean():.3f} [{low:.3f}, {high:.3f}] chosen, never seen; ")
        say(f"{shipped[part].mean():.3f} as shipped\n")


def _values(task: Task, engine: Engine) -> Values:
    """The reciprocal rank of each question, the whole way."""
    values: Values = 1 / task.ranks(task.whole_way(engine))
    return values


def _seen(engine: Engine, text: str) -> Seen:
    return engine.legs.see(text, None, DEPTH)


def _paths(engine: Engine, found: Ranking) -> list[str]:
    ranked = by_document(found, engine.legs.document_of)
    return list(dict.fromkeys(engine.index.documents[place].path for place in ranked.numbers.tolist()))[:CUT]


def _rrf(engine: Engine, text: str) -> Ranking:
    seen = _seen(engine, text)
    return reciprocal([seen.lexical, seen.similar])


def _documents(engine: Engine, text: str) -> list[str]:
    seen = _seen(engine, text)
    ranked = engine.by_document(engine.fused(seen), seen)
    return list(dict.fromkeys(engine.index.documents[place].path for place in ranked.numbers.tolist()))[:CUT]


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


def _heading(task: Task, columns: Iterable[str]) -> None:
    count, passages = len(task.questions.answered), len(task.index.passages)
    say(f"\n{task.questions.name}: {count} questions, {passages:,} passages; MRR@{CUT} [95%]  hit@1  hit@5\n")
    say(f"{'':<20}" + "".join(f"{name:<34}" for name in columns) + "\n")


def _cell(ranks: Values) -> str:
    low, high = _interval(1 / ranks)
    return f"{(1 / ranks).mean():.3f} [{low:.3f}, {high:.3f}]  {np.mean(ranks <= 1):.2f}  {np.mean(ranks <= 5):.2f}"


def _interval(values: Values) -> tuple[float, float]:
    """95% of a bootstrap of the mean over questions."""
    means = np.random.default_rng(0).choice(values, (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embedder", default=Options().embedder, help="as in kb.toml")
    parser.add_argument("--translations", default=Options().translations, help="as in kb.toml")
    parser.add_argument("--set", action="append", help="a name; may be repeated; default: all that are there")
    parser.add_argument("--levers", action="store_true", help="take one thing away at a time")
    parser.add_argument("--nested", action="store_true", help="choose the tuning on other questions than are scored")
    return parser


if __name__ == "__main__":
    main()
