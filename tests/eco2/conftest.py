"""A small rulebook and a small frozen world, wired as `eco2.app` wires the real ones; and this repository's own bot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

import pytest

from eco2.adapters.memory_bus import MemoryBus
from eco2.adapters.no_source import NoSource
from eco2.adapters.offline_model import OfflineModel, reader
from eco2.adapters.recorded_vision import RecordedVision
from eco2.adapters.recorded_world import RecordedWorld
from eco2.agents.row import Agent, Sources
from eco2.agents.table import AGENTS
from eco2.app import Bot, answer
from eco2.graph import build_graph
from eco2.intake import read_request
from eco2.ports import OutsideFacts, VisionModel
from eco2.steps import Steps
from eco2.turns import SubQuery, Turn
from eco2.understand import understand
from eco2.vocabulary import Vocabulary, vocabulary
from kb.adapters.yaml_text import load_entries
from kb.rulebook import Rulebook, rulebook, rules_from
from tests.eco2.live_support import all_serving
from tests.eco2.public_apis import PublicApi

DATA = Path(__file__).resolve().parent / "data"
WORLD = DATA / "world"

Ask = Callable[..., dict[str, object]]
Wire = Callable[..., Bot]


@pytest.fixture(scope="session")
def rules() -> Rulebook:
    path = DATA / "rules" / "small.yaml"
    return rulebook(rules_from("small.yaml", *load_entries(path.read_text(encoding="utf-8"), "small.yaml")))


@pytest.fixture(scope="session")
def world() -> RecordedWorld:
    return RecordedWorld(WORLD, "world")


@pytest.fixture(scope="session")
def words(rules: Rulebook, world: RecordedWorld) -> Vocabulary:
    return vocabulary(rules, world.spots(), world.places(None))


@pytest.fixture
def questions(words: Vocabulary) -> Callable[..., tuple[SubQuery, ...]]:
    """The questions that the offline model hears in the last of some messages."""
    return lambda *turns: understand([Turn(text) for text in turns], reader(words)).sub_queries


@pytest.fixture
def wire(rules: Rulebook, words: Vocabulary, world: RecordedWorld) -> Wire:
    """Wire a bot of the small rulebook; `agents` replace the table, `recorded=False` takes the outside world away."""

    def _wire(agents: Sequence[Agent] = AGENTS, *, recorded: bool = True) -> Bot:
        nothing = NoSource()
        outside: OutsideFacts = world if recorded else nothing
        vision: VisionModel = RecordedVision(WORLD, "world", world.recorded_at) if recorded else nothing
        seen = words if recorded else vocabulary(rules)
        sources = {
            agent.name: Sources(_of_kinds(rules, agent.knows), seen, outside, vision, _picture) for agent in agents
        }
        ticks = count()
        bus = MemoryBus(lambda: "2026-01-20T00:00:00+00:00")
        steps = Steps(OfflineModel(seen), agents, sources, bus, lambda: next(ticks) / 1000)
        ids = count(1)
        return Bot(steps, build_graph(steps), lambda: str(next(ids)))

    return _wire


@pytest.fixture
def small(wire: Wire) -> Ask:
    """Ask the bot of the small rulebook: messages, oldest first."""
    bot = wire()
    return lambda *turns: bot.answer(read_request({"id": "t", "turns": list(turns)}))


@pytest.fixture
def real(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask the bot of this repository with its frozen world."""
    monkeypatch.setenv("KB_WORKSPACE", str(repository))
    monkeypatch.setenv("ECO2_WORLD", "recorded")
    return lambda *turns: answer({"id": "t", "turns": list(turns)})


def _of_kinds(rules: Rulebook, kinds: Sequence[str]) -> Rulebook:
    return Rulebook({id_: rule for id_, rule in rules.rules.items() if rule.kind in kinds})


def _picture(name: str) -> bytes | None:
    path = WORLD / name
    return path.read_bytes() if path.is_file() else None


def ids_of(rows: object) -> list[str]:
    """The ids of passages or citations."""
    assert isinstance(rows, list)
    return [str(row["id"]) for row in rows if isinstance(row, Mapping)]


@pytest.fixture(scope="module")
def servers() -> Iterator[Mapping[str, PublicApi]]:
    with all_serving() as running:
        yield running


@pytest.fixture
def apis(servers: Mapping[str, PublicApi]) -> Mapping[str, PublicApi]:
    """A server for each public API, unasked and without a fault."""
    for api in servers.values():
        api.fault = None
        api.asked.clear()
    return servers
