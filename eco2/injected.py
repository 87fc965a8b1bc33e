"""Put the passages and the ranking of a request to what the sub-agents found, before an answer is composed of it.

A passage that no sub-agent found goes to the first one that may know its rule and found nothing else of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from eco2.agents.row import Sources
from eco2.compose import findings_from
from eco2.evidence import rule_evidence, rule_statement
from eco2.language import language_of, tidy
from eco2.turns import Evidence, Finding, Given, RequestError, Statement
from kb.rulebook import Rule

Json = dict[str, Any]


def overridden(findings: Sequence[Json], request: Json, sources: Mapping[str, Sources]) -> list[Json]:
    """Return what the sub-agents found with the request's passages in its place, and its ranking put to it.

    Raises:
        RequestError: a passage has no text and is neither a rule that a sub-agent of this turn may know nor found.
    """
    wanted = request.get("overrides") or {}
    found = list(findings_from(findings))
    if (passages := wanted.get("passages")) is not None:
        found = _injected(found, [Given(**one) for one in passages], sources)
    if ranking := wanted.get("ranking"):
        found = [_ranked(finding, ranking, sources) for finding in found]
    return [asdict(finding) for finding in found] if wanted else list(findings)


def _injected(findings: Sequence[Finding], given: Sequence[Given], sources: Mapping[str, Sources]) -> list[Finding]:
    mine: list[list[Given]] = [[] for _ in findings]
    for one in given:
        for owner in _owners(one, findings, {other.id for other in given}, sources):
            mine[owner].append(one)
    return [_holding(finding, own, sources) for finding, own in zip(findings, mine, strict=True)]


def _owners(one: Given, findings: Sequence[Finding], given: set[str], sources: Mapping[str, Sources]) -> Sequence[int]:
    """Return which findings a passage belongs to: the named agent's, those that have it, else one."""
    if one.agent:
        return _those(findings, lambda finding: finding.agent == one.agent)[:1] or _refused_agent(one, findings)
    if having := _those(findings, lambda finding: one.id in _ids(finding)):
        return having
    knowing = _those(findings, lambda finding: not finding.tip and _rule(one.id, finding, sources) is not None)
    if not knowing and not one.text:
        raise RequestError(
            f"overrides.passages: {one.id!r} was not found and is no rule of the sub-agents that ran; give its 'text'"
        )
    open_to = knowing or _those(findings, lambda finding: not finding.tip) or range(len(findings))
    return [at for at in open_to if not given & set(_ids(findings[at]))][:1] or open_to[:1]


def _refused_agent(one: Given, findings: Sequence[Finding]) -> Sequence[int]:
    ran = ", ".join(finding.agent for finding in findings)
    raise RequestError(f"overrides.passages: {one.id!r} is for {one.agent!r}, which did not run; those that ran: {ran}")


def _holding(finding: Finding, given: Sequence[Given], sources: Mapping[str, Sources]) -> Finding:
    """Return a finding with these passages and what they say; one that had nothing and is given nothing stays."""
    if not given:
        return replace(finding, status="unknown", statements=(), evidence=()) if finding.evidence else finding
    kept = {one.id for one in given if not one.text}
    statements: list[Statement] = []
    for one in given:
        own = [said for said in finding.statements if said.citation == one.id and kept >= set(said.citations)] or _said(
            one, finding, sources
        )
        statements += own
    evidence = [passage for one in given if (passage := _passage(one, finding, sources))]
    return replace(finding, status="answered", statements=tuple(statements), evidence=tuple(evidence))


def _said(one: Given, finding: Finding, sources: Mapping[str, Sources]) -> list[Statement]:
    """Return what a passage says where the sub-agent did not say it: its own lines by language, or the rule's."""
    lines = [tidy(line) for line in one.text.splitlines() if line.strip()]
    if lines:
        ko = [line for line in lines if language_of(line, "ko") == "ko"] or lines
        en = [line for line in lines if line not in ko] or lines
        return [Statement(" ".join(ko), " ".join(en), one.id)]
    rule = _rule(one.id, finding, sources)
    return [rule_statement(rule)] if rule else []


def _passage(one: Given, finding: Finding, sources: Mapping[str, Sources]) -> Evidence | None:
    rule = _rule(one.id, finding, sources)
    found = next((passage for passage in finding.evidence if passage.id == one.id), None)
    known = found or (rule_evidence(rule) if rule else None)
    if not one.text:
        return known
    return replace(known, text=one.text) if known else Evidence(one.id, "overrides", 1, 1, one.text)


def _ranked(finding: Finding, ranking: Sequence[str], sources: Mapping[str, Sources]) -> Finding:
    """Return a finding whose passages and sentences of the ranking come first; such a rule is also said."""
    place = {id_: at for at, id_ in enumerate(dict.fromkeys(ranking))}
    mute = [
        id_ for id_ in _ids(finding) if id_ in place and not any(id_ in said.citations for said in finding.statements)
    ]
    spoken = [rule_statement(rule) for id_ in mute if (rule := _rule(id_, finding, sources))]

    def rank(ids: Sequence[str]) -> int:
        return min((place[id_] for id_ in ids if id_ in place), default=len(place))

    return replace(
        finding,
        statements=tuple(sorted((*finding.statements, *spoken), key=lambda said: rank(said.citations))),
        evidence=tuple(sorted(finding.evidence, key=lambda passage: rank((passage.id,)))),
    )


def _rule(id_: str, finding: Finding, sources: Mapping[str, Sources]) -> Rule | None:
    """Return the rule of an id if the sub-agent of a finding may know it."""
    kind, _, name = id_.rpartition(":")
    return sources[finding.agent].rules.rules.get(name) if kind in ("", "rule") else None


def _ids(finding: Finding) -> list[str]:
    return [passage.id for passage in finding.evidence]


def _those(findings: Sequence[Finding], fits: Callable[[Finding], bool]) -> list[int]:
    return [at for at, finding in enumerate(findings) if fits(finding)]
