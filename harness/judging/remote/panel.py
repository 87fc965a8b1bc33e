"""Several judges for the same claims: what one of them cannot judge is left out for all, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.judging.remote.model import JudgeFailed
from harness.judging.sets import Labelled
from harness.ports import Judge


@dataclass(frozen=True)
class Answered:
    """The claims that every judge judged, in order, and how often each judge failed, with its last reason."""

    rows: tuple[Labelled, ...]
    failed: Mapping[str, int]
    reasons: Mapping[str, str]

    def told(self) -> list[str]:
        """A line for each judge that failed."""
        left = f"these claims are left out for all judges, {len(self.rows)} remain"
        return [
            f"{name}: {count} claims unmeasured ({self.reasons[name]}); {left}" for name, count in self.failed.items()
        ]


def answered(judges: Mapping[str, Judge], rows: Sequence[Labelled]) -> Answered:
    """Ask every judge for every claim; judges must remember what they were asked."""
    failed: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    kept = []
    for row in rows:
        broken = {name: why for name, judge in judges.items() if (why := _failure(judge, row))}
        failed.update(broken.keys())
        reasons.update(broken)
        kept += [] if broken else [row]
    return Answered(tuple(kept), failed, reasons)


def _failure(judge: Judge, row: Labelled) -> str:
    try:
        judge.judge(row.question, row.context, row.claim)
    except JudgeFailed as error:
        return str(error)
    return ""
