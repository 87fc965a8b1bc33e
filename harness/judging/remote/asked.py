"""A judge that asks somebody else: cached by content, planned before it is paid for, its failures all of one kind."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from harness.cases import Judgement
from harness.checked_judge import CheckedJudge
from harness.judging.remote.budget import Use
from harness.judging.remote.cache import Store, judgement_from, judgement_row, key_of
from harness.judging.remote.model import JudgeFailed
from harness.judging.remote.plan import Plan
from harness.ports import Judge


class RemoteJudge(Judge, Protocol):
    """A judge that says who it is and what a question will use."""

    @property
    def identity(self) -> str: ...

    def use(self, question: str | None, context: Sequence[str], claim: str) -> Use: ...


class AskedJudge:
    """The judge of a run: asks each question once, whatever the process, and never without a context.

    Attributes:
        identity: of the judge behind it.
        plan: while it gathers, questions are noted there instead of asked.
        known: how many questions were answered out of the cache.
        waited_ms: for those that the judge itself answered, a number each.
    """

    def __init__(
        self,
        judge: RemoteJudge,
        store: Store,
        plan: Plan | None = None,
        clock_s: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.identity = judge.identity
        self.plan = plan or Plan()
        self.known = 0
        self.waited_ms: list[float] = []
        self._judge, self._store, self._clock_s = judge, store, clock_s

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        """See `ports.Judge`. Without a context it abstains and asks nobody.

        Raises:
            JudgeFailed: the judge raised, was late, or gave no judgement.
        """
        if not any(map(_says_something, context)) or not _says_something(claim):
            return Judgement(0.5, "abstain", reason="there is nothing to judge by")
        key = key_of(self.identity, question, context, claim)
        if (row := self._store.get(key)) is not None:
            self.known += not self.plan.gathers
            return judgement_from(row)
        if self.plan.gathers:
            self.plan.note(key, self._judge.use(question, context, claim))
            return Judgement(0.5, self.plan.answer, reason="only planned")
        return self._asked(key, question, context, claim)

    def _asked(self, key: str, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        started = self._clock_s()
        try:
            found = CheckedJudge(self._judge).judge(question, context, claim)
        except JudgeFailed:
            raise
        except (Exception, SystemExit) as error:  # foreign code: a judge that fails leaves its claim unmeasured
            raise JudgeFailed(f"the judge failed: {type(error).__name__}: {error}") from error
        waited_ms = (self._clock_s() - started) * 1000
        self.waited_ms.append(waited_ms)
        self._store.put(key, {"judge": self.identity, **judgement_row(found), "waited_ms": round(waited_ms, 1)})
        return found


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))
