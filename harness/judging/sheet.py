"""Calibrations as the lines that a command prints: judges beside each other, then each by kind, bin and verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.judging.calibration import VERDICTS, Calibration, Interval

Table = list[Sequence[str]]


def sheets(found: Sequence[Calibration]) -> Iterator[tuple[str, Table]]:
    """Yield (title, table) with a head row each."""
    yield "agreement with the labels (95 %)", [_HEAD, *map(_line, found)]
    for one in found:
        yield f"{one.judge}: by kind of error", [("kind", "claims", "recall", "named", "kappa"), *_kinds(one)]
        yield f"{one.judge}: label by verdict", [("label", *VERDICTS), *_confusion(one)]
        yield f"{one.judge}: reliability", [("probability", "claims", "said", "is so"), *_bins(one)]


_HEAD = ("judge", "claims", "kappa", "balanced accuracy", "AUROC", "calibration error", "abstains")


def _line(one: Calibration) -> Sequence[str]:
    return (
        one.judge, str(one.claims), _shown(one.kappa), _shown(one.balanced_accuracy), _shown(one.auroc),
        f"{one.calibration_error:.3f}", f"{one.abstains:.1%}",
    )  # fmt: skip


def _shown(interval: Interval) -> str:
    value, low, high = interval
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _kinds(one: Calibration) -> Iterator[Sequence[str]]:
    for kind in one.kinds:
        named = "-" if kind.named is None else f"{kind.named:.3f}"
        yield kind.kind, str(kind.claims), f"{kind.recall:.3f}", named, f"{kind.kappa:.3f}"


def _confusion(one: Calibration) -> Iterator[Sequence[str]]:
    for label, counts in one.confusion.items():
        yield label, *(str(counts[verdict]) for verdict in VERDICTS)


def _bins(one: Calibration) -> Iterator[Sequence[str]]:
    for place in one.reliability:
        shown = f"{place.low:.1f}–{place.high:.1f}"
        yield shown, str(place.claims), f"{place.probable:.3f}", f"{place.supported:.3f}"
