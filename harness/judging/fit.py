"""Fit the offline judge's weights: one logistic regression a head, one more for each kind of error.

Every set weighs what `recipe` says, in it true and false claims weigh the same, no weight may go against its feature's
sign, and weights are drawn towards 0. Groups (documents, questions) are never split between fitting and measuring.
Deterministic: the same rows give the same weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from harness.cases import Judgement
from harness.judging import recipe
from harness.judging.features import features, scaled
from harness.judging.grounding import KINDS
from harness.judging.look import look
from harness.judging.offline import Head, Model, OfflineJudge, head_of
from harness.judging.sets import Labelled
from harness.judging.signs import SIGNS

Floats = NDArray[np.float64]

_STEPS = 3_000
_NAMED = tuple(kind for kind in KINDS if kind != "date")


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
        head = head_of(seen)
        counted = scaled(features(seen)) if head in recipe.SCALED else features(seen)
        found.append(Example(row, head, tuple(counted.values())))
    return found


def fit(known: Sequence[Example]) -> Model:
    """Fit every head on the examples that come to it, and every kind on the false claims that are labelled with one."""
    heads = {name: _head(name, _taught(name, known)) for name in recipe.HEADS}
    wrong = [one for one in known if not one.row.supported and one.row.kind in KINDS]
    kinds = {kind: _kind(kind, wrong) for kind in _NAMED if any(_is(kind, one) for one in wrong)}
    return Model(recipe.PRIOR, recipe.BAND, recipe.CROSSING, heads, kinds)


def _taught(head: str, known: Sequence[Example]) -> list[Example]:
    sources = recipe.LEARNS_FROM.get(head, frozenset({head}))
    return [one for one in known if one.head in sources]


def out_of_fold(known: Sequence[Example]) -> list[Judgement]:
    """What a judge that was fitted without its group says of each claim, in order."""
    folds = [_fold(one.row.group) for one in known]
    found: dict[int, Judgement] = {}
    for fold in range(recipe.FOLDS):
        judge = OfflineJudge(fit([one for one, place in zip(known, folds, strict=True) if place != fold]))
        for position, one in enumerate(known):
            if folds[position] == fold:
                found[position] = judge.judge(one.row.question, one.row.context, one.row.claim)
    return [found[position] for position in range(len(known))]


def as_data(model: Model) -> dict[str, object]:
    """A model in plain JSON types, weights of one decimal place more than they are known, zeros left out."""
    return {
        "prior": model.prior,
        "band": list(model.band),
        "crossing": model.crossing,
        "heads": {name: _plain(head) for name, head in model.heads.items()},
        "kinds": {name: _plain(head) for name, head in model.kinds.items()},
    }


def _plain(head: Head) -> dict[str, object]:
    rounded = {feature: round(weight, 3) for feature, weight in head.weights.items()}
    weights = {feature: weight for feature, weight in rounded.items() if weight}
    return {"bias": round(head.bias, 3), "scaled": head.scaled, "weights": weights}


def _fold(group: str) -> int:
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") % recipe.FOLDS


def _head(name: str, known: Sequence[Example]) -> Head:
    if not known:
        return Head(0.0, {})
    given = frozenset(recipe.FEATURES.get(name, SIGNS)) - recipe.WITHOUT.get(name, frozenset())
    used = [feature for feature in SIGNS if feature in given]
    truth = np.array([1.0 if one.row.supported else -1.0 for one in known])
    signs = np.array([SIGNS[feature] for feature in used])
    fitted = _fitted(known, used, truth, _example_weights(name, known), signs, recipe.PENALTIES[name])
    return replace(fitted, scaled=name in recipe.SCALED)


def _kind(kind: str, wrong: Sequence[Example]) -> Head:
    """What speaks for one kind of error among the others; a feature that speaks against a claim never excuses one."""
    used = [feature for feature, sign in SIGNS.items() if sign < 0 and feature != "said"]
    truth = np.array([1.0 if _is(kind, one) else -1.0 for one in wrong])
    sizes = np.where(truth > 0, (truth > 0).sum(), (truth < 0).sum())
    weights = 1.0 / np.sqrt(sizes)
    signs = np.ones(len(used), np.int64)
    return _fitted(wrong, used, truth, weights / weights.sum(), signs, recipe.KIND_PENALTY)


def _is(kind: str, one: Example) -> bool:
    """Whether a claim is wrong in this way; a date is a number, and told from others by its unit."""
    return ("number" if one.row.kind == "date" else one.row.kind) == kind


def _fitted(
    known: Sequence[Example],
    used: Sequence[str],
    truth: Floats,
    weights: Floats,
    signs: NDArray[np.int64],
    penalty: float,
) -> Head:
    columns = [place for place, feature in enumerate(SIGNS) if feature in set(used)]
    values = np.array([one.values for one in known])[:, columns]
    found, bias = constrained(values, truth, weights, signs, penalty)
    return Head(bias, dict(zip(used, found.tolist(), strict=True)))


def _example_weights(head: str, known: Sequence[Example]) -> Floats:
    """(n,) weights that sum to 1: each set its share, half of it to the true and half to the false claims."""
    cells = [(one.row.set, one.row.supported) for one in known]
    sizes = {cell: cells.count(cell) for cell in set(cells)}
    shares = recipe.SHARES[head]
    raw = np.array([shares.get(name, recipe.OTHER_SHARE) / sizes[name, supported] for name, supported in cells])
    return np.asarray(raw / raw.sum(), dtype=np.float64)


def constrained(
    values: Floats, truth: Floats, weights: Floats, signs: NDArray[np.int64], pull: float
) -> tuple[Floats, float]:
    """Logistic regression whose weights keep their signs.

    Args:
        values: (n, d) features.
        truth: (n,) 1.0 or -1.0.
        weights: (n,) of each example, summing to 1.
        signs: (d,) 1: the weight is not below 0; -1: not above; 0: free.
        pull: how strongly weights are drawn towards 0.

    Returns:
        (d,) weights for the features as given, and the bias.

    Source:
        Accelerated projected gradient: Beck, Teboulle: A Fast Iterative Shrinkage-Thresholding Algorithm, 2009.
    """
    spread = values.std(axis=0)
    spread[spread < 1e-6] = 1.0
    scaled = np.hstack([values / spread, np.ones((len(values), 1))])
    penalty = np.append(np.full(values.shape[1], pull), 0.0)
    step = 1.0 / (0.25 * float(np.linalg.norm((scaled * weights[:, None]).T @ scaled, 2)) + pull)
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
