"""Find rules that no turn can keep together: an order that runs in a circle, or stages both in order and side by side.

Rules that bind different messages may differ; what a message of one or two intents must keep together may not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING

from harness.order.spans import TURN

if TYPE_CHECKING:
    from harness.order.rules import Rule

Edges = dict[str, dict[str, "Rule"]]
"""By stage: the stages that come after it, each with the rule that says so."""


def impossible(rules: Sequence[Rule]) -> str:
    """Say which rules contradict each other; empty where a turn can keep them all."""
    for intents in _messages(rules):
        bound = [rule for rule in rules if rule.binds(intents)]
        if found := _circle(bound) or _torn(bound):
            stages, broken = found
            told = " and ".join(dict.fromkeys(f"'{rule}'" for rule in broken))
            message = f" for a message of {' and '.join(intents)}" if intents else ""
            return f"no turn can keep {told}{message}: {stages}; drop one of them or bind it by `when` or `unless`"
    return ""


def _messages(rules: Sequence[Rule]) -> Iterator[tuple[str, ...]]:
    named = sorted({intent for rule in rules for intent in (*rule.when, *rule.unless)})
    for count in (0, 1, 2):
        yield from combinations(named, count)


def _circle(rules: Sequence[Rule]) -> tuple[str, list[Rule]] | None:
    """The shortest circle in the order, with the rules that make it."""
    edges = _edges(rules)
    found = [circle for stage in edges if (circle := _way(edges, stage, stage))]
    if not found:
        return None
    circle = min(found, key=len)
    return f"{' before '.join(circle)}, a circle", _along(edges, circle)


def _torn(rules: Sequence[Rule]) -> tuple[str, list[Rule]] | None:
    """Stages that must run side by side while one of them comes before the other."""
    edges = _edges(rules)
    for rule in (rule for rule in rules if rule.kind == "parallel" and not rule.limit_ms):
        for one, other in product(rule.stages, repeat=2):
            if one != other and (way := _way(edges, one, other)):
                return f"{' before '.join(way)}, which are not side by side", [rule, *_along(edges, way)]
    return None


def _edges(rules: Sequence[Rule]) -> Edges:
    named = {name for rule in rules for name in (*rule.stages, rule.join) if name} - {"*", TURN}
    edges: Edges = {}
    for rule in rules:
        for early, late in _pairs(rule, named):
            edges.setdefault(early, {}).setdefault(late, rule)
    return edges


def _pairs(rule: Rule, named: set[str]) -> Iterator[tuple[str, str]]:
    """What a rule puts in order; `*` stands for the stages that other rules name."""
    others = named - {*rule.stages, rule.join}
    if rule.kind == "joins":
        pairs = [(stage, rule.join) for stage in rule.stages]
    else:
        pairs = list(combinations(rule.order, 2)) if rule.kind in ("before", "after") else []
    for early, late in pairs:
        yield from product(others if early == "*" else (early,), others if late == "*" else (late,))


def _way(edges: Edges, start: str, end: str) -> list[str]:
    """The shortest way over one edge at least; empty where there is none."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for stage in edges.get(way[-1], ()):
            if stage == end:
                return [*way, stage]
            if stage not in seen:
                seen.add(stage)
                ways.append([*way, stage])
    return []


def _along(edges: Edges, way: Sequence[str]) -> list[Rule]:
    return [edges[early][late] for early, late in pairwise(way)]
