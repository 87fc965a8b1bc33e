"""What a user sees of the live world: found facts with their citations, and each source away, slow or broken."""

from __future__ import annotations

import time as real_time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from eco2.adapters.memory_bus import MemoryBus
from eco2.adapters.no_source import NoSource
from eco2.adapters.offline_model import OfflineModel
from eco2.adapters.recorded_world import RecordedWorld
from eco2.agents.row import Sources
from eco2.agents.table import AGENTS
from eco2.app import Bot, Settings
from eco2.graph import build_graph
from eco2.intake import read_request
from eco2.live_world import LiveWorld
from eco2.steps import Steps
from eco2.turns import SettingsError
from eco2.vocabulary import vocabulary
from kb.rulebook import Rulebook
from tests.eco2.live_support import FakeTime, Stalled, sources_of
from tests.eco2.public_apis import KEY, PublicApi, Reply

QUESTIONS: Mapping[str, str] = {
    "KMA": "강남역 지금 날씨 어때?",
    "Kakao Local": "강남역 근처 재활용센터 어디야?",
    "KECO": "강남역 근처 폐휴대폰 수거함 어디 있어?",
    "MOIS": "마포구 대형폐기물 어디에 문의해?",
    "OpenAI": "일회용컵 보증금 최신 정책 검색해 줘",
}
AGENT = {
    "KMA": "weather", "Kakao Local": "location", "KECO": "collection_point", "MOIS": "bulk_waste",
    "OpenAI": "web_search",
}  # fmt: skip
FAULTS: Mapping[str, Reply] = {"broken": Reply("oops", 500), "garbage": Reply("<html>"), "no key": Reply("", 401)}


Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(apis: Mapping[str, PublicApi], rules: Rulebook, world: RecordedWorld, tmp_path: Path) -> Ask:
    """Ask a bot of the small rulebook in the live world; `client` replaces the network."""
    time = FakeTime()

    def _ask(text: str, client: Callable[[FakeTime], httpx.Client] | None = None) -> dict[str, Any]:
        more = (client(time),) if client else ()
        outside = LiveWorld(
            sources_of(apis, tmp_path, *more),
            world.spots(),
            clock=time,
            sleep=time.sleep,
            jitter=lambda: 0.5,
        )
        words, nothing, ticks = vocabulary(rules, outside.spots(), ()), NoSource(), count()
        sources = {
            agent.name: Sources(
                Rulebook({id_: rule for id_, rule in rules.rules.items() if rule.kind in agent.knows}),
                words, outside, nothing, lambda path: None,
            )
            for agent in AGENTS
        }  # fmt: skip
        bus = MemoryBus(lambda: "2026-01-20T00:00:00+00:00")
        steps = Steps(OfflineModel(words), AGENTS, sources, bus, lambda: next(ticks) / 1000)
        bot = Bot(steps, build_graph(steps), lambda: "1")
        return bot.answer(read_request({"id": "t", "turns": [{"text": text}]}))

    return _ask


@pytest.mark.parametrize("source", QUESTIONS)
def test_a_live_fact_is_cited_and_its_text_goes_along(source: str, ask: Ask) -> None:
    response = ask(QUESTIONS[source])
    cited = [row for row in response["citations"] if str(row["path"]).startswith("live:")]
    assert cited
    carried = {row["id"]: row for row in response["passages"]}
    for row in cited:
        start, end = row["span"]
        assert carried[row["id"]]["path"] == row["path"]
        assert str(response["answer"])[start:end] in carried[row["id"]]["text"]
    assert response["answerable"]
    assert response["degraded"] == []


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("source", QUESTIONS)
def test_a_broken_source_is_told_in_text_events_and_response(
    source: str, fault: str, ask: Ask, apis: Mapping[str, PublicApi]
) -> None:
    for name in (source, "Gemini") if source == "OpenAI" else (source,):
        apis[name].fault = FAULTS[fault]
    response = ask(QUESTIONS[source])
    assert any(str(word).startswith(AGENT[source]) for word in response["degraded"])
    assert any(event["payload"].get("degraded") for event in response["events"])
    assert any(word in str(response["answer"]) for word in ("연결되어 있지 않", "확인할 수 없"))
    assert "live:" not in str(response["citations"])
    assert KEY not in str(response)


def test_the_other_provider_answers_and_the_answer_says_so(ask: Ask, apis: Mapping[str, PublicApi]) -> None:
    apis["OpenAI"].fault = Reply("oops", 500)
    response = ask(QUESTIONS["OpenAI"])
    assert "다른 검색으로" in str(response["answer"])
    assert response["degraded"] == ["web_search: live:openai-web is away, live:gemini-web instead"]
    assert response["answerable"]


def test_a_network_that_never_answers_ends_the_turn_all_the_same(ask: Ask) -> None:
    response = ask(QUESTIONS["KMA"], lambda time: httpx.Client(transport=Stalled(time)))
    assert response["degraded"] == ["weather: no live source"]


def test_a_sub_agent_that_hangs_is_left_behind(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LiveWorld, "weather", lambda self, spot: real_time.sleep(30))
    started = real_time.monotonic()
    response = ask(QUESTIONS["KMA"])
    assert real_time.monotonic() - started < 25
    assert response["degraded"] == ["weather: no live source"]


def test_settings_keep_their_keys_to_themselves() -> None:
    settings = Settings.from_env({"ECO2_WORLD": "live", "KAKAO_API_KEY": KEY, "OPENAI_API_KEY": KEY})
    assert settings.live_keys.kakao == KEY
    assert KEY not in repr(settings)


def test_keys_are_read_for_the_live_world_alone() -> None:
    assert Settings.from_env({"KAKAO_API_KEY": KEY}) == Settings()
    with pytest.raises(SettingsError, match="'recorded' or 'live'"):
        Settings.from_env({"ECO2_WORLD": "real"})


def test_a_place_that_only_the_live_map_knows_is_looked_up(ask: Ask, apis: Mapping[str, PublicApi]) -> None:
    assert "판교역은 흐리고" in ask("판교역 날씨 알려줘")["answer"]
    apis["Kakao Local"].fault = Reply("oops", 500)
    assert ask("판교역 날씨 알려줘")["degraded"] == ["weather: no live source"]
