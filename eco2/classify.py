"""The learned half of the offline understanding, applied: what a piece asks where the cues say nothing, and where a
question begins that no rule cuts off. Weights come from `eco2 train` (`models/understanding.json`); to add them up, no
numpy is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, sqrt
from typing import Any

from eco2.features import cut_features, cut_places, features
from eco2.route import Reading
from eco2.turns import GENERAL, Eco2Error

VERSION = 1
MODEL = "understanding.json"
SURE = 0.6
"""The least probability at which a guess counts: below it strangers' small talk was taken for questions."""
SURE_OF_CUTS = 0.7
"""The least probability at which a message is cut where no rule cuts it."""


class LearnedError(Eco2Error):
    """The file of learned weights is of another version, or none."""


@dataclass(frozen=True, eq=False)
class Linear:
    """Weights by feature, one for each of `labels`; a feature that is not listed weighs nothing."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def probabilities(self, seen: Iterable[str]) -> dict[str, float]:
        """Return how likely each label is. Rows count as if they had length 1, as they did when this was fitted."""
        rows = [self.weights[name] for name in seen if name in self.weights]
        scale = sqrt(len(rows) or 1)
        scores = [bias + sum(row[at] for row in rows) / scale for at, bias in enumerate(self.bias)]
        highest = max(scores)
        raised = [exp(score - highest) for score in scores]
        return {label: value / sum(raised) for label, value in zip(self.labels, raised, strict=True)}


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned: the `intent` of a piece, and whether a question begins at a place (`cut`)."""

    intent: Linear
    cut: Linear

    def guess(self, reading: Reading) -> tuple[str, ...]:
        """Return the intent of a piece that no cue tells, empty for small talk and where nothing is likely enough."""
        found = self.intent.probabilities(features(reading))
        label = max(found, key=lambda name: found[name])
        return (label,) if label != GENERAL and found[label] >= SURE else ()

    def cuts(self, message: str) -> list[int]:
        """Return the offsets where a new question begins for all that is known, be there a space or none."""
        return [at for at in cut_places(message) if self._begins(message, at) >= SURE_OF_CUTS]

    def _begins(self, message: str, at: int) -> float:
        return self.cut.probabilities(cut_features(message, at))["cut"]


def guess(reading: Reading) -> tuple[str, ...]:
    """Guess with the weights that ship with the room."""
    return learned().guess(reading)


def cuts(message: str) -> list[int]:
    """Cut with the weights that ship with the room."""
    return learned().cuts(message)


@cache
def learned() -> Learned:
    """Return the weights that ship with the room."""
    return parse(files("eco2").joinpath("models", MODEL).read_text(encoding="utf-8"))


def parse(text: str) -> Learned:
    """Read learned weights.

    Raises:
        LearnedError: they are of another version or shape.
    """
    try:
        row = json.loads(text)
        if row["version"] != VERSION:
            raise LearnedError(f"{MODEL} is of version {row['version']}, this needs {VERSION}; run eco2 train")
        return Learned(_linear(row["intent"]), _linear(row["cut"]))
    except (ValueError, KeyError, TypeError) as error:
        raise LearnedError(f"{MODEL} is no file of learned weights ({error!r}); run eco2 train") from error


def _linear(row: Mapping[str, Any]) -> Linear:
    weights = {str(name): tuple(map(float, values)) for name, values in row["weights"].items()}
    return Linear(tuple(map(str, row["labels"])), tuple(map(float, row["bias"])), weights)
