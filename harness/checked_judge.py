"""Take no judgement that is none: a judge that gives NaN or an unknown verdict has not judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from harness.cases import Judgement, Support
from harness.ports import Judge


class CheckedJudge:
    """A judge whose word is checked; whatever is not a judgement raises, and so becomes UNMEASURED."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        """See `ports.Judge`.

        Raises:
            ValueError: no verdict of the three, or a probability outside [0, 1].
        """
        found = self._judge.judge(question, context, claim)
        if found.verdict not in get_args(Support):
            raise ValueError(f"the judge gave the verdict {found.verdict!r}, not {', '.join(get_args(Support))}")
        if not 0 <= found.p_supported <= 1:
            raise ValueError(f"the judge gave p_supported {found.p_supported!r}, not a number from 0 to 1")
        return found
