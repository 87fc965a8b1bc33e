"""The finished sentences of a rule: what an answer may quote and what the accepted truth is a snapshot of."""

from __future__ import annotations

from collections.abc import Mapping

from kb.rulebook import Rule, Rulebook


def sentences_of(rule: Rule, regions: Mapping[str, str]) -> tuple[str, ...]:
    """Korean, English, then both for each region that the rule has a price for.

    Args:
        rule: a rule; one with `prices` and the templates `ko_region` and `en_region` says a sentence a region.
        regions: English names of regions by the Korean ones that stand in `prices`.
    """
    prices = rule.data.get("prices")
    filled = [
        template.format(region=region if key == "ko_region" else regions.get(region, region), price=_number(price))
        for region, price in (prices.items() if isinstance(prices, Mapping) else ())
        for key in ("ko_region", "en_region")
        if isinstance(template := rule.data.get(key), str)
    ]
    return (rule.ko, rule.en, *filled)


def knowledge_sentences(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """All rules' sentences by citation id, in file order; a glossary's definitions are no rules that bind an answer."""
    regions = region_names(rulebook)
    return {rule.citation: sentences_of(rule, regions) for rule in rulebook.rules.values() if rule.kind != "term"}


def region_names(rulebook: Rulebook) -> dict[str, str]:
    """English names of regions by their Korean ones, as the rules of kind `service` with an id `region-…` say."""
    regions = [rule for rule in rulebook.of_kind("service") if rule.id.startswith("region-") and rule.name]
    return {str(rule.name): str(rule.data.get("name_en", rule.name)) for rule in regions}


def _number(price: object) -> str:
    return f"{price:,}" if isinstance(price, int) and not isinstance(price, bool) else str(price)
