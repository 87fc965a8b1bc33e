"""The wiring of the room and its doors: `answer` is the target that a harness or anybody else calls.

The only file that names adapters and the graph; it imports them inside functions, so that a command loads what it uses.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from eco2.intake import read_request
from eco2.turns import Request, SettingsError

if TYPE_CHECKING:
    from eco2.agents.row import Sources
    from eco2.ports import EventBus, LanguageModel, OutsideFacts, VisionModel
    from eco2.steps import Steps
    from kb.rulebook import Rulebook
    from kb.workspace import Workspace

RECORDED = "recorded"
_WORLD = Path("datasets") / "world"
_MOST_PICTURE_BYTES = 20_000_000


@dataclass(frozen=True)
class Settings:
    """What the environment decides: KB_WORKSPACE, and ECO2_WORLD ("" for no outside source, or "recorded")."""

    workspace: Path | None = None
    world: str = ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings.

        Raises:
            SettingsError: ECO2_WORLD is another word.
        """
        world = environ.get("ECO2_WORLD", "")
        if world not in ("", RECORDED):
            raise SettingsError(f"ECO2_WORLD is {world!r}; use {RECORDED!r}, or leave it unset for no outside source")
        return cls(Path(environ["KB_WORKSPACE"]) if environ.get("KB_WORKSPACE") else None, world)


def answer(request: Mapping[str, object] | str) -> dict[str, object]:
    """Answer the last message of a conversation; a harness target.

    Args:
        request: `{"id"?, "turns": [...], "overrides"?}` as the contract has it, or one message.

    Returns:
        The response of the contract, with "answerable" and "language" beside it.

    Raises:
        Eco2Error: the request or a setting is not usable.
        KbError: the workspace or its rules are not.
    """
    return bot(Settings.from_env(), Path.cwd()).answer(read_request(request))


def language_model() -> LanguageModel:
    """Return the language model that the bot in use works with."""
    return bot(Settings.from_env(), Path.cwd()).steps.model


@dataclass(frozen=True)
class Bot:
    """A wired pipeline: its steps, its compiled graph, and where job ids come from."""

    steps: Steps
    graph: Any
    new_id: Callable[[], str]

    def answer(self, request: Request) -> dict[str, object]:
        """Run one turn through the graph."""
        from eco2.events import Draft
        from eco2.respond import respond
        from eco2.steps import request_json

        steps, started = self.steps, self.steps.clock()
        job = f"{request.id}-{self.new_id()}"
        steps.bus.publish(job, Draft("turn", "started", "turn:started", payload={"id": request.id}))
        state = self.graph.invoke({"job": job, "request": request_json(request)}, {"configurable": {"thread_id": job}})
        steps.bus.publish(job, Draft("turn", "completed", "turn:completed", "event"))
        events = steps.bus.history(job)
        steps.bus.forget(job)
        return respond(state, events, started, steps.clock(), steps.agents)


@lru_cache(maxsize=8)
def bot(settings: Settings, here: Path) -> Bot:
    """Wire a bot; once a process for the same settings and folder."""
    from eco2.agents.table import AGENTS
    from eco2.graph import build_graph
    from eco2.steps import Steps
    from kb.app import open_workspace, rulebook

    del here  # the nearest workspace upward depends on it
    workspace = open_workspace(settings.workspace)
    outside, vision = _outside(settings, workspace)
    rules = rulebook(workspace)
    model, sources = _known(rules, outside, vision, workspace.root)
    steps = Steps(model, AGENTS, sources, _bus(), time.perf_counter)
    return Bot(steps, build_graph(steps), lambda: uuid4().hex[:12])


def _outside(settings: Settings, workspace: Workspace) -> tuple[OutsideFacts, VisionModel]:
    """Return the outside world that the settings ask for.

    Raises:
        SettingsError: the recorded world is asked for and the workspace has none.
    """
    from eco2.adapters.no_source import NoSource

    if settings.world != RECORDED:
        source = NoSource()
        return source, source
    folder = workspace.root / _WORLD
    if not folder.is_dir():
        raise SettingsError(f"ECO2_WORLD=recorded needs {folder}; unset it, or choose a workspace with a frozen world")
    from eco2.adapters.recorded_vision import RecordedVision
    from eco2.adapters.recorded_world import RecordedWorld

    world = RecordedWorld(folder, _WORLD.as_posix())
    return world, RecordedVision(folder, _WORLD.as_posix(), world.recorded_at)


def _known(
    rules: Rulebook, outside: OutsideFacts, vision: VisionModel, root: Path
) -> tuple[LanguageModel, dict[str, Sources]]:
    """Return the language model, and for each agent what it may see: the rules of its kinds alone."""
    from eco2.adapters.offline_model import OfflineModel
    from eco2.agents.row import Sources
    from eco2.agents.table import AGENTS
    from eco2.turns import SourceUnavailable
    from eco2.vocabulary import vocabulary
    from kb.rulebook import Rulebook

    try:
        words = vocabulary(rules, outside.spots(), outside.places(None))
    except SourceUnavailable:
        words = vocabulary(rules)
    sources = {
        agent.name: Sources(
            Rulebook({id_: rule for id_, rule in rules.rules.items() if rule.kind in agent.knows}),
            words,
            outside,
            vision,
            lambda path: _picture(path, root),
        )
        for agent in AGENTS
    }
    return OfflineModel(words), sources


def _bus() -> EventBus:
    from eco2.adapters.memory_bus import MemoryBus

    return MemoryBus(lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))


def _picture(path: str, root: Path) -> bytes | None:
    """Read a picture, given as it stands, below the workspace or below its frozen world; None when there is none."""
    for candidate in (Path(path), root / path, root / _WORLD / path):
        try:
            if candidate.is_file() and candidate.stat().st_size <= _MOST_PICTURE_BYTES:
                return candidate.read_bytes()
        except (OSError, ValueError):
            continue
    return None
