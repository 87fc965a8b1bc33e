"""Time questions one by one, and the whole of `kb search` with them. Loads nothing that `kb search` does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from kb import app
from kb.knowledge import Knowledge

K = 5
ACCEPTED = "accepted"
WARM_UP = 20
# rank-bm25 takes a quarter of a second a question at 100,000 passages; so many questions are enough there.
_FEWER = 40
_PATIENCE_S = 20.0
Question = TypeVar("Question")


@dataclass(frozen=True)
class Timing:
    """Milliseconds a question; `beside` names the timing that this one is compared with, `note` what was odd."""

    name: str
    p50: float
    p95: float
    p99: float
    beside: str = ""
    note: str = ""


@dataclass(frozen=True)
class Answers:
    """What whole searches took; `peak_mb` is the most memory that the process held."""

    passages: int
    timing: Timing
    peak_mb: float


def ask(workspace: Path, questions: Sequence[str]) -> Answers:
    """Time whole searches with a filter, every hit's freshness checked."""
    knowledge = opened(workspace)
    timing = timed("kb search", lambda text: knowledge.search(text, k=K, statuses=[ACCEPTED]), questions)
    return Answers(len(knowledge.engine.index.passages), timing, _peak_mb())


def opened(workspace: Path) -> Knowledge:
    """The index of a workspace, without a look at the environment."""
    return app.knowledge(app.open_workspace(workspace, {}), {})


def timed(
    name: str, ask: Callable[[Question], object], questions: Sequence[Question], beside: str = "", note: str = ""
) -> Timing:
    """Ask each question once; the first ones only warm up."""
    taken = [_milliseconds(ask, question) for question in questions[:WARM_UP]]
    many = _FEWER if sum(taken) * len(questions) / WARM_UP > _PATIENCE_S * 1000 else len(questions)
    taken = [_milliseconds(ask, question) for question in questions[WARM_UP:many]]
    p50, p95, p99 = np.quantile(taken, (0.5, 0.95, 0.99)).tolist()
    return Timing(name, p50, p95, p99, beside, note)


def _milliseconds(ask: Callable[[Question], object], question: Question) -> float:
    started = time.perf_counter()
    ask(question)
    return (time.perf_counter() - started) * 1000


def _peak_mb() -> float:
    """By the kernel's account of this very program; `ru_maxrss` counts the one that started it too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), float("nan"))
