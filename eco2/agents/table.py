"""The eleven sub-agents as rows, in the order in which they are fanned out and in which an answer mentions them."""

from __future__ import annotations

from collections.abc import Sequence

from eco2.agents.bins import collection_point, no_bins
from eco2.agents.bulk import bulk_waste
from eco2.agents.character import character
from eco2.agents.general import general
from eco2.agents.places import location, no_places
from eco2.agents.price import price
from eco2.agents.row import Agent, policy_of
from eco2.agents.waste import blind, classify, scan
from eco2.agents.weather import no_weather, weather
from eco2.agents.web import image_generation, no_image, no_web, web_search
from eco2.turns import GENERAL, Location

_FEE_RULES = ("fee", "contact", "service", "item", "class")
_PRICE_RULES = ("price", "service", "item", "class")
_WASTE_RULES = ("class", "item", "tag", "disposal", "exception", "safety")

AGENTS: tuple[Agent, ...] = (
    Agent("scan", ("waste",), scan, policy_of("scan"), _WASTE_RULES, blind),
    Agent("classify", ("waste",), classify, policy_of("classify"), _WASTE_RULES),
    Agent("character", ("character",), character, policy_of("character"), ("character",)),
    Agent("location", ("location",), location, policy_of("location"), (), no_places),
    Agent(
        "collection_point", ("collection_point",), collection_point, policy_of("collection_point"), ("disposal",),
        no_bins,
    ),
    Agent("bulk_waste", ("bulk_waste",), bulk_waste, policy_of("bulk_waste"), _FEE_RULES),
    Agent("recyclable_price", ("recyclable_price",), price, policy_of("recyclable_price"), _PRICE_RULES),
    Agent("weather", ("weather",), weather, policy_of("weather"), ("disposal",), no_weather),
    Agent("web_search", ("web_search",), web_search, policy_of("web_search"), _WASTE_RULES, no_web),
    Agent("image_generation", ("image_generation",), image_generation, policy_of("image_generation"), (), no_image),
    Agent("general", (GENERAL,), general, policy_of("general"), ("class", "item")),
)  # fmt: skip

ENRICHED: tuple[str, ...] = ("waste", "bulk_waste")
"""Intents to which a known location adds a weather tip."""


def agents_for(intents: Sequence[str], *, image: bool, location: Location | None) -> tuple[str, ...]:
    """Return the names of the sub-agents for a question, in table order, enrichment included.

    A picture sends waste to `scan`, text to `classify`.
    """
    waste = "scan" if image else "classify"
    wanted = {
        agent.name for agent in AGENTS if set(agent.intents) & set(intents) and agent.name not in ("scan", "classify")
    }
    wanted |= {waste} if "waste" in intents else set()
    wanted |= {"weather"} if location and set(intents) & set(ENRICHED) else set()
    return tuple(agent.name for agent in AGENTS if agent.name in wanted)
