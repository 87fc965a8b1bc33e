from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import pytest

from harness.cases import Judgement
from harness.checked_judge import CheckedJudge


class Says:
    def __init__(self, p_supported: float, verdict: str) -> None:
        self._said = Judgement(p_supported, cast("Any", verdict))

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        return self._said


@pytest.mark.parametrize(
    ("p_supported", "verdict"),
    [(math.nan, "supported"), (math.inf, "supported"), (1.5, "supported"), (-0.1, "unsupported"), (0.9, "yes")],
)
def test_what_is_no_judgement_raises(p_supported: float, verdict: str) -> None:
    with pytest.raises(ValueError, match="the judge gave"):
        CheckedJudge(Says(p_supported, verdict)).judge(None, ["a"], "a")


def test_a_judgement_passes_as_it_is() -> None:
    assert CheckedJudge(Says(0.5, "abstain")).judge(None, [], "a") == Judgement(0.5, "abstain")
