"""A cross-encoder as a judge: each sentence of the context against each statement of the claim; the best counts.

Source:
    Laban, Schnabel, Bennett, Hearst: SummaC: Re-Visiting NLI-based Models for Inconsistency Detection, TACL 2022.
    They take the best sentence for each statement and the mean over statements; here the least supported decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from harness.cases import Judgement
from harness.claims import sentence_spans, statements
from harness.judging.remote.budget import Use
from harness.judging.remote.labels import roles_of

_SURE = 0.5


class PairModel(Protocol):
    """Scores (premise, hypothesis) pairs. `identity` names the weights, `labels` the columns of its scores."""

    @property
    def identity(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def labels(self) -> Sequence[str]: ...

    def logits(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Return (len(pairs), len(labels)) before any softmax or sigmoid."""


@dataclass(frozen=True)
class Premise:
    """A text of passage `index` that a statement is held against."""

    index: int
    text: str


class NliJudge:
    """Judges by entailment. `p_supported` is the highest probability that a premise entails the statement.

    Where one premise entails and another contradicts, it abstains. What is wrong is named by the nearest of the known
    kinds: `polarity` for a contradiction, `addition` where nothing says it.
    """

    def __init__(self, model: PairModel, labels: Sequence[str] = ()) -> None:
        self._model = model
        self._roles = roles_of(labels or model.labels, model.name)
        self.identity = f"nli {model.identity} {','.join(self._roles)}"

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        """See `ports.Judge`.

        Raises:
            ValueError: the model gave another number of scores than asked for, or NaN.
        """
        premises, said = premises_of(context), statements(claim) or [claim]
        pairs = [(premise.text, _asked(question, one)) for one in said for premise in premises]
        found = probabilities(self._model.logits(pairs), len(pairs), len(self._roles))
        each = np.split(found, len(said))
        return min((self._judged(one, premises) for one in each), key=lambda judgement: judgement.p_supported)

    def use(self, question: str | None, context: Sequence[str], claim: str) -> Use:
        """Pairs are free: no tokens."""
        return Use(1)

    def _judged(self, found: NDArray[np.float64], premises: Sequence[Premise]) -> Judgement:
        entails = found[:, self._roles.index("entailment")]
        best = int(entails.argmax())
        p_supported, premise = float(entails[best]), premises[best]
        against = self._against(found, premises)
        if p_supported >= _SURE and against is not None:
            reason = "one sentence of the context entails the claim, another contradicts it"
            return Judgement(0.5, "abstain", None, premise.index, premise.text, reason, against.index, against.text)
        if p_supported >= _SURE:
            return Judgement(p_supported, "supported", None, premise.index, premise.text, "the context entails it")
        if against is not None:
            reason, index = "the context contradicts it", against.index
            return Judgement(
                p_supported, "unsupported", "polarity", premise.index, premise.text, reason, index, against.text
            )
        reason = "no sentence of the context entails it"
        return Judgement(p_supported, "unsupported", "addition", premise.index, premise.text, reason)

    def _against(self, found: NDArray[np.float64], premises: Sequence[Premise]) -> Premise | None:
        """The premise that contradicts most; None where the model knows no contradiction or none is likely."""
        if "contradiction" not in self._roles or "neutral" not in self._roles:
            return None
        denies = found[:, self._roles.index("contradiction")]
        return premises[int(denies.argmax())] if denies.max() >= _SURE else None


def premises_of(context: Sequence[str]) -> list[Premise]:
    """The sentences of every passage, and each passage of several sentences as a whole: a claim may need two."""
    found: list[Premise] = []
    for index, text in enumerate(context):
        spans = sentence_spans(text)
        found += (Premise(index, text[start:end]) for start, end in spans)
        if len(spans) > 1:
            found.append(Premise(index, text.strip()))
    return found


def probabilities(logits: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.float64]:
    """Softmax over several labels, the logistic function of one.

    Raises:
        ValueError: another shape than (rows, columns), or NaN.
    """
    scores = np.asarray(logits, dtype=np.float64).reshape(rows, -1)
    if scores.shape != (rows, columns) or not np.isfinite(scores).all():
        raise ValueError(f"the model gave scores of shape {scores.shape} or NaN where ({rows}, {columns}) were asked")
    if columns == 1:
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(scores, -30.0, 30.0))))
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _asked(question: str | None, statement: str) -> str:
    return statement if question is None else f"{question} {statement}"
