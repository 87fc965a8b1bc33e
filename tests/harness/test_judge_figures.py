from __future__ import annotations

from collections.abc import Sequence

from harness.cases import Judgement
from harness.judging.figures import DIRECTIONS, judge_figures
from harness.judging.labelled import LabelledClaim
from tests.harness.support import CAP, DeadJudge, ExactJudge

WRONG = "페트병은 뚜껑을 분리해서 내놓으세요."


def _claim(text: str, grounded: bool, split: str = "dev", kind: str | None = None) -> LabelledClaim:
    return LabelledClaim("o", split, "q", (CAP,), text, grounded, grounded, kind)


LABELLED = [
    _claim(CAP, True),
    _claim(WRONG, False, kind="polarity"),
    _claim(CAP, False, "test"),
    _claim(CAP, True, "test"),
]


def test_agreement_with_people_becomes_figures_by_split_and_kind() -> None:
    found = {figure.key[1:]: figure.value for figure in judge_figures(ExactJudge(), LABELLED)}
    assert found["judge_balanced_accuracy", "dev", ""] == 1.0
    assert found["judge_false_pass_rate", "test", ""] == 1.0
    assert found["judge_recall", "", "kind:polarity"] == 1.0
    assert {metric for metric, _, _ in found} == set(DIRECTIONS)
    assert found["judge_calibration_error", "dev", ""] == 0.0


class Prejudiced(ExactJudge):
    """Knows without any context that one claim is wrong."""

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        return Judgement(0.1, "unsupported") if claim == WRONG else super().judge(question, context, claim)


def test_a_judge_that_takes_a_side_without_a_context_is_seen() -> None:
    rates = [
        figure.value
        for judge in (ExactJudge(), Prejudiced())
        for figure in judge_figures(judge, LABELLED)
        if figure.metric == "judge_blind_rate"
    ]
    assert rates == [0.0, 0.25]


def test_a_dead_judge_has_figures_without_a_value() -> None:
    found = judge_figures(DeadJudge(), LABELLED)
    assert {figure.value for figure in found} == {None}
    assert {figure.unmeasured for figure in found} == {len(LABELLED)}


def test_without_labelled_claims_there_is_nothing_to_say() -> None:
    assert judge_figures(ExactJudge(), []) == []
