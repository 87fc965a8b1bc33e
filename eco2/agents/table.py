"""The eleven sub-agents as rows, in the order in which they are fanned out and in which an answer mentions them."""

from __future__ import annotations

from collections.abc import Sequence

from eco2.agents.bins import collection_point, no_bins
from eco2.agents.bulk import bulk_waste
from eco2.agents.character import character
from eco2.agents.general import general
from eco2.agents.places import location, no_places
from eco2.agents.price import price
from eco2.agents.row import Agent, Policy
from eco2.agents.waste import blind, classify, scan
from eco2.agents.weather import no_weather, weather
from eco2.agents.web import image_generation, no_image, no_web, web_search
from eco2.turns import GENERAL, Location

_WASTE_RULES = ("class", "item", "tag", "disposal", "exception", "safety")

AGENTS: tuple[Agent, ...] = (
    Agent("scan", ("waste",), scan, Policy(), _WASTE_RULES, blind),
    Agent("classify", ("waste",), classify, Policy(), _WASTE_RULES),
    Agent("character", ("character",), character, Policy(), ("character",)),
    Agent("location", ("location",), location, Policy(retries=1), (), no_places),
    Agent("collection_point", ("collection_point",), collection_point, Policy(retries=1), ("disposal",), no_bins),
    Agent("bulk_waste", ("bulk_waste",), bulk_waste, Policy(), ("fee", "contact", "service", "item", "class")),
    Agent("recyclable_price", ("recyclable_price",), price, Policy(), ("price", "service", "item", "class")),
    Agent("weather", ("weather",), weather, Policy(retries=1, on_failure="leave_out"), ("disposal",), no_weather),
    Agent("web_search", ("web_search",), web_search, Policy(retries=1), _WASTE_RULES, no_web),
    Agent("image_generation", ("image_generation",), image_generation, Policy(), (), no_image),
    Agent("general", (GENERAL,), general, Policy(), ("class", "item")),
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
