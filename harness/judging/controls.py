"""What a judge knows that it must not: claims without their context, and beside the context of another.

Without a context nothing can be said. Beside a foreign one nothing is supported, and whether a claim is true must not
show: an AUROC above one half would be read from the claim alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.cases import Judgement
from harness.judging.measures import auroc, with_interval
from harness.judging.sets import Labelled
from harness.ports import Judge


def controls(judge: Judge, rows: Sequence[Labelled]) -> Mapping[str, Mapping[str, object]]:
    """Judge every claim without its context (`withheld`) and beside the next foreign one of its set (`shuffled`).

    Returns:
        by control: `auroc` as [value, low, high] with 95 %, and the shares of the verdicts.
    """
    return {
        "withheld": _described(rows, [judge.judge(row.question, (), row.claim) for row in rows]),
        "shuffled": _described(
            rows,
            [judge.judge(row.question, context, row.claim) for row, context in zip(rows, foreign(rows), strict=True)],
        ),
    }


def foreign(rows: Sequence[Labelled]) -> list[tuple[str, ...]]:
    """For each claim the context of the next group of its set, in order; () where a set has one group."""
    contexts: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in rows:
        contexts.setdefault(row.set, {}).setdefault(row.group, row.context)
    following: dict[str, tuple[str, ...]] = {}
    for groups in contexts.values():
        names = list(groups)
        for name, after in zip(names, [*names[1:], names[0]], strict=True):
            following[name] = groups[after] if after != name else ()
    return [following[row.group] for row in rows]


def _described(rows: Sequence[Labelled], judged: Sequence[Judgement]) -> dict[str, object]:
    truth = np.array([row.supported for row in rows])
    groups = np.array([row.group for row in rows])
    verdicts = [found.verdict for found in judged]
    return {
        "claims": len(rows),
        "auroc": with_interval(auroc, truth, np.array([found.p_supported for found in judged]), groups),
        **{name: round(verdicts.count(name) / len(rows), 3) for name in ("supported", "unsupported", "abstain")},
    }
