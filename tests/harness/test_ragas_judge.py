"""ragas' own Faithfulness beside our arithmetic over claims: equal verdicts give equal numbers, none gives none."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cases import Claim, Judgement, Score
from harness.judging.remote.answers import AskedAnswers, Calls
from harness.judging.remote.cache import Store
from harness.judging.remote.model import JudgeFailed, Prompt
from harness.judging.remote.plan import Plan
from harness.metrics import METRICS
from harness.ports import ModelRagas
from harness.score import score
from harness.trial import Resources
from tests.harness.judge_models import Model
from tests.harness.support import CAP, Places, a_case, an_observation, resources

pytest.importorskip("ragas", reason="no ragas: pip install 'eco2-agent-kb[eval]'")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("somebody opens a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def scripted(verdicts: Mapping[str, bool]) -> Model:
    """Cuts any answer into the given statements and judges each as given."""

    def answer(prompt: Prompt) -> str:
        if prompt.task == "StatementGeneratorOutput":
            return json.dumps({"statements": list(verdicts)})
        rows = [{"statement": text, "reason": "given", "verdict": int(held)} for text, held in verdicts.items()]
        return json.dumps({"statements": rows})

    return Model(answer)


class Scripted:
    """The same verdicts as a judge of ours."""

    def __init__(self, verdicts: Mapping[str, bool]) -> None:
        self._verdicts = verdicts

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        return Judgement(1.0, "supported") if self._verdicts[claim] else Judgement(0.0, "unsupported")


def ours(verdicts: Mapping[str, bool]) -> Score:
    """The score of an answer whose claims are the given statements."""
    answer = " ".join(verdicts) or "안녕하세요!"
    kept = resources(Scripted(verdicts))
    claims = [Claim(text, (0, len(text))) for text in verdicts]
    judged = Resources(kept.judge, lambda _: claims, kept.gold, kept.provenance, kept.agents_of, kept.ragas)
    seen = an_observation({"answer": answer, "passages": [{"id": "rule:cap", "text": CAP}]})
    (found,) = score([a_case()], {"c": seen}, [METRICS["ungrounded_rate"]], {"answer", "passages"}, judged, 5)
    return found


VERDICTS = st.dictionaries(st.from_regex(r"claim [a-z]{1,9} holds\.", fullmatch=True), st.booleans(), max_size=12)


@settings(deadline=None, max_examples=200)
@given(VERDICTS)
def test_our_arithmetic_over_claims_equals_ragas_on_equal_verdicts(verdicts: Mapping[str, bool]) -> None:
    from harness.adapters.ragas_judge import faithfulness

    found = ours(verdicts)
    if not verdicts:
        assert (found.verdict, found.value) == ("N/A", None)
        with pytest.raises(JudgeFailed, match="NaN"):
            faithfulness(scripted(verdicts), "뚜껑은?", "안녕하세요!", [CAP])
        return
    assert found.value is not None
    theirs = faithfulness(scripted(verdicts), "뚜껑은?", " ".join(verdicts), [CAP])
    assert 1 - found.value == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize(
    ("verdicts", "p", "verdict"),
    [({"a": True, "b": True}, 1.0, "supported"), ({"a": True, "b": False}, 0.5, "unsupported"),
     ({"a": False}, 0.0, "unsupported")],
    ids=["all", "half", "none"],
)  # fmt: skip
def test_as_a_judge_one_statement_that_fails_decides(verdicts: Mapping[str, bool], p: float, verdict: str) -> None:
    from harness.adapters.ragas_judge import RagasJudge

    found = RagasJudge(scripted(verdicts)).judge(None, [CAP], "뚜껑을 닫아요.")
    assert (found.p_supported, found.verdict) == (p, verdict)
    assert os.environ["RAGAS_DO_NOT_TRACK"] == "true"


def broken(statements: str, verdicts: str) -> Model:
    return Model(lambda prompt: statements if prompt.task == "StatementGeneratorOutput" else verdicts)


ONE = '{"statements": ["a"]}'


@pytest.mark.parametrize(
    ("statements", "verdicts"),
    [
        ('{"statements": []}', "{}"),
        ("no json", "{}"),
        ('{"claims": []}', "{}"),
        (ONE, "no json"),
        (ONE, '{"statements": []}'),
        (ONE, '{"statements": [{"statement": "a", "reason": "", "verdict": 2}]}'),
        (ONE, '{"statements": [{"statement": "a", "reason": "", "verdict": NaN}]}'),
    ],
    ids=["no statement", "no json", "another shape", "no json verdicts", "a verdict left out", "verdict 2", "NaN"],
)  # fmt: skip
def test_where_ragas_has_no_number_there_is_none(statements: str, verdicts: str) -> None:
    from harness.adapters.ragas_judge import RagasJudge

    with pytest.raises(JudgeFailed):
        RagasJudge(broken(statements, verdicts)).judge(None, [CAP], "뚜껑을 닫아요.")


def calls(model: Model) -> Calls:
    from harness.adapters import ragas_judge as adapter

    def embed(texts: Sequence[str]) -> list[list[float]]:
        return [[float("뚜껑" in text), 1.0] for text in texts]

    return Calls(
        identity=f"{adapter.VERSION} {model.name}",
        faithfulness=lambda question, answer, contexts: adapter.faithfulness(model, question, answer, contexts),
        answer_relevancy=lambda question, answer: adapter.answer_relevancy(model, embed, question, answer),
        faithfulness_use=adapter.faithfulness_use,
        relevancy_use=adapter.relevancy_use,
    )


def scored(answers: ModelRagas, metric: str) -> Score:
    kept = resources()
    with_model = Resources(
        kept.judge, kept.split, kept.gold, Places({}), kept.agents_of, kept.ragas, answers=lambda: answers
    )
    seen = an_observation({"answer": CAP, "passages": [{"id": "rule:cap", "text": CAP}]})
    (found,) = score([a_case()], {"c": seen}, [METRICS[metric]], {"answer", "passages"}, with_model, 5)
    return found


@pytest.mark.parametrize(("noncommittal", "value"), [(0, 1.0), (1, 0.0)], ids=["to the point", "evasive"])
def test_answer_relevancy_is_ragas_own(noncommittal: int, value: float) -> None:
    model = Model(lambda _: json.dumps({"question": "뚜껑은 어떻게 해?", "noncommittal": noncommittal}))
    found = scored(AskedAnswers(calls(model), Store(None), Plan()), "ragas_answer_relevancy")
    assert found.verdict == "PASS"
    assert found.value == pytest.approx(value)
    assert model.calls == 3


@pytest.mark.parametrize("metric", ["ragas_faithfulness", "ragas_answer_relevancy"])
def test_a_metric_of_ragas_whose_model_fails_is_unmeasured(metric: str) -> None:
    found = scored(AskedAnswers(calls(broken("oops", "oops")), Store(None), Plan()), metric)
    assert (found.verdict, found.value) == ("UNMEASURED", None)


def test_without_a_model_its_metrics_say_so() -> None:
    seen = an_observation({"answer": CAP, "passages": [{"id": "rule:cap", "text": CAP}]})
    (row,) = score([a_case()], {"c": seen}, [METRICS["ragas_faithfulness"]], {"answer", "passages"}, resources(), 5)
    assert (row.verdict, row.reason) == ("UNMEASURED", "no model to ask; name one by --judge-model")


def test_an_answer_is_paid_for_once_and_planned_before() -> None:
    model, plan = scripted({"a": True}), Plan()
    answers = AskedAnswers(calls(model), Store(None), plan)
    with plan.gathering(), pytest.raises(JudgeFailed, match="only planned"):
        answers.faithfulness("q", CAP, [CAP])
    assert (plan.total.calls, model.calls) == (2, 0)
    assert [answers.faithfulness("q", CAP, [CAP]) for _ in range(2)] == [1.0, 1.0]
    assert model.calls == 2


def test_its_schemas_have_no_references() -> None:
    from ragas.metrics.collections.faithfulness.util import NLIStatementOutput

    from harness.adapters.ragas_judge import _inlined

    assert "$ref" not in json.dumps(_inlined(NLIStatementOutput))
