"""Put each claim of an answer into one of four cells: grounded in what was injected or not, true or not.

Grounded but false is a fault of the knowledge; neither is a hallucination; true without ground is luck. A claim on
which the judge abstains stays undecided and is counted as such. Sentences about the conversation are no claims here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.case_files import full_id
from harness.cases import Claim, Judgement
from harness.citation_marks import ids_by_claim
from harness.statements import is_courtesy, is_refusal
from harness.trial import Trial

CELLS = ("grounded-true", "grounded-false", "ungrounded-true", "ungrounded-false", "undecided")
_GROUNDED, _TRUE = ("grounded", "ungrounded"), ("true", "false")
NEAREST = 12
"""How many sentences of all the truth a claim is held against when the case's own and the cited ones do not say it."""


@dataclass(frozen=True)
class Finding:
    """A judgement with the ids and sentences that the judge was shown."""

    judgement: Judgement
    context: tuple[tuple[str, str], ...]

    @property
    def holds(self) -> bool | None:
        """True, False, or None where the judge abstained."""
        verdict = self.judgement.verdict
        return None if verdict == "abstain" else verdict == "supported"

    @property
    def evidence(self) -> tuple[str, str] | None:
        """(id, sentence) that speaks for or against the claim; the first shown when the judge named none."""
        at = self.judgement.evidence_index
        if at is None:
            return self.context[0] if self.context else None
        return self.context[at] if 0 <= at < len(self.context) else None


@dataclass(frozen=True)
class JudgedClaim:
    """A claim with what is known of it. `cited` are the ids that stand behind it in the answer."""

    claim: Claim
    cited: tuple[str, ...]
    grounded: Finding | None
    true: Finding | None

    @property
    def cell(self) -> str:
        """One of `CELLS`; half of its name where only one of the two was asked."""
        halves = [
            (words[0] if finding.holds else words[1]) if finding.holds is not None else None
            for finding, words in ((self.grounded, _GROUNDED), (self.true, _TRUE))
            if finding is not None
        ]
        return "undecided" if None in halves else "-".join(map(str, halves))


def stated(trial: Trial) -> list[tuple[Claim, list[str]]]:
    """The claims of an answer that say something about the world, each with its cited ids.

    A refusal with a citation behind it is kept: it claims that a source says so.
    """
    return stated_in(trial.answer, trial.records("citations"), trial.claims)


def stated_in(
    answer: str, citations: Sequence[Mapping[str, Any]], claims: Sequence[Claim]
) -> list[tuple[Claim, list[str]]]:
    """The same, of an answer that was split already."""
    cited = ids_by_claim(answer, citations, claims)
    return [
        (claim, ids)
        for claim, ids in zip(claims, cited, strict=True)
        if ids or not (is_refusal(claim.text) or is_courtesy(claim.text))
    ]


def judged_claims(trial: Trial, *, ground: bool = True, truth: bool = True) -> list[JudgedClaim]:
    """Judge every claim against what was injected and against the accepted truth, as far as asked for."""
    return [
        JudgedClaim(
            claim=claim,
            cited=tuple(cited),
            grounded=grounding(trial, claim) if ground else None,
            true=truth_of(trial, claim, cited) if truth else None,
        )
        for claim, cited in stated(trial)
    ]


def grounding(trial: Trial, claim: Claim) -> Finding:
    """Hold a claim against the passages that were injected; without any, nothing supports it."""
    context = tuple((str(passage["id"]), str(passage["text"])) for passage in trial.records("passages"))
    if not context:
        return Finding(Judgement(0.0, "unsupported", reason="nothing was injected"), context)
    return _asked(trial, claim, context)


def truth_of(trial: Trial, claim: Claim, cited: Sequence[str]) -> Finding:
    """Hold a claim against the truth: the case's own rules, then the cited ids, then the nearest sentences of all.

    The first that support it decide. When none do and one took a side, the claim is false, shown beside the line of
    the first: the case's own rules, where it has any.
    """
    findings: list[Finding] = []
    for context in _contexts(trial, claim, cited):
        findings.append(_asked(trial, claim, context))
        if findings[-1].holds:
            return findings[-1]
    if not findings:
        return Finding(Judgement(0.0, "unsupported", reason="no accepted sentence comes near"), ())
    against = next((finding for finding in findings if finding.holds is False), findings[0])
    seen = findings[0].judgement
    told = replace(
        against.judgement,
        kind=seen.kind or against.judgement.kind,
        evidence_index=seen.evidence_index,
        evidence_quote=seen.evidence_quote,
        against_index=seen.against_index,
        against_quote=seen.against_quote,
    )
    return Finding(told, findings[0].context)


def _contexts(trial: Trial, claim: Claim, cited: Sequence[str]) -> Iterator[tuple[tuple[str, str], ...]]:
    gold = trial.resources.gold
    for ids in (trial.case.rules, [full_id(id_) for id_ in cited]):
        if context := gold.of(ids):
            yield tuple(context)
    if context := gold.nearest(claim.text, NEAREST):
        yield tuple(context)


def _asked(trial: Trial, claim: Claim, context: tuple[tuple[str, str], ...]) -> Finding:
    texts = [text for _, text in context]
    return Finding(trial.resources.judge.judge(trial.question, texts, claim.text), context)
