"""Which claims of an answer hold: in what was injected and by the accepted truth; in which of four cells they fall."""

from __future__ import annotations

from collections.abc import Callable, Collection

from harness.blame import described
from harness.cases import Measured
from harness.cells import Finding, JudgedClaim, judged_claims
from harness.trial import Metric, Trial, UnmeasurableError, lower


def _share(trial: Trial, judged: list[JudgedClaim], bad: Callable[[JudgedClaim], bool | None]) -> Measured | None:
    """The share of claims for which `bad` says True; None from it means undecided.

    An undecided claim cannot make an answer pass: without a bad one beside it the case could not be measured.
    """
    if not judged:
        return None
    verdicts = [bad(claim) for claim in judged]
    worst = [claim for claim, verdict in zip(judged, verdicts, strict=True) if verdict]
    undecided = verdicts.count(None)
    cells = [claim.cell for claim in judged]
    if undecided and not worst:
        raise UnmeasurableError(f"the judge abstained on {undecided} of {len(judged)} claims", {"cells": cells})
    reason = " | ".join(claim.claim.text for claim in worst)
    return Measured(
        len(worst) / (len(judged) - undecided),
        reason,
        {"claims": [described(trial, claim) for claim in worst], "cells": cells},
    )


def _in(cells: Collection[str]) -> Callable[[JudgedClaim], bool | None]:
    return lambda claim: None if claim.cell == "undecided" else claim.cell in cells


def _hallucinated(trial: Trial) -> Measured | None:
    return _share(trial, judged_claims(trial), _in({"ungrounded-false"}))


def _false_knowledge(trial: Trial) -> Measured | None:
    return _share(trial, judged_claims(trial), _in({"grounded-false"}))


def _ungrounded(trial: Trial) -> Measured | None:
    return _share(trial, judged_claims(trial, truth=False), lambda claim: _fails(claim.grounded))


def _false(trial: Trial) -> Measured | None:
    return _share(trial, judged_claims(trial, ground=False), lambda claim: _fails(claim.true))


def _fails(finding: Finding | None) -> bool | None:
    return None if finding is None or finding.holds is None else not finding.holds


METRICS: tuple[Metric, ...] = (
    lower("hallucination_rate", _hallucinated, ("answer", "passages", "gold"), "claims neither injected nor true"),
    lower("false_knowledge_rate", _false_knowledge, ("answer", "passages", "gold"), "claims injected but not true"),
    lower("ungrounded_rate", _ungrounded, ("answer", "passages"), "claims that nothing injected supports"),
    lower("false_claim_rate", _false, ("answer", "gold"), "claims that are not true, whatever was injected"),
)
