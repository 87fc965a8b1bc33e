"""Measure when `kb search` should say that it does not know: `python -m benchmarks.abstention`.

Questions that a document answers against two kinds that none does: questions on a neighbouring subject, written for
the same documents, and Korean chit-chat (with SHARED_DATA). Printed: how well the score separates them (AUC), what is
called answerable at the shipped threshold, the risk–coverage curve, and the logistic regression that `kb.answerable`
rounds, fitted on all other sets than the one it is judged on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.console import say, shared_data
from benchmarks.question_sets import question_sets
from benchmarks.retrieval import MODELS, Task, task_of
from kb.adapters import choose
from kb.answerable import THRESHOLD
from kb.coverage import covered
from kb.search import DEPTH, Engine, Request
from kb.workspace import Options

CHITCHAT = 150
_MOST_WORDS = 12
_STEPS = 4_000
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Judged:
    """One question: what `kb.answerable` is told, its score, and whether something answers it."""

    set: str
    kind: str
    features: tuple[float, float, float]
    score: float

    @property
    def is_answered(self) -> bool:
        return self.kind == "answered"


def main() -> None:
    """Print one block a set, then the curve, then the regression."""
    shared = shared_data()
    rows = list(_judged(shared))
    for name in dict.fromkeys(row.set for row in rows):
        _block(name, [row for row in rows if row.set == name])
    _curve(rows)
    _regression(rows)


def _judged(shared: Path | None) -> Iterator[Judged]:
    model, _ = choose.embedder(Options().embedder, MODELS)
    table = choose.translations(Options().translations, MODELS)
    chat = _chat(shared) if shared else []
    for questions in (found for found in question_sets(shared) if found.is_whole):
        task = task_of(questions, model, table)
        texts = [("answered", q.text) for q in questions.answered] + [
            ("neighbour", q.text) for q in questions.unanswered
        ]
        for kind, text in [*texts, *(("chit-chat", line) for line in chat)]:
            yield _judge(task, task.engine(), kind, text)


def _judge(task: Task, engine: Engine, kind: str, text: str) -> Judged:
    seen = engine.legs.see(text, None, DEPTH)
    fused = engine.fused(seen)
    found = engine.search(Request(text, 1), lambda _: False)
    if not len(fused):
        return Judged(task.questions.name, kind, (0.0, 0.0, 0.0), 0.0)
    best = int(fused.numbers[0])
    words = engine.legs.words_held(seen.asked, best)
    similarity = max(seen.legs(best)[1] or 0.0, 0.0)
    features = covered(words), log2(1 + min(len(words), _MOST_WORDS)), similarity
    return Judged(task.questions.name, kind, features, found.answer_score)


def _chat(shared: Path) -> list[str]:
    file = next((shared / "chitchat_ko").glob("*.csv"))
    rows = [line.split(",")[0] for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    return random.Random(1).sample(rows, CHITCHAT)


def _block(name: str, rows: Sequence[Judged]) -> None:
    own = _scores(rows, "answered")
    for kind in ("neighbour", "chit-chat"):
        none = _scores(rows, kind)
        if len(none):
            told = f"called answerable {np.mean(own >= THRESHOLD):.2f} / {np.mean(none >= THRESHOLD):.2f}"
            say(f"{name:<12}{len(own):>4} answered, {len(none):>4} {kind:<10}AUC {_area(own, none):.3f}  {told}\n")


def _curve(rows: Sequence[Judged]) -> None:
    """Of the questions that are answered at a threshold, the share that nothing answers; chit-chat left out."""
    asked = [row for row in rows if row.kind != "chit-chat"]
    base = np.mean([not row.is_answered for row in asked])
    say(f"\nrisk and coverage over {len(asked)} questions, {base:.3f} of them unanswerable\n")
    say("threshold  coverage  risk   answered kept\n")
    for threshold in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        kept = [row for row in asked if row.score >= threshold]
        risk = np.mean([not row.is_answered for row in kept]) if kept else 0.0
        own = np.mean([row.score >= threshold for row in asked if row.is_answered])
        say(f"{threshold:>9.1f}{len(kept) / len(asked):>10.2f}{risk:>7.3f}{own:>9.2f}\n")


def _regression(rows: Sequence[Judged]) -> None:
    """Fit on all sets but one, judge that one; then on all, which is what ships, rounded and shifted."""
    say("\nleft out     AUC against neighbours, chit-chat\n")
    for name in dict.fromkeys(row.set for row in rows):
        others, own = [row for row in rows if row.set != name], [row for row in rows if row.set == name]
        if not others:
            continue
        judge, _ = _fitted(others)
        areas = [_area(judge(own, "answered"), judge(own, kind)) for kind in ("neighbour", "chit-chat")]
        say(f"{name:<12} " + ", ".join(f"{area:.3f}" for area in areas) + "\n")
    _, weights = _fitted(rows)
    say("covered {:.2f}, length {:.2f}, similar {:.2f}, bias {:.2f}\n".format(*weights))


def _fitted(rows: Sequence[Judged]) -> tuple[Callable[[Sequence[Judged], str], Values], Values]:
    """A logistic regression in which answered, neighbouring and chit-chat questions weigh 1, .5 and .5 together."""
    features, labels = _matrix(rows), np.array([row.is_answered for row in rows], float)
    share = {"answered": 1.0, "neighbour": 0.5, "chit-chat": 0.5}
    counts = {kind: max(sum(row.kind == kind for row in rows), 1) for kind in share}
    mass = np.array([share[row.kind] / counts[row.kind] for row in rows])
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    design = np.c_[(features - mean) / spread, np.ones(len(rows))]
    beta = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-design @ beta))
        beta -= 0.3 * (design.T @ (mass * (chance - labels)) / mass.sum() + 1e-3 * np.r_[beta[:-1], 0])
    weights = np.r_[beta[:-1] / spread, beta[-1] - (beta[:-1] * mean / spread).sum()]

    def judge(asked: Sequence[Judged], kind: str) -> Values:
        chosen = [row for row in asked if row.kind == kind]
        found: Values = _matrix(chosen) @ weights[:-1] + weights[-1] if chosen else np.empty(0)
        return found

    return judge, weights


def _matrix(rows: Sequence[Judged]) -> Values:
    return np.array([row.features for row in rows], np.float64)


def _scores(rows: Sequence[Judged], kind: str) -> Values:
    return np.array([row.score for row in rows if row.kind == kind], np.float64)


def _area(own: Values, none: Values) -> float:
    """The chance that an answered question scores above one that is not, ties half."""
    if not len(own) or not len(none):
        return float("nan")
    return float(np.mean(own[:, None] > none[None, :]) + 0.5 * np.mean(own[:, None] == none[None, :]))


if __name__ == "__main__":
    main()
