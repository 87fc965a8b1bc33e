"""Say where a bad claim comes from: the line it breaks, the node that put it there, the intent it was to serve."""

from __future__ import annotations

from harness.cells import Finding, JudgedClaim
from harness.trial import Trial


def described(trial: Trial, judged: JudgedClaim) -> dict[str, object]:
    """All that a report shows of a claim, as plain JSON."""
    against = judged.true or judged.grounded
    node = node_of(trial, judged)
    return {
        "text": judged.claim.text,
        "span": list(judged.claim.span),
        "cell": judged.cell,
        "kind": against.judgement.kind if against else None,
        "p_supported": against.judgement.p_supported if against else None,
        "reason": against.judgement.reason if against else "",
        "cited": list(judged.cited),
        "node": node,
        "intent": intent_of(trial, node),
        "evidence": evidence_of(trial, against),
        "against": against_of(trial, against),
    }


def evidence_of(trial: Trial, finding: Finding | None) -> dict[str, object] | None:
    """The sentence that decided, with the file, its version and the lines it stands on where the id is known."""
    if finding is None or finding.evidence is None:
        return None
    id_, text = finding.evidence
    return {"id": id_, "text": text, **_place(trial, id_)}


def against_of(trial: Trial, finding: Finding | None) -> dict[str, object] | None:
    """What speaks against a claim: words of a cited sentence that contradict it, else its own words that none has."""
    if finding is None or finding.judgement.against_quote is None:
        return None
    at, quote = finding.judgement.against_index, finding.judgement.against_quote
    if at is None or not 0 <= at < len(finding.context):
        return {"quote": quote, "id": None}
    id_, text = finding.context[at]
    return {"quote": quote, "id": id_, "text": text, **_place(trial, id_)}


def _place(trial: Trial, id_: str) -> dict[str, object]:
    """File, lines and version behind an id; nothing where it is not known."""
    place = trial.resources.provenance.resolve(id_)
    if place is None:
        return {}
    lines = {"path": place.path, "line_start": place.line_start, "line_end": place.line_end}
    return {**lines, "version": place.version or None}


def node_of(trial: Trial, judged: JudgedClaim) -> str | None:
    """The sub-agent whose passage the claim cites or leans on; the only agent; else the composer; None when unknown."""
    passages = trial.records("passages")
    leaning = judged.grounded.evidence if judged.grounded and judged.grounded.holds else None
    wanted = [*judged.cited, *([leaning[0]] if leaning else [])]
    for id_ in wanted:
        for passage in passages:
            if passage.get("agent") and passage["id"] == id_:
                return str(passage["agent"])
    agents = trial.words("agents")
    if len(agents) == 1:
        return agents[0]
    return "compose" if agents else None


def intent_of(trial: Trial, node: str | None) -> str | None:
    """The expected intent that a node serves; the only expected one when the node serves none of them."""
    serving = {agent: intent for intent in trial.case.intents for agent in trial.resources.agents_of(intent)}
    if node in serving:
        return serving[node]
    return trial.case.intents[0] if len(trial.case.intents) == 1 else None
