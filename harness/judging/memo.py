"""Ask a judge each question once. Several metrics look at the same claims; a judge may cost money or time."""

from __future__ import annotations

from collections.abc import Sequence

from harness.cases import Judgement
from harness.ports import Judge

KEPT = 50_000


class MemoJudge:
    """A judge that remembers the last `KEPT` answers. What raised is asked again: a judge may recover."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[tuple[str | None, tuple[str, ...], str], Judgement] = {}

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        key = (question, tuple(context), claim)
        if key not in self._known:
            judged = self._judge.judge(question, context, claim)
            if len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[key] = judged
        return self._known[key]
