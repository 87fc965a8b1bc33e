"""How many cases each intent and each pair of intents has: what no case asks, no run can show broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from harness.cases import Case

ASIDE = "general"
"""What is none of the intents pairs with nothing."""


def counts(cases: Iterable[Case]) -> Counter[tuple[str, ...]]:
    """Cases by intent and by pair of intents, each pair in alphabetical order."""
    found: Counter[tuple[str, ...]] = Counter()
    for case in cases:
        intents = sorted({intent for intent in case.intents if intent != ASIDE})
        found.update((intent,) for intent in intents)
        found.update(combinations(intents, 2))
    return found


def uncovered(cases: Sequence[Case], intents: Sequence[str]) -> list[str]:
    """Intents and pairs that no case has, one line each kind; nothing where no case is labelled with intents."""
    found = counts(cases)
    if not found:
        return []
    wanted = sorted(set(intents) - {ASIDE})
    alone = [intent for intent in wanted if not found[(intent,)]]
    pairs = ["+".join(pair) for pair in combinations(wanted, 2) if not found[pair]]
    return [
        f"no case has {what}: {', '.join(missing)}"
        for what, missing in (("these intents", alone), ("these pairs of intents", pairs))
        if missing
    ]


def table(cases: Sequence[Case], intents: Sequence[str]) -> list[list[str]]:
    """A triangle: rows and columns are intents, the diagonal counts all cases of an intent."""
    wanted, found = sorted(set(intents) - {ASIDE}), counts(cases)
    rows = [["intent", *(str(number) for number in range(1, len(wanted) + 1))]]
    for row, intent in enumerate(wanted, start=1):
        pairs = [str(found[(other, intent)]) for other in wanted[: row - 1]]
        rows.append([f"{row} {intent}", *pairs, str(found[(intent,)])])
    return rows
