"""Ranking measures on ids, binary or graded. Checked in tests against `ir_measures` and `trec_eval`."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence


def recall_at(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Share of the relevant ids among the first `k`; 0 when nothing is relevant.

    Args:
        ranking: best first, each id at most once.
        relevant: ids that should be found.
        k: how many are looked at, 1 or more.
    """
    if not relevant:
        return 0.0
    return len(set(ranking[:k]) & set(relevant)) / len(set(relevant))


def reciprocal_rank(ranking: Sequence[str], relevant: Collection[str]) -> float:
    """One over the rank of the first relevant id, 0 when there is none."""
    return next((1 / rank for rank, id_ in enumerate(ranking, start=1) if id_ in relevant), 0.0)


def ndcg_at(ranking: Sequence[str], gains: Mapping[str, float], k: int) -> float:
    """Discounted gain of the first `k` over that of the best possible order; a negative gain counts as none.

    Source:
        Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques, TOIS 2002, with the discount
        log2(rank + 1) that `trec_eval` uses.
    """
    best = _gain(sorted(gains.values(), reverse=True)[:k])
    return _gain([gains.get(id_, 0.0) for id_ in ranking[:k]]) / best if best else 0.0


def _gain(gains: Sequence[float]) -> float:
    return sum(max(gain, 0.0) / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
