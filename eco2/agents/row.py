"""What a sub-agent is: a row with its intents, its function and what happens when it cannot answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from eco2.items import Named, name
from eco2.ports import OutsideFacts, VisionModel
from eco2.turns import Finding, Task
from eco2.vocabulary import Vocabulary
from kb.rulebook import Rulebook

OnFailure = Literal["leave_out", "say_so"]


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
    """What happens when `run` fails: how often it is tried again, and whether the answer says so or leaves it out."""

    retries: int = 0
    on_failure: OnFailure = "say_so"


@dataclass(frozen=True)
class Agent:
    """A sub-agent. `knows` are the kinds of rules it sees; `fallback` answers when its outside source is away."""

    name: str
    intents: tuple[str, ...]
    run: Run
    policy: Policy
    knows: tuple[str, ...] = ()
    fallback: Run | None = None
