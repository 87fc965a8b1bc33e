"""The live world on a fake clock: what each fault of a source raises, how long it takes, and what comes after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest

from eco2.agents.table import AGENTS
from eco2.app_live import ADDRESSES, LiveKeys, LiveModels, live_world
from eco2.failure_modes import FAILURE_MODES, limits_of
from eco2.guard import Refused
from eco2.live_world import LiveSources, LiveWorld
from eco2.outside import Spot
from eco2.policy import BreakerOpen, CallFailed, TimedOut
from eco2.ports import OutsideFacts
from eco2.turns import SettingsError, SourceUnavailable
from tests.eco2.live_support import CLIENT, MAPO, FakeTime, Stalled, sources_of, world_of
from tests.eco2.public_apis import PublicApi, Reply

Ask = Callable[[LiveWorld], object]
ASKS: Mapping[str, tuple[str, str, Ask]] = {
    "weather": ("KMA", "weather", lambda world: world.weather(MAPO)),
    "places": ("Kakao Local", "location", lambda world: world.places("recycling_center", MAPO)),
    "a place by name": ("Kakao Local", "location", lambda world: world.locate("망원시장")),
    "bins": ("KECO", "collection_point", lambda world: world.collection_points("phone", MAPO)),
    "a district": ("MOIS", "bulk_waste", lambda world: world.district("마포구")),
    "pages": ("OpenAI", "web_search", lambda world: world.pages("컵 보증금")),
    "a picture": ("OpenAI", "image_generation", lambda world: world.image("페티 그려줘")),
}
TWO = frozenset({"pages", "a picture"})
BROKEN, GARBAGE = Reply("oops", 500), Reply("<html>maintenance</html>")


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def world(apis: Mapping[str, PublicApi], tmp_path: Path, time: FakeTime) -> LiveWorld:
    return world_of(sources_of(apis, tmp_path), time)


def fail(apis: Mapping[str, PublicApi], what: str, reply: Reply) -> None:
    """Give a source, and for what two providers offer both, one answer to everything."""
    for name in ("OpenAI", "Gemini") if what in TWO else (ASKS[what][0],):
        apis[name].fault = reply


@pytest.mark.parametrize("what", ASKS)
def test_a_live_fact_is_found_and_not_recorded(what: str, world: LiveWorld) -> None:
    facts: OutsideFacts = world
    assert facts.recorded_at is None
    assert ASKS[what][2](world)


@pytest.mark.parametrize("what", ASKS)
def test_a_source_that_never_answers_costs_at_most_its_agents_time(
    what: str, apis: Mapping[str, PublicApi], tmp_path: Path, time: FakeTime
) -> None:
    world = world_of(sources_of(apis, tmp_path, httpx.Client(transport=Stalled(time))), time)
    started = time()
    with pytest.raises(TimedOut):
        ASKS[what][2](world)
    assert time() - started <= limits_of(ASKS[what][1]).timeout_s + 1e-6


@pytest.mark.parametrize("reply", [BROKEN, GARBAGE], ids=["broken", "garbage"])
@pytest.mark.parametrize("what", ASKS)
def test_a_source_that_fails_is_asked_as_often_as_its_row_says(
    what: str, reply: Reply, world: LiveWorld, apis: Mapping[str, PublicApi], time: FakeTime
) -> None:
    fail(apis, what, reply)
    started, limits = time(), limits_of(ASKS[what][1])
    with pytest.raises(CallFailed, match=r"broke|not JSON|not its answer"):
        ASKS[what][2](world)
    pauses = sum(0.5 * limits.backoff_s * 2**number for number in range(limits.retries))
    assert time() - started == pytest.approx(pauses * (2 if what in TWO else 1))
    assert len(apis[ASKS[what][0]].asked) == limits.retries + 1


@pytest.mark.parametrize("what", ASKS)
def test_a_source_that_keeps_failing_is_left_alone_and_tried_again_later(
    what: str, world: LiveWorld, apis: Mapping[str, PublicApi], time: FakeTime
) -> None:
    fail(apis, what, BROKEN)
    for _ in range(limits_of(ASKS[what][1]).threshold):
        with pytest.raises(SourceUnavailable):
            ASKS[what][2](world)
    asked = len(apis[ASKS[what][0]].asked)
    assert asked == limits_of(ASKS[what][1]).threshold
    with pytest.raises(BreakerOpen):
        ASKS[what][2](world)
    assert len(apis[ASKS[what][0]].asked) == asked
    fail(apis, what, None)  # type: ignore[arg-type]
    time.now += 31.0
    assert ASKS[what][2](world)


@pytest.mark.parametrize("what", sorted(TWO))
@pytest.mark.parametrize(
    "reply", [BROKEN, GARBAGE, Reply("{}", 429, {"Retry-After": "60"})], ids=["500", "garbage", "429"]
)
def test_the_second_provider_answers_for_the_first_and_the_fact_says_so(
    what: str, reply: Reply, world: LiveWorld, apis: Mapping[str, PublicApi]
) -> None:
    apis["OpenAI"].fault = reply
    found = ASKS[what][2](world)
    path = found[0].path if isinstance(found, list) else found.path  # type: ignore[attr-defined]
    assert path.startswith("live:gemini-")
    assert world.degraded(path).endswith(f"is away, {path} instead")
    assert world.degraded("live:openai-web") == ""


def test_a_stalled_first_provider_leaves_half_of_the_time_to_the_second(
    apis: Mapping[str, PublicApi], tmp_path: Path, time: FakeTime
) -> None:
    stalled = sources_of(apis, tmp_path, httpx.Client(transport=Stalled(time))).web[0]
    world = world_of(LiveSources(web=(stalled, sources_of(apis, tmp_path).web[1])), time)
    started = time()
    assert world.pages("컵 보증금")[0].path == "live:gemini-web"
    assert time() - started == pytest.approx(5.0)


def test_retries_of_all_sources_share_one_budget(
    world: LiveWorld, apis: Mapping[str, PublicApi], time: FakeTime
) -> None:
    for api in apis.values():
        api.fault = BROKEN
    for what in ("weather", "places", "bins", "a district", "pages", "a picture"):
        with pytest.raises(SourceUnavailable):
            ASKS[what][2](world)
    calls = sum(len(api.asked) for api in apis.values())
    assert calls == 8 + 10


@pytest.mark.parametrize("what", ASKS)
def test_a_source_without_a_key_is_away(what: str, time: FakeTime) -> None:
    with pytest.raises(SourceUnavailable, match=r"no key for .*set [A-Z_]+"):
        ASKS[what][2](world_of(LiveSources(), time))


@pytest.mark.parametrize("text", ["", "\x00\u200b", "가" * 401], ids=["empty", "hidden", "long"])
def test_words_that_cannot_be_searched_for_reach_no_source(
    text: str, world: LiveWorld, apis: Mapping[str, PublicApi]
) -> None:
    for ask in (world.pages, world.image, world.locate, world.district):
        with pytest.raises(Refused):
            ask(text)
    assert not any(api.asked for api in apis.values())


def test_control_characters_are_gone_before_a_query_leaves(world: LiveWorld, apis: Mapping[str, PublicApi]) -> None:
    world.pages("컵\r\nHost: evil\x00 보증금\u202e")
    assert apis["OpenAI"].asked[0].body["input"] == "컵 Host: evil 보증금"


def test_a_name_that_looks_like_an_address_stays_a_parameter(world: LiveWorld, apis: Mapping[str, PublicApi]) -> None:
    world.locate("../../admin?x=1&query=other#http://10.0.0.1")
    asked = apis["Kakao Local"].asked[0]
    assert asked.path == "/v2/local/search/keyword.json"
    assert asked.params["query"] == "../../admin?x=1&query=other#http://10.0.0.1"


def test_bins_around_a_bare_point_are_those_of_its_district(world: LiveWorld, apis: Mapping[str, PublicApi]) -> None:
    found = world.collection_points("phone", Spot("here", "현재 위치", "your location", MAPO.lat, MAPO.lon))
    assert [one.fact.name for one in found] == ["새봄마트 1호점"]
    assert apis["KECO"].asked[0].params["cond[수거장소(주소)::LIKE]"] == "마포구"


def test_without_a_place_to_look_around_nothing_is_asked(world: LiveWorld, apis: Mapping[str, PublicApi]) -> None:
    assert (list(world.places("cafe")), list(world.collection_points("phone"))) == ([], [])
    assert not any(api.asked for api in apis.values())


def test_a_client_of_this_world_calls_no_host_but_the_documented_ones(tmp_path: Path) -> None:
    world = live_world(LiveKeys(kakao="key"), LiveModels(), tmp_path)
    assert all(address.startswith("https://") for address in ADDRESSES.values())
    assert "key" not in repr(vars(world))


def test_the_wired_world_asks_the_addresses_it_was_given(apis: Mapping[str, PublicApi], tmp_path: Path) -> None:
    addresses = {**ADDRESSES, "KMA": apis["KMA"].url}
    world = live_world(LiveKeys(data_go_kr="k3y+that/must=not-leak"), LiveModels(), tmp_path, (), addresses)
    assert world.weather(MAPO)


@pytest.mark.parametrize("address", ["ftp://example.org", "dapi.kakao.com", ""])
def test_an_address_that_is_none_is_a_setting_to_mend(address: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Kakao Local"):
        live_world(LiveKeys(), LiveModels(), tmp_path, (), {**ADDRESSES, "Kakao Local": address})


def test_a_model_name_that_leads_elsewhere_is_a_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="a model's name"):
        live_world(LiveKeys(gemini="k"), LiveModels(gemini_web="../../files?x="), tmp_path)


def test_every_agent_has_its_row() -> None:
    assert [row.agent for row in FAILURE_MODES] == [agent.name for agent in AGENTS]


def test_the_client_for_tests_calls_only_this_machine() -> None:
    with pytest.raises(Refused):
        CLIENT.get("https://example.org/")
