"""Bring two runs together case by case. What stands on one side only is counted, never guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.cases import Score

Values = Mapping[str, float | None]
"""One metric by case id; None where it gave no number or asks for nothing."""


@dataclass(frozen=True)
class Pairs:
    """The cases that have a number on both sides, in the order of the later run.

    Attributes:
        ids: of those cases, n of them.
        before: (n,) values of the earlier run.
        after: (n,) values of the later run.
        half_measured: cases of both runs with a number on one side only.
        gone: cases with a number that only the earlier run has.
        added: cases with a number that only the later run has.
    """

    ids: tuple[str, ...]
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    half_measured: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def differences(self) -> NDArray[np.float64]:
        """(n,) later minus earlier."""
        return self.after - self.before


def paired(before: Values, after: Values) -> Pairs:
    """Align two runs by case id; a case that was measured on neither side is not asked by this metric."""
    both = [id_ for id_ in after if id_ in before]
    found = [(id_, one, two) for id_ in both if (one := before[id_]) is not None and (two := after[id_]) is not None]
    return Pairs(
        ids=tuple(id_ for id_, _, _ in found),
        before=np.array([one for _, one, _ in found], dtype=np.float64),
        after=np.array([two for _, _, two in found], dtype=np.float64),
        half_measured=tuple(id_ for id_ in both if (before[id_] is None) != (after[id_] is None)),
        gone=_measured_only_in(before, after),
        added=_measured_only_in(after, before),
    )


def values_by_case(
    scores: Iterable[Score], wanted: Collection[tuple[str, str]] | None = None
) -> dict[tuple[str, str], dict[str, float | None]]:
    """Values by (suite, metric) and case id, read in one pass; of repeats the mean over those that gave a number.

    Args:
        scores: of any suites, metrics and repeats.
        wanted: (suite, metric) to keep; all for None.
    """
    sums: dict[tuple[str, str], dict[str, tuple[float, int]]] = {}
    for score in scores:
        place = (score.suite, score.metric)
        if wanted is None or place in wanted:
            total, count = sums.setdefault(place, {}).get(score.id, (0.0, 0))
            new = (total, count) if score.value is None else (total + score.value, count + 1)
            sums[place][score.id] = new
    return {
        place: {id_: total / count if count else None for id_, (total, count) in of_place.items()}
        for place, of_place in sums.items()
    }


def _measured_only_in(one: Values, other: Values) -> tuple[str, ...]:
    return tuple(id_ for id_, value in one.items() if value is not None and id_ not in other)
