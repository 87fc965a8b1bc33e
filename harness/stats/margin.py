"""Not worse by more than a margin: what a comparison proves, disproves and leaves open."""

from __future__ import annotations

from typing import Literal

from harness.cases import Comparison, Direction

Finding = Literal["worse", "not worse", "open"]


def finding(comparison: Comparison, direction: Direction, margin: float, alpha: float) -> Finding:
    """Say what is known of a drop.

    Returns:
        `worse` where the drop is beyond chance or surely beyond the margin, `not worse` where it is surely within the
        margin, `open` where a drop beyond it could hide in chance.

    Source:
        Piaggio et al.: Reporting of noninferiority and equivalence randomized trials, JAMA 2012.
    """
    least, most = drop_bounds(comparison, direction)
    if comparison.p_adjusted <= alpha or least > margin:
        return "worse"
    return "open" if most >= margin else "not worse"


def drop_bounds(comparison: Comparison, direction: Direction) -> tuple[float, float]:
    """The interval of the drop in the metric's bad direction: least and most."""
    if direction == "higher":
        return -comparison.high, -comparison.low
    return comparison.low, comparison.high


def told(comparison: Comparison, direction: Direction, found: Finding) -> str:
    """The comparison in words."""
    _, most = drop_bounds(comparison, direction)
    bounds = f"95 % {comparison.low:+.3g} to {comparison.high:+.3g}"
    chance = f"p {comparison.p_worse:.2g}, Holm {comparison.p_adjusted:.2g}"
    body = f"{comparison.difference:+.3g} on the same {_cases(comparison)} ({bounds}, {chance})"
    parts = [f"worse beyond chance: {body}" if found == "worse" else body]
    if found == "open":
        parts.append(f"could be as bad as {most:.3g} worse")
    return "; ".join([*parts, sees(comparison), *_uneven(comparison)])


def sees(comparison: Comparison) -> str:
    """The smallest drop in words."""
    if comparison.smallest_effect is None:
        return "these cases can see no drop at all"
    return f"these cases see {comparison.smallest_effect:.2g} at best"


def _cases(comparison: Comparison) -> str:
    together = f" in {comparison.clusters} clusters" if comparison.clusters < comparison.pairs else ""
    return f"{comparison.pairs} cases{together}"


def _uneven(comparison: Comparison) -> list[str]:
    counts = (
        (comparison.gone, "only in the baseline"),
        (comparison.added, "new"),
        (comparison.half_measured, "measured on one side only"),
    )
    return [f"{count} {what}" for count, what in counts if count]
