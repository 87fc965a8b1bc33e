"""Metrics of whole answers that ask a model, under the same cache, plan and purse as the judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.judging.remote.budget import Use
from harness.judging.remote.cache import Store, key_of
from harness.judging.remote.model import JudgeFailed
from harness.judging.remote.plan import Plan


@dataclass(frozen=True)
class Calls:
    """The two metrics of ragas and what each is expected to use. `identity` names library, model and embedder."""

    identity: str
    faithfulness: Callable[[str, str, Sequence[str]], float]
    answer_relevancy: Callable[[str, str], float]
    faithfulness_use: Callable[[str, str, Sequence[str]], Use]
    relevancy_use: Callable[[str], Use]


class AskedAnswers:
    """See `ports.ModelRagas`."""

    def __init__(self, calls: Calls, store: Store, plan: Plan) -> None:
        self._calls, self._store, self._plan = calls, store, plan

    def faithfulness(self, question: str, answer: str, contexts: Sequence[str]) -> float:
        key = key_of(f"faithfulness {self._calls.identity}", question, contexts, answer)
        use = self._calls.faithfulness_use(question, answer, contexts)
        return self._value(key, use, lambda: self._calls.faithfulness(question, answer, contexts))

    def answer_relevancy(self, question: str, answer: str) -> float:
        key = key_of(f"answer_relevancy {self._calls.identity}", question, (), answer)
        use = self._calls.relevancy_use(answer)
        return self._value(key, use, lambda: self._calls.answer_relevancy(question, answer))

    def _value(self, key: str, use: Use, ask: Callable[[], float]) -> float:
        if (row := self._store.get(key)) is not None:
            return float(row["value"])
        if self._plan.gathers:
            self._plan.note(key, use)
            raise JudgeFailed("only planned")
        value = ask()
        self._store.put(key, {"judge": self._calls.identity, "value": value})
        return value
