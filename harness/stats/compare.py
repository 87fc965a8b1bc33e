"""One metric of two runs, from aligned pairs to all that is said about the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.cases import Comparison, Direction
from harness.stats.bootstrap import interval
from harness.stats.clusters import clustered
from harness.stats.holm import holm
from harness.stats.pairs import Pairs
from harness.stats.permutation import sign_flip
from harness.stats.power import smallest_effect


def compared(pairs: Pairs, cluster_of: Mapping[str, str], direction: Direction, level: float) -> Comparison | None:
    """Compare two runs; `p_adjusted` is that of being worse, for one test alone.

    Args:
        pairs: aligned values.
        cluster_of: the cluster of each case; a case that is not there is its own.
        direction: which way is better.
        level: of the test that the smallest effect is told for.

    Returns:
        None where no case has a number in both runs.
    """
    if not pairs.ids:
        return None
    found = clustered(pairs.differences, [cluster_of.get(id_, f"case {id_}") for id_ in pairs.ids])
    span = max(1.0, float(abs(pairs.before).max()), float(abs(pairs.after).max()))
    low, high = interval(found, span)
    worse = found.sums if direction == "lower" else -found.sums
    p_worse, p_better = sign_flip(worse)
    return Comparison(
        before=float(pairs.before.mean()),
        after=float(pairs.after.mean()),
        low=low,
        high=high,
        p_worse=p_worse,
        p_better=p_better,
        p_adjusted=p_worse,
        smallest_effect=smallest_effect(found, level, span),
        pairs=len(pairs.ids),
        clusters=len(found.sums),
        half_measured=len(pairs.half_measured),
        gone=len(pairs.gone),
        added=len(pairs.added),
    )


def adjusted(comparisons: Sequence[Comparison], p_values: Sequence[float]) -> list[Comparison]:
    """The comparisons with the p values of what was asked, adjusted for having been asked together."""
    return [replace(one, p_adjusted=p) for one, p in zip(comparisons, holm(p_values), strict=True)]
