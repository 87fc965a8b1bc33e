"""Ask a judge each question once. Several metrics look at the same claims; a judge may cost money or time."""

from __future__ import annotations

from collections.abc import Sequence

from harness.cases import Judgement
from harness.ports import Judge


class MemoJudge:
    """A judge that remembers. What raised is asked again: a judge may recover."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[tuple[str | None, tuple[str, ...], str], Judgement] = {}

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        key = (question, tuple(context), claim)
        if key not in self._known:
            self._known[key] = self._judge.judge(question, context, claim)
        return self._known[key]
