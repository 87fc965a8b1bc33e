"""Which of the asked intents each claim of an answer is said for, and whether that intent's own evidence supports it.

A claim stands for the question whose paragraph it is in, where an answer has a paragraph for each question; elsewhere
for the intents whose sub-agents injected what it cites. What it leans on is held against that: a claim that only the
evidence of another intent supports is contaminated. Two questions of one intent share their evidence and are not told
apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.case_files import full_id
from harness.cases import Case, Claim
from harness.citation_marks import ids_by_claim
from harness.statements import is_courtesy, is_refusal
from harness.trial import Trial

_GAP = re.compile(r"\n\s*\n")
Passages = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Said:
    """A claim with the asked intents that it is said for; none where it is an enrichment or nobody can tell.

    `refuses` marks an honest "not known", which nothing needs to support. `own` is whether the evidence of its intents
    supports it, `foreign` whether that of the other sub-agents does; None is undecided or not asked.
    """

    claim: Claim
    intents: tuple[str, ...]
    refuses: bool
    own: bool | None = None
    foreign: bool | None = None

    @property
    def contaminated(self) -> bool:
        """Only what was injected for something else supports it."""
        return self.own is False and self.foreign is True


def asked_intents(case: Case) -> tuple[str, ...]:
    """The intents that a sub-agent has to serve."""
    return tuple(dict.fromkeys(intent for intent in case.intents if intent != "general"))


def tells_whose(trial: Trial) -> bool:
    """The response says which sub-agent injected what, or injected nothing."""
    passages = trial.records("passages")
    return not passages or any(passage.get("agent") for passage in passages)


def said(trial: Trial) -> tuple[Said, ...]:
    """All claims of an answer about the world, in order, each held against the evidence of its intents."""
    cited = ids_by_claim(trial.answer, trial.records("citations"), trial.claims)
    pairs = zip(trial.claims, cited, strict=True)
    return tuple(_said(trial, claim, ids) for claim, ids in pairs if ids or not is_courtesy(claim.text))


def _said(trial: Trial, claim: Claim, cited: Sequence[str]) -> Said:
    question = _question_of(trial, claim)
    intents = _intents(trial, claim, cited, question)
    refuses = not cited and is_refusal(claim.text)
    if refuses or not intents:
        return Said(claim, intents, refuses)
    own, foreign = _evidence(trial, intents, question)
    supported = _supports(trial, own, claim)
    return Said(claim, intents, False, supported, _supports(trial, foreign, claim) if supported is False else None)


def _intents(trial: Trial, claim: Claim, cited: Sequence[str], question: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The asked intents that a claim is said for."""
    asked = asked_intents(trial.case)
    agents = {
        str(passage.get("agent")) for passage in trial.records("passages") if full_id(str(passage["id"])) in cited
    }
    serving = tuple(intent for intent in asked if agents & set(trial.resources.agents_of(intent)))
    if agents and not serving:
        return ()
    if question is not None:
        placed = tuple(intent for intent in asked if intent in question["intents"])
        return placed if len(placed) < 2 else tuple(intent for intent in placed if intent in serving) or placed
    if serving or len(asked) == 1:
        return serving or asked
    return _without_evidence(trial, asked) if is_refusal(claim.text) else ()


def _without_evidence(trial: Trial, asked: Sequence[str]) -> tuple[str, ...]:
    """The intents for which nothing was injected: what a sentence that declines must be about."""
    agents = {passage.get("agent") for passage in trial.records("passages")}
    return tuple(intent for intent in asked if not agents & set(trial.resources.agents_of(intent)))


def _question_of(trial: Trial, claim: Claim) -> Mapping[str, Any] | None:
    """The question whose paragraph a claim stands in; None unless there is a paragraph for each question."""
    questions = trial.records("sub_queries")
    starts = [0, *(gap.end() for gap in _GAP.finditer(trial.answer.rstrip()))]
    if len(starts) != len(questions):
        return None
    return questions[max(at for at, start in enumerate(starts) if start <= claim.span[0])]


def _evidence(trial: Trial, intents: Sequence[str], question: Mapping[str, Any] | None) -> tuple[Passages, Passages]:
    """What was injected for some intents, with what enriches their question, and what was injected for others."""
    agents = {agent for intent in intents for agent in trial.resources.agents_of(intent)}
    agents |= set((question or {}).get("agents") or ())
    passages = trial.records("passages")
    own = tuple(passage for passage in passages if passage.get("agent") in agents)
    mine = {passage["id"] for passage in own}
    return own, tuple(passage for passage in passages if passage["id"] not in mine)


def _supports(trial: Trial, passages: Passages, claim: Claim) -> bool | None:
    if not passages:
        return False
    verdict = trial.resources.judge.judge(trial.question, [str(one["text"]) for one in passages], claim.text).verdict
    return None if verdict == "abstain" else verdict == "supported"
