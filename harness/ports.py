"""The doors of the room: what a judge, a target and a source of provenance offer. A metric is a callable: `trial`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from harness.cases import Claim, Judgement, Source

ClaimSplitter = Callable[[str], list[Claim]]


class Judge(Protocol):
    """Says whether a context supports a claim."""

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        """Judge one claim.

        Args:
            question: what the claim answers, when it is a fragment; None when it stands alone.
            context: the sentences that may support it; empty: abstain.
            claim: one statement, or several of which the least supported decides.

        Returns:
            the probability, the verdict (`abstain` within the judge's own band), what is wrong, the best evidence and
            what speaks against the claim; see `Judgement`.
        """


class Target(Protocol):
    """The thing under test, whatever door it comes through."""

    def ask(self, request: Mapping[str, object]) -> Mapping[str, object]:
        """Answer one request of the contract, or raise; `TimeoutError` when it took too long."""

    def close(self) -> None:
        """Let go of processes and connections."""


class OfflineRagas(Protocol):
    """The arithmetic of ragas that needs no model. NaN where ragas says NaN."""

    def id_context_recall(self, retrieved: Sequence[str], reference: Sequence[str]) -> float: ...

    def id_context_precision(self, retrieved: Sequence[str], reference: Sequence[str]) -> float: ...

    def string_similarity(self, response: str, reference: str) -> float: ...


class ModelRagas(Protocol):
    """The metrics of ragas that ask a language model. Both raise where ragas has no number."""

    def faithfulness(self, question: str, answer: str, contexts: Sequence[str]) -> float: ...

    def answer_relevancy(self, question: str, answer: str) -> float: ...


class Provenance(Protocol):
    """Resolves citation ids to the lines that they stand for."""

    def resolve(self, citation_id: str) -> Source | None:
        """Return the cited place, None when nothing of that id exists."""
