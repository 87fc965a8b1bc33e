"""Fit a softmax regression by full-batch gradient steps with momentum: numpy alone, the same weights on every run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eco2.classify import Linear

Matrix = NDArray[np.float32]

STEPS, RATE, MOMENTUM = 100, 8.0, 0.9
PENALTY = 1e-4
LEAST_FRAMES = 3


@dataclass(frozen=True)
class Example:
    """What is seen and what it is; examples of one `group` (a frame) count together as one."""

    seen: frozenset[str]
    label: str
    group: str


def fit(examples: Sequence[Example], labels: Sequence[str], penalty: float = PENALTY) -> Linear:
    """Fit the weights of the features that stand in at least `LEAST_FRAMES` groups.

    Raises:
        ValueError: there are no examples.
    """
    if not examples:
        raise ValueError("no examples to learn from; give rows of the train split")
    names = _common(examples)
    seen, wanted, share = _arrays(examples, names, labels)
    weights = _descend(seen, wanted, share, penalty)
    rounded = np.round(weights.astype(np.float64), 2)
    kept = {name: tuple(row.tolist()) for name, row in zip(names, rounded, strict=False)}
    return Linear(tuple(labels), tuple(rounded[-1].tolist()), kept)


def _common(examples: Sequence[Example]) -> list[str]:
    """Return the features of several groups, in alphabetical order: what one frame alone has tells of that frame."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for example in examples:
        for name in example.seen:
            groups[name].add(example.group)
    return sorted(name for name, found in groups.items() if len(found) >= LEAST_FRAMES)


def _arrays(examples: Sequence[Example], names: Sequence[str], labels: Sequence[str]) -> tuple[Matrix, Matrix, Matrix]:
    """Return (n, features + 1) of what is seen, the last column 1; (n, labels) of what is; (n, 1) weights, sum 1."""
    column = {name: at for at, name in enumerate(names)}
    seen = np.zeros((len(examples), len(names) + 1), np.float32)
    wanted = np.zeros((len(examples), len(labels)), np.float32)
    seen[:, -1] = 1
    sizes: defaultdict[str, int] = defaultdict(int)
    for row, example in enumerate(examples):
        seen[row, [column[name] for name in example.seen if name in column]] = 1
        wanted[row, labels.index(example.label)] = 1
        sizes[example.group] += 1
    share = np.array([[1 / sizes[example.group]] for example in examples], np.float32)
    # A row's length tells nothing of its label: long messages would shout the short ones down.
    seen[:, :-1] /= np.sqrt(np.maximum(seen[:, :-1].sum(axis=1, keepdims=True), 1))
    return seen, wanted, share / share.sum()


def _descend(seen: Matrix, wanted: Matrix, share: Matrix, penalty: float) -> Matrix:
    weights: Matrix = np.zeros((seen.shape[1], wanted.shape[1]), np.float32)
    speed: Matrix = np.zeros_like(weights)
    for _ in range(STEPS):
        ahead = weights + MOMENTUM * speed
        slope = seen.T @ (share * (softmax(seen @ ahead) - wanted)) + penalty * ahead
        speed = (MOMENTUM * speed - RATE * slope).astype(np.float32)
        weights += speed
    return weights


def softmax(scores: Matrix) -> Matrix:
    """Return the rows as probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Matrix = raised / raised.sum(axis=1, keepdims=True)
    return shares
