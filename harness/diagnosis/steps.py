"""The steps whose work can be put right from outside, the components that answer for them, and what blame looks like.

A component is at fault when putting its step right, and nothing else, mends the case. `generator` is what is left when
everything that goes into the answer is right; `judge` when the answer is right and the verdict is not; `ambiguous` when
more than one explanation stands; `unrepeatable` when asking again is enough; `target` when there was no answer at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Step = Literal["route", "passages", "ranking", "text"]
STEPS: tuple[Step, ...] = ("route", "passages", "ranking", "text")
"""In causal order. `text` is what the right passages say, by the accepted truth."""
COMPONENTS: Mapping[Step, str] = MappingProxyType(
    {"route": "router", "passages": "retriever", "ranking": "ranker", "text": "knowledge"}
)
CAPABILITIES: Mapping[Step, str] = MappingProxyType(
    {"route": "route", "passages": "passages", "ranking": "ranking", "text": "passages"}
)
"""What a target must say that it honours before a step can be put right in it."""
VERDICTS = (
    "router", "retriever", "ranker", "knowledge", "generator", "judge", "ambiguous", "unrepeatable", "target",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """Who is to blame: one of `VERDICTS`; the components that may be, in causal order; and why, in a line.

    `repairs` says of everything that was put right, steps joined by `+`, whether all that failed then passed.
    """

    component: str
    suspects: tuple[str, ...]
    reason: str
    repairs: Mapping[str, bool] = field(default_factory=dict)


def verdict(suspects: tuple[str, ...], reason: str, repairs: Mapping[str, bool]) -> Verdict:
    """One suspect is to blame, several are ambiguous."""
    return Verdict(suspects[0] if len(suspects) == 1 else "ambiguous", suspects, reason, dict(repairs))
