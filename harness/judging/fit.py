"""Fit the offline judge's weights and say how well they do out of fold.

One logistic regression a head: every set weighs what `SHARES` says, in it true and false claims weigh the same, no
weight may go against its feature's sign, and weights are drawn towards 0. Groups (documents, questions) are never split
between fitting and measuring. Deterministic: the same rows give the same weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.judging.features import SIGNS, features
from harness.judging.look import look
from harness.judging.measures import describe
from harness.judging.offline import HEADS, Head, Model, OfflineJudge, head_of
from harness.judging.sets import Labelled

Floats = NDArray[np.float64]

FOLDS = 5
PENALTY = 0.003
PRIOR = 0.5
BAND = (0.47, 0.53)
CROSSING = 0.6
_STEPS = 3_000
# What each set counts for each head. A set that is foreign to a head counts a little, so that the head knows of it.
SHARES: Mapping[str, Mapping[str, float]] = {
    "domain": {
        "rules": 1.0, "guide": 1.0, "observed": 1.0, "answers": 0.4, "xnli_ko_dev": 0.1, "halueval": 0.1,
        "expertqa": 0.05, "begin": 0.05, "summedits": 0.02,
    },
    "korean": {"xnli_ko_dev": 1.0, "rules": 0.1, "guide": 0.05, "observed": 0.1, "answers": 0.1},
    "english_answer": {"expertqa": 1.0, "begin": 1.0, "halueval": 1.0, "rules": 0.1, "observed": 0.1},
    "english": {"begin": 1.0, "halueval": 0.5, "expertqa": 0.2, "summedits": 0.2, "rules": 0.1, "observed": 0.1},
}  # fmt: skip
# Few long English answers are labelled, and not consistently: more features only fit the noise.
FEATURES: Mapping[str, Sequence[str]] = {
    "english_answer": (
        "in_order", "question_known", "amount_met", "surplus", "covered_sentence", "letters_triples", "novel_numbers",
        "novel_names", "number_conflict", "unit_conflict", "denied_noun", "opposite", "absolute",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A labelled claim with its head and features (in the order of `SIGNS`)."""

    row: Labelled
    head: str
    values: tuple[float, ...]


def examples(rows: Iterable[Labelled]) -> list[Example]:
    """Look at every claim once."""
    found = []
    for row in rows:
        seen = look(row.question, row.context, row.claim)
        found.append(Example(row, head_of(seen), tuple(features(seen).values())))
    return found


def fit(known: Sequence[Example]) -> Model:
    """Fit every head on the examples that come to it."""
    heads = {name: _head(name, [one for one in known if one.head == name]) for name in HEADS}
    return Model(PRIOR, BAND, CROSSING, heads)


def out_of_fold(known: Sequence[Example]) -> list[float]:
    """The probability of each claim by a judge fitted without its group, in order."""
    folds = [_fold(one.row.group) for one in known]
    found = [PRIOR] * len(known)
    for fold in range(FOLDS):
        judge = OfflineJudge(fit([one for one, place in zip(known, folds, strict=True) if place != fold]))
        for position, (one, place) in enumerate(zip(known, folds, strict=True)):
            if place == fold:
                row = one.row
                found[position] = judge.judge(row.question, row.context, row.claim).p_supported
    return found


def shipped(known: Sequence[Example]) -> dict[str, object]:
    """What goes into `models/offline-judge.json`: the weights and how well such weights do out of fold."""
    return {
        **as_data(fit(known)),
        "assumes": "true and false claims are equally likely",
        "out_of_fold": describe([one.row for one in known], out_of_fold(known), BAND),
    }


def as_data(model: Model) -> dict[str, object]:
    """A model in plain JSON types, weights of one decimal place more than they are known, zeros left out."""
    heads = {
        name: {
            "bias": round(head.bias, 3),
            "weights": {feature: round(weight, 3) for feature, weight in head.weights.items() if round(weight, 3)},
        }
        for name, head in model.heads.items()
    }
    return {"prior": model.prior, "band": list(model.band), "crossing": model.crossing, "heads": heads}


def _fold(group: str) -> int:
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") % FOLDS


def _head(name: str, known: Sequence[Example]) -> Head:
    if not known:
        return Head(0.0, {})
    used = FEATURES.get(name, tuple(SIGNS))
    columns = [place for place, feature in enumerate(SIGNS) if feature in used]
    values = np.array([one.values for one in known])[:, columns]
    truth = np.array([1.0 if one.row.supported else -1.0 for one in known])
    signs = np.array([sign for feature, sign in SIGNS.items() if feature in used])
    weights, bias = constrained(values, truth, _example_weights(name, known), signs)
    chosen = [feature for feature in SIGNS if feature in used]
    return Head(bias, dict(zip(chosen, weights.tolist(), strict=True)))


def _example_weights(head: str, known: Sequence[Example]) -> Floats:
    """(n,) weights that sum to 1: each set its share, half of it to the true and half to the false claims."""
    cells = [(one.row.set, one.row.supported) for one in known]
    sizes = {cell: cells.count(cell) for cell in set(cells)}
    raw = np.array([SHARES[head].get(name, 0.02) / sizes[name, supported] for name, supported in cells])
    return np.asarray(raw / raw.sum(), dtype=np.float64)


def constrained(values: Floats, truth: Floats, weights: Floats, signs: NDArray[np.int64]) -> tuple[Floats, float]:
    """Logistic regression whose weights keep their signs.

    Args:
        values: (n, d) features.
        truth: (n,) 1.0 or -1.0.
        weights: (n,) of each example, summing to 1.
        signs: (d,) 1: the weight is not below 0; -1: not above; 0: free.

    Returns:
        (d,) weights for the features as given, and the bias.

    Source:
        Accelerated projected gradient: Beck, Teboulle: A Fast Iterative Shrinkage-Thresholding Algorithm, 2009.
    """
    spread = values.std(axis=0)
    spread[spread < 1e-6] = 1.0
    scaled = np.hstack([values / spread, np.ones((len(values), 1))])
    penalty = np.append(np.full(values.shape[1], PENALTY), 0.0)
    step = 1.0 / (0.25 * float(np.linalg.norm((scaled * weights[:, None]).T @ scaled, 2)) + PENALTY)
    lower = np.append(np.where(signs > 0, 0.0, -np.inf), -np.inf)
    upper = np.append(np.where(signs < 0, 0.0, np.inf), np.inf)
    found = ahead = np.zeros(scaled.shape[1])
    pace = 1.0
    for _ in range(_STEPS):
        margins = np.clip(truth * (scaled @ ahead), -30, 30)
        gradient = -scaled.T @ (weights * truth / (1.0 + np.exp(margins))) + penalty * ahead
        following = np.clip(ahead - step * gradient, lower, upper)
        quicker = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead = following + (pace - 1) / quicker * (following - found)
        found, pace = following, quicker
    return found[:-1] / spread, float(found[-1])
