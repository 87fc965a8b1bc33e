"""Prices of recyclables: by thing and region from the survey in the rules. What it lacks is said to be unknown."""

from __future__ import annotations

import re

from eco2.agents.area import unknown_area
from eco2.agents.row import Sources
from eco2.evidence import rule_statement, rules_evidence
from eco2.items import Named
from eco2.lexicon import Mention
from eco2.phrases import say
from eco2.tables import question
from eco2.turns import Finding, Statement, Task
from kb.rulebook import Rule

NATIONWIDE = "전국평균"
_MOST = 4
_OTHER_TIME = question("price_of_another_time")
_RAW = question("raw_material")


def price(task: Task, sources: Sources) -> Finding:
    """Answer what things are worth, in the region asked for, else on the nationwide average."""
    named = sources.named(task.text)
    prices, lacking = _priced(named, task.text, sources)
    if not prices:
        return _no_item(task, named, lacking, sources)
    regions, stranger = _regions(named, task.text, sources)
    if stranger:
        return _unknown(task, sources, say("price_region_unknown", region=stranger))
    every = [_statement(rule, region) for rule in prices[:_MOST] for region in regions or (None,)][:_MOST]
    statements = [*(_first_sentence(statement) for statement in every[:-1]), *every[-1:]]
    note = [say("price_period_unknown")] if _OTHER_TIME.search(task.text) else []
    missing = [say("price_item_unknown", thing=word) for word in lacking]
    evidence = (*rules_evidence(prices[:_MOST]), *rules_evidence(regions))
    return Finding("recyclable_price", task.index, "answered", (*note, *statements, *missing), evidence)


def _priced(named: Named, text: str, sources: Sources) -> tuple[list[Rule], list[str]]:
    """Return the prices that are asked for, and the words of things that have none."""
    rules = sources.rules.rules
    found: dict[str, Rule] = {}
    for mention in named.prices:
        rule = rules[mention.keys[0]]
        listed = rule.data.get("prices")
        for id_ in listed if isinstance(listed, list) else [rule.id]:
            found.setdefault(str(id_), rules[str(id_)])
    lacking = [thing.word for thing in named.things if not any(_overlap(thing, price) for price in named.prices)]
    if raw := _RAW.search(text):
        return list(found.values()), [raw[0]]
    if not found:
        found = {rule.id: rule for rule in _of_things(named, sources)}
        lacking = [] if found else lacking
    return list(found.values()), lacking


def _of_things(named: Named, sources: Sources) -> list[Rule]:
    """Return prices by another name of the same thing: an item's own names looked up as prices."""
    found: dict[str, Rule] = {}
    for mention in named.things:
        rule = sources.rules.rules.get(mention.keys[0])
        for word in (rule.name, *rule.aliases) if rule else ():
            for key in sources.words.prices.keys_of(word or "")[:1]:
                listed = sources.rules.rules[key].data.get("prices")
                for id_ in listed if isinstance(listed, list) else [key]:
                    found.setdefault(str(id_), sources.rules.rules[str(id_)])
        if found:
            return list(found.values())
    return []


def _regions(named: Named, text: str, sources: Sources) -> tuple[list[Rule], str]:
    """Return the rules of the regions that are named, or the name of an area that the table does not have."""
    if named.regions:
        return [sources.rules.rules[key] for key in dict.fromkeys(mention.keys[0] for mention in named.regions)], ""
    for mention in named.spots:
        spot = next((found.fact for found in sources.outside.spots() if found.fact.id == mention.keys[0]), None)
        for key in sources.words.regions.keys_of(spot.region or "") if spot and spot.region else ():
            return [sources.rules.rules[key]], ""
        return [], mention.word
    return [], unknown_area(text, named)


def _statement(rule: Rule, region: Rule | None) -> Statement:
    """Return the price sentence: the rule's own for the nationwide average, its template filled for a region."""
    prices = rule.data.get("prices")
    if region is None or region.name == NATIONWIDE or not isinstance(prices, dict):
        return rule_statement(rule)
    figure = f"{prices[region.name]:,}"
    ko, en = str(rule.data["ko_region"]), str(rule.data["en_region"])
    english = str(region.data.get("name_en") or region.name)
    return Statement(
        ko.format(region=region.name, price=figure), en.format(region=english, price=figure), rule.citation
    )


def _first_sentence(statement: Statement) -> Statement:
    """Return the figure alone; that it is from a survey is said once, with the last price."""
    ko, en = (re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0] for text in (statement.text_ko, statement.text_en))
    return Statement(ko, en, statement.citation)


def _no_item(task: Task, named: Named, lacking: list[str], sources: Sources) -> Finding:
    thing = ", ".join(lacking) or " ".join(named.residue)
    if thing:
        return _unknown(task, sources, say("price_item_unknown", thing=thing))
    return Finding("recyclable_price", task.index, "unknown", (say("price_item_missing"),))


def _unknown(task: Task, sources: Sources, statement: Statement) -> Finding:
    """Say what is not known, with the rule that says what the table holds."""
    table = _table(sources)
    statements = (statement, *(rule_statement(rule) for rule in table))
    return Finding("recyclable_price", task.index, "unknown", statements, rules_evidence(table))


def _table(sources: Sources) -> list[Rule]:
    rule = sources.rules.rules.get("price-unknown")
    return [rule] if rule else []


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end
