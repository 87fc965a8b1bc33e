"""Collection bins near somewhere for the kind of thing that is asked about; where none is known, what the rules say."""

from __future__ import annotations

from dataclasses import replace

from eco2.agents.near import NEAREST, OF_EACH, Near, away, evidence_of, listed, nearest, nowhere, stamp, unknown
from eco2.agents.places import place_statement
from eco2.agents.row import Sources
from eco2.agents.spots import Here, everywhere, here, together
from eco2.cues import BIN_WORDS
from eco2.evidence import rule_statement, rules_evidence
from eco2.items import Named
from eco2.outside import CollectionPoint, Spot
from eco2.patterns import any_of, which
from eco2.phrases import say, with_josa
from eco2.tables import table
from eco2.turns import Finding, Statement, Task
from kb.rulebook import Rule

_AGENT = "collection_point"
_MOST_CENTRES = 2
_ANY_BIN = any_of(BIN_WORDS.values())
_KIND_OF: dict[str, str] = table("patterns")["bin_of"]


def collection_point(task: Task, sources: Sources) -> Finding:
    """Answer where the nearest bins for the asked kind of thing are; without a place to look around, ask for one."""
    named = sources.named(task.text)
    kind, word = kind_of(named, task.text, sources)
    if not kind and not word:
        return unknown(task, _AGENT, say("bins_missing_kind"))
    around = everywhere(task, named, sources)
    most = NEAREST if len(around) == 1 else OF_EACH
    return together([_around(task, named, kind, word, spot, most, sources) for spot in around])


def _around(task: Task, named: Named, kind: str | None, word: str, spot: Here, most: int, sources: Sources) -> Finding:
    bins = sources.outside.collection_points(kind, spot.spot) if kind else ()
    if not bins and (spot.spot or sources.outside.recorded_at or not kind):
        return _without_bins(task, named, word, sources)
    if spot.spot is None:
        return _with_rule(nowhere(task, _AGENT, spot), named, sources)
    near = nearest(bins, spot.spot, task.text, most)
    return listed(task, _AGENT, near, spot.spot, _statement, sources.outside.recorded_at)


def no_bins(task: Task, sources: Sources) -> Finding:
    """Say that there is no live source for bins, and what the rules say of where the thing goes."""
    finding = unknown(task, _AGENT, say("bins_no_source"), degraded=f"{_AGENT}: no live source, rules instead")
    return _with_rule(finding, sources.named(task.text), sources)


def kind_of(named: Named, text: str, sources: Sources) -> tuple[str | None, str]:
    """Return the kind of bin that is asked for, None when no bins of it are collected, and the user's word for it."""
    for said in which(BIN_WORDS, text):
        if said in _KIND_OF.values():
            return said, ""
    for mention in named.hints:
        kind = _KIND_OF.get(mention.keys[0]) or _KIND_OF.get(sources.words.classes[mention.keys[0]])
        if kind:
            return kind, mention.word
    match = _ANY_BIN.search(text.lower())
    word = named.hints[0].word if named.hints else text[match.start() : match.end()] if match else ""
    priced = named.prices[0].word if named.prices else ""
    return None, word or " ".join(named.residue[:2]) or priced


def _statement(near: Near, spot: Spot | None) -> Statement:
    point = near.fact
    if not isinstance(point, CollectionPoint):
        raise TypeError(f"a collection point was expected, got {type(point).__name__}")
    detail = f" ({point.detail})" if point.detail else ""
    away_ko, away_en = away(near, spot)
    ko = with_josa(f"{point.name}은(는) {away_ko}{point.address}에 있어요{detail}.")
    return Statement(ko, f"{point.name_en} is at {point.address}.{away_en}", near.id)


def _without_bins(task: Task, named: Named, word: str, sources: Sources) -> Finding:
    """Answer for a kind of thing that no known bin collects: say so, then the nearest recycling centres or the rule."""
    at = sources.outside.recorded_at
    spot = here(task, named, sources).spot
    centres = sources.outside.places("recycling_center", spot) if spot else ()
    near = nearest(centres, spot, task.text, _MOST_CENTRES) if spot else []
    if not near or spot is None:
        ask = say("bins_unknown_kind" if spot else "bins_unknown_kind_ask", kind=word)
        return _with_rule(unknown(task, _AGENT, ask, recorded_at=at), named, sources)
    said = [place_statement(one, spot) for one in near]
    evidence = tuple(evidence_of(one, line) for one, line in zip(near, said, strict=True))
    head = (say("bins_unknown_kind", kind=word), say("centres_instead"), *stamp(at))
    return Finding(_AGENT, task.index, "unknown", (*head, *said), evidence, at)


def _with_rule(finding: Finding, named: Named, sources: Sources) -> Finding:
    rules = where_rules(named, sources)
    statements = (*finding.statements, *(rule_statement(rule) for rule in rules))
    return replace(finding, statements=statements, evidence=rules_evidence(rules))


def where_rules(named: Named, sources: Sources) -> list[Rule]:
    """Return the rule that says where the named thing is put: the class's "where", else its how-to."""
    for mention in named.hints[:1]:
        here = sources.rules.of_class(sources.words.classes[mention.keys[0]])
        own = [rule for rule in here if rule.aspect == "where" and (not rule.items or mention.keys[0] in rule.items)]
        return (own or [rule for rule in here if rule.aspect == "main"])[:1]
    return []
