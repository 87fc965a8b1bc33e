"""How well a judge's probabilities agree with labels, set by set, with intervals over documents.

Fits and judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.judging.sets import Labelled

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]
Measure = Callable[[Truth, Floats], float]

RESAMPLES = 300
SEED = 20260120
_BINS = 10


def describe(
    rows: Sequence[Labelled], probabilities: Sequence[float], band: tuple[float, float]
) -> dict[str, dict[str, object]]:
    """Figures for every set, by name: see `figures`."""
    found: dict[str, dict[str, object]] = {}
    for name in dict.fromkeys(row.set for row in rows):
        chosen = [(row, p) for row, p in zip(rows, probabilities, strict=True) if row.set == name]
        found[name] = figures([row for row, _ in chosen], np.array([p for _, p in chosen]), band)
    return found


def figures(rows: Sequence[Labelled], probabilities: Floats, band: tuple[float, float]) -> dict[str, object]:
    """AUROC and balanced accuracy at one half as [value, low, high], calibration error, share of abstentions.

    `pairwise` is there where claims are paired.
    """
    truth = np.array([row.supported for row in rows])
    groups = np.array([row.group for row in rows])
    low, high = band
    described: dict[str, object] = {
        "claims": len(rows),
        "auroc": with_interval(auroc, truth, probabilities, groups),
        "balanced_accuracy": with_interval(balanced_accuracy, truth, probabilities, groups),
        "calibration_error": round(calibration_error(truth, probabilities), 3),
        "abstains": round(float(np.mean((probabilities > low) & (probabilities < high))), 3),
    }
    if (paired := pairwise(rows, probabilities)) is not None:
        described["pairwise"] = round(paired, 3)
    return described


def auroc(truth: Truth, probabilities: Floats) -> float:
    """Chance that a true claim gets more than a false one, ties counting half; 0.5 when only one kind is there."""
    true, false = probabilities[truth], np.sort(probabilities[~truth])
    if not len(true) or not len(false):
        return 0.5
    below = np.searchsorted(false, true, side="left")
    upto = np.searchsorted(false, true, side="right")
    return float((below + upto).mean() / (2 * len(false)))


def balanced_accuracy(truth: Truth, probabilities: Floats) -> float:
    """Mean of the shares of true and of false claims told rightly at one half; one kind alone counts for itself."""
    said = probabilities >= 0.5
    shares = [float(np.mean(said[truth] == 1))] if truth.any() else []
    shares += [float(np.mean(said[~truth] == 0))] if (~truth).any() else []
    return sum(shares) / len(shares)


def calibration_error(truth: Truth, probabilities: Floats) -> float:
    """Expected calibration error over ten equal bins, true and false claims weighed as if equally many."""
    weights = np.where(truth, 0.5 / max(1, truth.sum()), 0.5 / max(1, (~truth).sum()))
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for place in range(_BINS):
        inside = bins == place
        if weight := weights[inside].sum():
            confidence = (weights[inside] * probabilities[inside]).sum() / weight
            error += weight * abs(confidence - weights[inside & truth].sum() / weight)
    return float(error / weights.sum())


def pairwise(rows: Sequence[Labelled], probabilities: Floats) -> float | None:
    """Share of pairs whose supported claim gets more than a false one, ties counting half; None without pairs."""
    pairs: dict[str, tuple[list[float], list[float]]] = {}
    for row, p in zip(rows, probabilities, strict=True):
        if row.pair:
            pairs.setdefault(row.pair, ([], []))[0 if row.supported else 1].append(float(p))
    won = [
        float(np.mean([(a > b) + 0.5 * (a == b) for a in true for b in false]))
        for true, false in pairs.values()
        if true and false
    ]
    return float(np.mean(won)) if won else None


def with_interval(measure: Measure, truth: Truth, probabilities: Floats, groups: NDArray[np.str_]) -> list[float]:
    """Return [value, low, high] with 95 %; groups are drawn, not claims: claims of one document go wrong together."""
    names = sorted(set(groups.tolist()))
    places = {name: np.flatnonzero(groups == name) for name in names}
    random = np.random.default_rng(SEED)
    values = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([places[names[at]] for at in random.integers(0, len(names), len(names))])
        values.append(measure(truth[drawn], probabilities[drawn]))
    low, high = np.quantile(values, (0.025, 0.975))
    return [round(float(value), 3) for value in (measure(truth, probabilities), low, high)]
