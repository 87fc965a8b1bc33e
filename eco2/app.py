"""The wiring of the room and its doors: `answer` is the target that a harness or anybody else calls.

The only file that names adapters and the graph; it imports them inside functions, so that a command loads what it uses.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from eco2.app_models import language_model as model_of
from eco2.app_models import vision_model
from eco2.conversations import conversation_of
from eco2.intake import read_request
from eco2.pace import in_turn, pace_of
from eco2.settings import LIVE, RECORDED, Settings
from eco2.turns import Request, SettingsError

if TYPE_CHECKING:
    from eco2.agents.row import Sources
    from eco2.app_memory import Conversations
    from eco2.ports import EventBus, LanguageModel, OutsideFacts, VisionModel
    from eco2.steps import Json, Steps
    from kb.rulebook import Rulebook
    from kb.workspace import Workspace

_WORLD = Path("datasets") / "world"
_MADE = Path(".eco2") / "pictures"
_MOST_PICTURE_BYTES = 20_000_000

__all__ = ["Bot", "Settings", "answer", "bot", "language_model"]


def answer(request: Mapping[str, object] | str) -> dict[str, object]:
    """Answer the last message of a conversation; a harness target.

    Args:
        request: `{"id"?, "turns": [...], "overrides"?}` as the contract has it, or one message. With "conversation", a
            name, "turns" are what is new, after those that the conversation keeps.

    Returns:
        The response of the contract, with "answerable" and "language" beside it; for a conversation also
        "conversation": its name, the turns it keeps, and how many of these are shortened.

    Raises:
        Eco2Error: the request or a setting is not usable.
        KbError: the workspace or its rules are not.
    """
    asked, conversation = read_request(request), conversation_of(request)
    return bot(Settings.from_env(), Path.cwd()).answer(asked, conversation)


def language_model() -> LanguageModel:
    """Return the language model that the bot in use works with."""
    return bot(Settings.from_env(), Path.cwd()).steps.model


@dataclass(frozen=True)
class Bot:
    """A wired pipeline: its steps, its compiled graph, where job ids come from, and the conversations that it keeps."""

    steps: Steps
    graph: Any
    new_id: Callable[[], str]
    conversations: Callable[[], Conversations] | None = None

    def answer(self, request: Request, conversation: str = "") -> dict[str, object]:
        """Run one turn through the graph, in a conversation after what that one keeps.

        Raises:
            ConversationBusy: another turn of the conversation takes too long.
            SettingsError: this bot keeps no conversations, or cannot read or write them.
        """
        from eco2.events import Draft
        from eco2.fallback import TURN_S
        from eco2.respond import respond
        from eco2.steps import request_json

        steps, started = self.steps, self.steps.clock()
        job = f"{request.id}-{self.new_id()}"
        steps.bus.publish(job, Draft("turn", "started", "turn:started", payload={"id": request.id}))
        given = {"job": job, "request": request_json(request), "deadline_at": started + TURN_S}
        try:
            with in_turn(request.id):
                state, told = self._run(job, given, conversation)
            steps.bus.publish(job, Draft("turn", "completed", "turn:completed", "event"))
            events = steps.bus.history(job)
        finally:
            steps.bus.forget(job)
        return {**respond(state, events, started, steps.clock(), steps.agents), **told}

    def _run(self, job: str, given: Json, conversation: str) -> tuple[Json, Json]:
        """Return the end state of a turn, and what the response says of its conversation."""
        if not conversation:
            return self.graph.invoke(given, {"configurable": {"thread_id": job}}), {}
        if self.conversations is None:
            raise SettingsError("ECO2_MEMORY is empty, so no conversation is kept; name a file, or ask without one")
        state, kept = self.conversations().turn(conversation, given)
        short = sum(turn["short"] for turn in kept)
        return state, {"conversation": {"id": conversation, "turns": len(kept), "shortened": short}}


@lru_cache(maxsize=8)
def bot(settings: Settings, here: Path) -> Bot:
    """Wire a bot; once a process for the same settings and folder."""
    from eco2.agents.table import AGENTS
    from eco2.graph import build_graph
    from eco2.paced import PacedModel, PacedVision, PacedWorld
    from eco2.steps import Steps
    from kb.app import open_workspace, rulebook

    workspace = open_workspace(settings.workspace)  # the nearest upward from `here`
    outside, vision = _outside(settings, workspace)
    rules = rulebook(workspace)
    vision = vision if settings.world == RECORDED else vision_model(settings.models, rules) or vision
    pace = pace_of(settings.pace)
    if pace and settings.world == RECORDED:
        outside, vision = PacedWorld(outside, pace), PacedVision(vision, pace)
    offline, sources = _known(rules, outside, vision, _picture_reader(settings, workspace.root))
    offline = PacedModel(offline, pace) if pace else offline
    steps = Steps(model_of(settings.models, lambda: offline), AGENTS, sources, _bus(), time.perf_counter)
    kept = _conversations(settings, here if workspace.is_packaged else workspace.root, steps)
    return Bot(steps, build_graph(steps), lambda: uuid4().hex[:12], kept)


def _conversations(settings: Settings, root: Path, steps: Steps) -> Callable[[], Conversations] | None:
    """Return what wires the conversations once one is asked for; None when the settings want none kept."""
    from eco2.app_memory import DEFAULT, conversations
    from eco2.app_models import model_names

    if settings.memory == "":
        return None
    asked = [name.model for name in model_names(settings.models.names)]
    path = Path(settings.memory) if settings.memory else root / DEFAULT
    return cache(lambda: conversations(steps, asked, path))


def _outside(settings: Settings, workspace: Workspace) -> tuple[OutsideFacts, VisionModel]:
    """Return the outside world that the settings ask for.

    Raises:
        SettingsError: the recorded world is asked for and the workspace has none.
    """
    from eco2.adapters.no_source import NoSource

    folder, nothing = workspace.root / _WORLD, NoSource()
    if settings.world == LIVE:
        from eco2.adapters.recorded_world import Rows
        from eco2.app_live import live_world
        from eco2.outside import Spot

        mapped = (folder / "gazetteer.jsonl").is_file()
        spots = Rows(folder, _WORLD.as_posix(), "gazetteer.jsonl", Spot, None).found if mapped else []
        made = settings.pictures or workspace.root / _MADE
        return live_world(settings.live_keys, settings.live_models, made, spots), nothing
    if settings.world != RECORDED:
        return nothing, nothing
    if not folder.is_dir():
        raise SettingsError(f"ECO2_WORLD=recorded needs {folder}; unset it, or choose a workspace with a frozen world")
    from eco2.adapters.recorded_vision import RecordedVision
    from eco2.adapters.recorded_world import RecordedWorld

    world = RecordedWorld(folder, _WORLD.as_posix())
    return world, RecordedVision(folder, _WORLD.as_posix(), world.recorded_at)


def _known(
    rules: Rulebook, outside: OutsideFacts, vision: VisionModel, open_picture: Callable[[str], bytes | None]
) -> tuple[LanguageModel, dict[str, Sources]]:
    """Return the language model, and for each agent what it may see: the rules of its kinds alone."""
    from eco2.adapters.offline_model import OfflineModel
    from eco2.agents.row import Sources
    from eco2.agents.table import AGENTS
    from eco2.turns import SourceUnavailable
    from eco2.vocabulary import vocabulary
    from kb.rulebook import Rulebook

    try:
        venues = outside.places(None) if outside.recorded_at else ()  # a live source lists none without a place
        words = vocabulary(rules, outside.spots(), venues)
    except SourceUnavailable:
        words = vocabulary(rules)
    sources = {
        agent.name: Sources(
            Rulebook({id_: rule for id_, rule in rules.rules.items() if rule.kind in agent.knows}),
            words,
            outside,
            vision,
            open_picture,
        )
        for agent in AGENTS
    }
    return OfflineModel(words), sources


def _bus() -> EventBus:
    from eco2.adapters.memory_bus import MemoryBus

    return MemoryBus(lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))


def _picture_reader(settings: Settings, root: Path) -> Callable[[str], bytes | None]:
    """Return how users' pictures are read: of those folders only that are named, or, for a live world, this one's."""
    named = settings.pictures_from or ((Path.cwd(), root, root / _WORLD) if settings.world == LIVE else ())
    return (lambda path: _picture_below(path, named)) if named else lambda path: _picture(path, root)


def _picture_below(path: str, folders: Sequence[Path]) -> bytes | None:
    """Read a picture below one of the folders; None for anything else, and for what is no picture by its bytes."""
    from eco2.guard import Refused, media_type, picture_path

    try:
        data = picture_path(path, folders).read_bytes()
    except (OSError, Refused):
        return None
    return data if media_type(data) else None


def _picture(path: str, root: Path) -> bytes | None:
    """Read a picture, given as it stands, below the workspace or below its frozen world; None when there is none."""
    for candidate in (Path(path), root / path, root / _WORLD / path):
        try:
            if candidate.is_file() and candidate.stat().st_size <= _MOST_PICTURE_BYTES:
                return candidate.read_bytes()
        except (OSError, ValueError):
            continue
    return None
