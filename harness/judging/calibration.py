"""`harness judge calibrate`: judges beside the labels of people, claim by claim. Fits nothing.

A judge answers `supported`, `unsupported` or `abstain`, people only the first two: an abstention agrees with nobody.
Probabilities are compared with labels apart from verdicts, in ten bins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from harness.cases import ConfigError, Judgement
from harness.judging.measures import RESAMPLES, SEED, auroc, calibration_error
from harness.judging.sets import Labelled
from harness.ports import Judge

VERDICTS = ("supported", "unsupported", "abstain")
BINS = 10
Interval = tuple[float, float, float]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Bin:
    """Claims whose probability lies in [`low`, `high`): how probable on average, and the share that is supported."""

    low: float
    high: float
    claims: int
    probable: float
    supported: float


@dataclass(frozen=True)
class KindAgreement:
    """False claims of one kind: how many are called unsupported, how many of those by that kind.

    `kappa` is over these claims and all supported ones.
    """

    kind: str
    claims: int
    recall: float
    named: float | None
    kappa: float


@dataclass(frozen=True)
class Calibration:
    """One judge against labels. Intervals are (value, low, high) with 95 %, claims of one document drawn together.

    `confusion` counts verdicts by label. Balanced accuracy and kappa count an abstention as a miss.
    """

    judge: str
    claims: int
    kappa: Interval
    balanced_accuracy: Interval
    auroc: Interval
    calibration_error: float
    abstains: float
    confusion: Mapping[str, Mapping[str, int]]
    kinds: tuple[KindAgreement, ...]
    reliability: tuple[Bin, ...]

    def as_row(self) -> dict[str, object]:
        """The same as plain JSON."""
        return asdict(self)


def side_by_side(judges: Mapping[str, Judge], rows: Sequence[Labelled]) -> list[Calibration]:
    """Ask every judge for every claim.

    Raises:
        ConfigError: there is no labelled claim.
    """
    if not rows:
        raise ConfigError("there is no labelled claim to calibrate on; give a file of them")
    return [calibration(name, rows, [_asked(judge, row) for row in rows]) for name, judge in judges.items()]


def calibration(name: str, rows: Sequence[Labelled], judged: Sequence[Judgement]) -> Calibration:
    """Compare a judge's answers with labels, in the order of `rows`."""
    truth = np.array([row.supported for row in rows])
    probable = np.array([found.p_supported for found in judged])
    labels = [_label(row) for row in rows]
    verdicts = [found.verdict for found in judged]
    drawn = _draws([row.group for row in rows])
    right = np.array([label == verdict for label, verdict in zip(labels, verdicts, strict=True)])
    confusion = {label: dict.fromkeys(VERDICTS, 0) for label in VERDICTS[:2]}
    for label, verdict in zip(labels, verdicts, strict=True):
        confusion[label][verdict] += 1
    return Calibration(
        judge=name,
        claims=len(rows),
        kappa=_interval(drawn, lambda at: kappa([labels[i] for i in at], [verdicts[i] for i in at])),
        balanced_accuracy=_interval(drawn, lambda at: _balanced(truth[at], right[at])),
        auroc=_interval(drawn, lambda at: auroc(truth[at], probable[at])),
        calibration_error=round(calibration_error(truth, probable), 3),
        abstains=round(verdicts.count("abstain") / len(rows), 3),
        confusion=confusion,
        kinds=tuple(_kinds(rows, judged)),
        reliability=tuple(_reliability(truth, probable)),
    )


def kappa(one: Sequence[str], other: Sequence[str]) -> float:
    """Agreement beyond chance of two who sort the same things; 1.0 where both put all into one class.

    Source:
        Cohen: A Coefficient of Agreement for Nominal Scales, 1960.
    """
    agreed = sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
    mine, theirs = Counter(one), Counter(other)
    by_chance = sum(mine[name] * theirs[name] for name in mine) / len(one) ** 2
    return 1.0 if by_chance == 1.0 else (agreed - by_chance) / (1.0 - by_chance)


def _asked(judge: Judge, row: Labelled) -> Judgement:
    return judge.judge(row.question, row.context, row.claim)


def _label(row: Labelled) -> str:
    return "supported" if row.supported else "unsupported"


def _balanced(truth: NDArray[np.bool_], right: NDArray[np.bool_]) -> float:
    shares = [float(right[side].mean()) for side in (truth, ~truth) if side.any()]
    return sum(shares) / len(shares)


def _draws(groups: Sequence[str]) -> list[Places]:
    """All places, then resamples of whole groups."""
    names = sorted(set(groups))
    places = {name: np.flatnonzero(np.array(groups) == name) for name in names}
    random = np.random.default_rng(SEED)
    resampled = (random.integers(0, len(names), len(names)) for _ in range(RESAMPLES))
    return [np.arange(len(groups)), *(np.concatenate([places[names[at]] for at in chosen]) for chosen in resampled)]


def _interval(drawn: Sequence[Places], value: Callable[[Places], float]) -> Interval:
    found = [value(at) for at in drawn]
    low, high = np.quantile(found[1:], (0.025, 0.975))
    return round(found[0], 3), round(float(low), 3), round(float(high), 3)


def _kinds(rows: Sequence[Labelled], judged: Sequence[Judgement]) -> list[KindAgreement]:
    pairs = list(zip(rows, judged, strict=True))
    right = [("supported", found.verdict) for row, found in pairs if row.supported]
    names = sorted({row.kind for row, _ in pairs if not row.supported and row.kind})
    return [
        _kind(name, [found for row, found in pairs if not row.supported and row.kind == name], right) for name in names
    ]


def _kind(name: str, judged: Sequence[Judgement], right: Sequence[tuple[str, str]]) -> KindAgreement:
    caught = [found for found in judged if found.verdict == "unsupported"]
    named = round(sum(found.kind == name for found in caught) / len(caught), 3) if caught else None
    pairs = [*right, *(("unsupported", found.verdict) for found in judged)]
    agreed = kappa([label for label, _ in pairs], [verdict for _, verdict in pairs])
    return KindAgreement(name, len(judged), round(len(caught) / len(judged), 3), named, round(agreed, 3))


def _reliability(truth: NDArray[np.bool_], probable: NDArray[np.float64]) -> list[Bin]:
    places = np.minimum((probable * BINS).astype(int), BINS - 1)
    return [
        Bin(
            at / BINS, (at + 1) / BINS, int((places == at).sum()),
            round(float(probable[places == at].mean()), 3), round(float(truth[places == at].mean()), 3),
        )
        for at in range(BINS)
        if (places == at).any()
    ]  # fmt: skip
