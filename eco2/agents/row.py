"""What a sub-agent is: a row with its intents, its function and what happens when it cannot answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eco2.failure_modes import FAILURE_MODES, Mode
from eco2.items import Named, name
from eco2.ports import OutsideFacts, VisionModel
from eco2.turns import Finding, Task
from eco2.vocabulary import Vocabulary
from kb.rulebook import Rulebook


@dataclass(frozen=True)
class Sources:
    """What a sub-agent may look at: the rules of the kinds that it knows, words, and the ports of the outside."""

    rules: Rulebook
    words: Vocabulary
    outside: OutsideFacts
    vision: VisionModel
    open_picture: Callable[[str], bytes | None]

    def named(self, text: str) -> Named:
        return name(text, self.words)


Run = Callable[[Task, Sources], Finding]


@dataclass(frozen=True)
class Policy:
    """What an agent may cost and what happens without its source: `mode` for what was asked, `tip` beside it.

    Retries and threshold are those of its outside calls (`live_world`); nothing is tried again around `run`. Without
    a `timeout_s` an agent asks nobody and is not waited for.
    """

    timeout_s: float | None = None
    retries: int = 0
    threshold: int = 5
    mode: Mode = "closed"
    tip: Mode = "open"


def policy_of(agent: str) -> Policy:
    """Return the policy of an agent's row in `failure_modes`.

    Raises:
        KeyError: there is no such row.
    """
    row = {row.agent: row for row in FAILURE_MODES}[agent]
    return Policy(
        row.limits.timeout_s if row.source else None, row.limits.retries, row.limits.threshold, row.asked, row.tip
    )


@dataclass(frozen=True)
class Agent:
    """A sub-agent. `knows` are the kinds of rules it sees; `fallback` answers when its outside source is away."""

    name: str
    intents: tuple[str, ...]
    run: Run
    policy: Policy
    knows: tuple[str, ...] = ()
    fallback: Run | None = None
