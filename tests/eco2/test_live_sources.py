"""Each source against a server that speaks its API: what it asks, what it understands, and what it says of an error."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eco2.adapters.kma_weather import KST, forecast_base, grid, observed_base
from eco2.adapters.web_answer import Citation, pages, plain
from eco2.app_live import LiveKeys
from eco2.live_world import LiveSources
from eco2.outside import Found, Place
from eco2.policy import CallFailed, Deadline, TimedOut
from eco2.turns import SettingsError, SourceUnavailable
from tests.eco2.live_support import MAPO, sources_of
from tests.eco2.public_apis import KEY, PNG, XML_BAD_KEY, PublicApi, Reply

Ask = Callable[[LiveSources, float], object]
ASKS: Mapping[str, Ask] = {
    "KMA": lambda live, seconds: live.weather.weather(MAPO, seconds),  # type: ignore[union-attr]
    "Kakao Local": lambda live, seconds: live.places.places("reuse_center", MAPO, seconds),  # type: ignore[union-attr]
    "KECO": lambda live, seconds: live.points.points("phone", MAPO, Deadline.after(seconds)),  # type: ignore[union-attr]
    "MOIS": lambda live, seconds: live.bulky.district("마포구", seconds),  # type: ignore[union-attr]
    "OpenAI": lambda live, seconds: live.web[0].source.pages("컵 보증금", seconds),
    "Gemini": lambda live, seconds: live.web[1].source.pages("컵 보증금", seconds),
    "OpenAI images": lambda live, seconds: live.images[0].source.image("페티", seconds),
    "Gemini images": lambda live, seconds: live.images[1].source.image("페티", seconds),
}
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["", "x", "9" * 400, [], {}, [None], {"item": 1}, [[]], [{}], -999, "-999", "NaN", 1e308, "\ud800"]
    ),
)


@pytest.fixture
def live(apis: Mapping[str, PublicApi], tmp_path: Path) -> LiveSources:
    return sources_of(apis, tmp_path)


def test_weather_is_the_last_observation_with_the_sky_and_chance_of_the_forecast(
    live: LiveSources, apis: Mapping[str, PublicApi]
) -> None:
    found = ASKS["KMA"](live, 5.0)
    assert isinstance(found, Found)
    fact = found.fact
    assert (fact.sky, fact.precipitation, fact.temperature_c, fact.humidity_pct, fact.pop_pct) == (
        "overcast", "snow", -3.0, 82, 80,
    )  # fmt: skip
    assert (found.path, found.line, found.recorded_at) == ("live:kma", 1, None)
    assert (apis["KMA"].asked[0].params["nx"], apis["KMA"].asked[0].params["ny"]) == ("59", "127")


@pytest.mark.parametrize(
    ("lat", "lon", "cell"),
    [
        (37.5665, 126.978, (60, 127)), (35.1796, 129.0756, (98, 76)), (33.4996, 126.5312, (53, 38)),
        (38, 126, (43, 136)),
        (35.68, 139.69, None), (51.5, -0.12, None), (float("nan"), 127, None), (90, 127, None),
    ],
    ids=["Seoul", "Busan", "Jeju", "the origin", "Tokyo", "London", "nowhere", "the pole"],
)  # fmt: skip
def test_a_point_lies_in_the_cell_of_the_public_table(lat: float, lon: float, cell: tuple[int, int] | None) -> None:
    assert grid(lat, lon) == cell


@pytest.mark.parametrize(
    ("now", "observed", "forecast"),
    [
        ("2026-01-20 09:39", "2026-01-20 08:00", "2026-01-20 08:00"),
        ("2026-01-20 09:40", "2026-01-20 09:00", "2026-01-20 08:00"),
        ("2026-01-20 02:09", "2026-01-20 01:00", "2026-01-19 23:00"),
        ("2026-01-20 02:10", "2026-01-20 01:00", "2026-01-20 02:00"),
        ("2026-01-01 00:15", "2025-12-31 23:00", "2025-12-31 23:00"),
    ],
)
def test_what_is_asked_for_is_already_out(now: str, observed: str, forecast: str) -> None:
    at = datetime.fromisoformat(f"{now}:00+09:00")
    assert f"{observed_base(at):%Y-%m-%d %H:%M}" == observed
    assert f"{forecast_base(at):%Y-%m-%d %H:%M}" == forecast


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=KST)))
def test_a_forecast_is_at_most_three_hours_older_than_its_delay(now: datetime) -> None:
    base = forecast_base(now)
    assert base.hour % 3 == 2
    assert timedelta(minutes=10) <= now - base < timedelta(hours=3, minutes=10)


def test_places_are_near_first_and_twins_within_50_m_are_one(live: LiveSources, apis: Mapping[str, PublicApi]) -> None:
    found = ASKS["Kakao Local"](live, 3.0)
    assert [place.fact.id for place in found] == ["kakao-7", "kakao-9"]  # type: ignore[attr-defined]
    asked = apis["Kakao Local"].asked[0].params
    assert (asked["query"], asked["radius"], asked["size"], asked["sort"]) == ("재사용가게", "5000", "10", "distance")


def test_cafes_are_asked_for_by_category(live: LiveSources, apis: Mapping[str, PublicApi]) -> None:
    assert live.places is not None
    found: list[Found[Place]] = live.places.places("cafe", MAPO, 3.0)
    assert found
    assert apis["Kakao Local"].asked[0].params["category_group_code"] == "CE7"


def test_bins_are_those_of_the_district_whose_address_is_known(live: LiveSources) -> None:
    found = ASKS["KECO"](live, 10.0)
    assert [(point.fact.name, point.fact.lat, point.line) for point in found] == [("새봄마트 1호점", 37.5578, 1)]  # type: ignore[attr-defined]


def test_an_address_is_looked_up_once(live: LiveSources, apis: Mapping[str, PublicApi]) -> None:
    ASKS["KECO"](live, 10.0)
    looked_up = len(apis["Kakao Local"].asked)
    ASKS["KECO"](live, 10.0)
    assert len(apis["Kakao Local"].asked) == looked_up == 3


def test_bins_that_could_be_placed_in_time_are_kept(live: LiveSources, apis: Mapping[str, PublicApi]) -> None:
    apis["Kakao Local"].twist = lambda reply: replace(
        reply, pause_s=0.0 if len(apis["Kakao Local"].asked) == 1 else 1.0
    )
    try:
        assert len(ASKS["KECO"](live, 0.5)) == 1  # type: ignore[arg-type]
    finally:
        apis["Kakao Local"].twist = None


def test_a_folder_that_cannot_be_written_is_a_setting_to_mend(apis: Mapping[str, PublicApi], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="set ECO2_PICTURES"):
        ASKS["OpenAI images"](sources_of(apis, tmp_path / "file"), 5.0)


def test_a_district_is_told_from_its_namesakes_and_prefers_the_row_on_bulky_waste(live: LiveSources) -> None:
    assert live.bulky is not None
    seoul, busan = live.bulky.district("중구", 5.0, "서울"), live.bulky.district("중구", 5.0, "부산")
    mapo = live.bulky.district("마포구", 5.0)
    assert seoul is not None
    assert seoul.phone == "02-3396-5472"
    assert busan is not None
    assert (busan.method, busan.phone) == (None, "051-600-4421")
    assert mapo is not None
    assert "method: 스티커를 붙여 문 앞에" in mapo.evidence().text
    assert (mapo.evidence().path, mapo.dated) == ("live:mois", "2025-11-03")


def test_pages_carry_the_sentence_that_cites_them_and_no_link_leads_inside(live: LiveSources) -> None:
    found = ASKS["OpenAI"](live, 10.0)
    assert [(page.fact.url, page.fact.snippet_ko, page.fact.published) for page in found] == [  # type: ignore[attr-defined]
        ("https://me.example.org/cup", "보증금은 컵 하나에 300원이다.", ""),
        ("https://news.example.org/b", "둘째 사실이다.", ""),
    ]


def test_grounded_pages_carry_the_segments_that_rest_on_them(live: LiveSources) -> None:
    found = ASKS["Gemini"](live, 10.0)
    assert [(page.fact.title, page.fact.snippet_ko) for page in found] == [("me.go.kr", "보증금은 300원이다.")]  # type: ignore[attr-defined]


@pytest.mark.parametrize("source", ["OpenAI images", "Gemini images"])
def test_a_picture_is_a_file_below_the_folder(source: str, live: LiveSources, tmp_path: Path) -> None:
    found = ASKS[source](live, 30.0)
    assert isinstance(found, Found)
    assert Path(found.fact.path).parent == tmp_path
    assert Path(found.fact.path).read_bytes() == PNG
    assert [path.suffix for path in tmp_path.iterdir()] == [".png"]


@pytest.mark.parametrize("number", [0, 1], ids=["OpenAI", "Gemini"])
def test_a_picture_that_will_not_be_drawn_is_none(number: int, live: LiveSources) -> None:
    assert live.images[number].source.image("폭탄", 30.0) is None


FAULTS: Mapping[str, tuple[Reply, bool]] = {
    "429 with Retry-After": (Reply("{}", 429, {"Retry-After": "7"}), True),
    "500": (Reply("<html>oops</html>", 500), True),
    "503 as JSON": (Reply({"error": "busy"}, 503), True),
    "HTML with 200": (Reply("<html>maintenance</html>"), True),
    "truncated JSON": (Reply('{"response": {"header"'), True),
    "another shape": (Reply([1, 2]), True),  # type: ignore[arg-type]
    "an empty object": (Reply({}), True),
    "nothing": (Reply(""), True),
    "a redirect": (Reply("", 302, {"Location": "http://169.254.169.254/"}), False),
    "a packed answer": (Reply(b"\x1f\x8b", 200, {"Content-Encoding": "gzip"}), True),
    "403": (Reply("Forbidden", 403), False),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("source", ASKS)
def test_a_fault_becomes_an_error_of_the_policy(
    source: str, fault: str, live: LiveSources, apis: Mapping[str, PublicApi]
) -> None:
    reply, may_pass = FAULTS[fault]
    apis[source.removesuffix(" images")].fault = reply
    with pytest.raises(CallFailed) as caught:
        ASKS[source](live, 5.0)
    if reply.status != 200:
        assert caught.value.retry == may_pass
    assert caught.value.retry_after_s == (7.0 if reply.status == 429 else None)
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("source", ASKS)
@pytest.mark.parametrize("reply", [Reply("{}", pause_s=2.0), Reply("x" * 200, drip_s=0.05)], ids=["stalls", "drips"])
def test_a_slow_source_is_given_up_in_time(
    source: str, reply: Reply, live: LiveSources, apis: Mapping[str, PublicApi]
) -> None:
    apis[source.removesuffix(" images")].fault = reply
    limit = Deadline.after(1.5)
    with pytest.raises(TimedOut, match="gave no answer within"):
        ASKS[source](live, 0.3)
    assert not limit.expired


PORTAL = {
    "quota": (Reply({"response": {"header": {"resultCode": "22"}}}), "no calls left for today", False),
    "expired key": (Reply({"response": {"header": {"resultCode": "31"}}}), "it has expired", False),
    "database": (Reply({"response": {"header": {"resultCode": "02"}}}), "reports error 02", True),
    "XML": (Reply(XML_BAD_KEY), r"refused the key \(code 30\)", False),
    "XML quota": (Reply(XML_BAD_KEY.replace(">30<", ">22<")), "no calls left", False),
    "JSON of the gateway": (
        Reply({"OpenAPI_ServiceResponse": {"cmmMsgHeader": {"returnReasonCode": "30"}}}, 403), "refused the key", False,
    ),
    "words": (Reply("Unauthorized", 401), "refused the key", False),
}  # fmt: skip


@pytest.mark.parametrize("fault", PORTAL)
@pytest.mark.parametrize("source", ["KMA", "MOIS"])
def test_an_error_of_the_portal_is_told_by_its_code(
    source: str, fault: str, live: LiveSources, apis: Mapping[str, PublicApi]
) -> None:
    reply, words, may_pass = PORTAL[fault]
    apis[source].fault = reply
    with pytest.raises(CallFailed, match=words) as caught:
        ASKS[source](live, 5.0)
    assert caught.value.retry == may_pass


OWN = {
    "Kakao's quota": ("Kakao Local", Reply({"code": -10, "msg": "API limit has been exceeded."}, 400), "no calls left"),
    "KECO's quota": ("KECO", Reply({"code": -10, "msg": "API limit has been exceeded."}, 400), "no calls left"),
    "KECO's key": ("KECO", Reply({"code": -401, "msg": "유효하지 않은 인증키 입니다."}, 401), "refused the key"),
    "OpenAI's balance": ("OpenAI", Reply({"error": {"code": "insufficient_quota"}}, 429), "no budget left"),
    "no search by OpenAI": ("OpenAI", Reply({"status": "completed", "output": []}), "without searching"),
    "no search by Gemini": ("Gemini", Reply({"candidates": [{"content": {}}]}), "without searching"),
    "a link for a picture": ("OpenAI images", Reply({"data": [{"url": "http://10.0.0.1/x.png"}]}), "without a picture"),
    "a script for a picture": ("OpenAI images", Reply({"data": [{"b64_json": "PHNjcmlwdD4="}]}), "without a picture"),
}


@pytest.mark.parametrize("fault", OWN)
def test_an_error_of_one_api_is_not_tried_again(fault: str, live: LiveSources, apis: Mapping[str, PublicApi]) -> None:
    source, reply, words = OWN[fault]
    apis[source.removesuffix(" images")].fault = reply
    with pytest.raises(CallFailed, match=words) as caught:
        ASKS[source](live, 5.0)
    assert not caught.value.retry


def test_gemini_states_its_wait_in_the_body(live: LiveSources, apis: Mapping[str, PublicApi]) -> None:
    apis["Gemini"].fault = Reply({"error": {"code": 429, "details": [{"retryDelay": "13s"}]}}, 429)
    with pytest.raises(CallFailed) as caught:
        ASKS["Gemini"](live, 5.0)
    assert (caught.value.retry, caught.value.retry_after_s) == (True, 13.0)


EMPTY = {
    "KMA": Reply({"response": {"header": {"resultCode": "03", "resultMsg": "NO_DATA"}}}),
    "MOIS": Reply({"response": {"header": {"resultCode": "00"}, "body": {"items": "", "totalCount": 0}}}),
    "Kakao Local": Reply({"meta": {"total_count": 0}, "documents": []}),
    "KECO": Reply({"page": 1, "matchCount": 0, "data": []}),
    "OpenAI": Reply({"status": "completed", "output": [{"type": "web_search_call"}]}),
    "Gemini": Reply({"promptFeedback": {"blockReason": "OTHER"}}),
}


@pytest.mark.parametrize("source", EMPTY)
def test_nothing_found_is_no_error(source: str, live: LiveSources, apis: Mapping[str, PublicApi]) -> None:
    apis[source].fault = EMPTY[source]
    assert not ASKS[source](live, 5.0)


@pytest.mark.parametrize("source", ASKS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), junk=JUNK)
def test_junk_anywhere_in_an_answer_is_an_answer_or_an_unavailable_source(
    source: str, place: int, junk: object, live: LiveSources, apis: Mapping[str, PublicApi]
) -> None:
    api = apis[source.removesuffix(" images")]
    api.twist = lambda reply: Reply(json.dumps(with_junk(json.loads(reply.raw), place, junk)), reply.status)
    try:
        ASKS[source](live, 5.0)
    except SourceUnavailable:
        pass
    finally:
        api.twist = None


def with_junk(answer: object, place: int, junk: object) -> object:
    """Return an answer with one of its values, the whole included, replaced."""
    spots = list(_spots(answer))
    *way, last = (*spots[place % len(spots)],) or (None,)
    if last is None:
        return junk
    holder: Any = answer
    for step in way:
        holder = holder[step]
    holder[last] = junk
    return answer


def _spots(value: object, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from _spots(below, (*way, key))


@pytest.mark.parametrize("source", ASKS)
def test_a_wrong_key_is_named_and_never_shown(
    source: str, apis: Mapping[str, PublicApi], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "wr0ng+key/of=mine"
    live = sources_of(apis, tmp_path, keys=LiveKeys(wrong, wrong, wrong, wrong, wrong))
    with caplog.at_level(logging.DEBUG), pytest.raises(CallFailed, match="refused the key") as caught:
        ASKS[source](live, 5.0)
    told = "\n".join([str(caught.value), repr(caught.value), repr(live), caplog.text])
    assert wrong not in told
    assert quote(wrong, safe="") not in told


@pytest.mark.parametrize("source", ASKS)
def test_a_key_reaches_the_source_and_no_log(
    source: str, live: LiveSources, apis: Mapping[str, PublicApi], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        ASKS[source](live, 5.0)
    asked = apis[source.removesuffix(" images")].asked[0]
    assert KEY in " ".join([*asked.params.values(), *asked.headers.values()])
    assert caplog.text
    assert KEY not in caplog.text
    assert quote(KEY, safe="") not in caplog.text


def test_an_encoded_key_of_the_portal_is_not_encoded_twice(apis: Mapping[str, PublicApi], tmp_path: Path) -> None:
    live = sources_of(apis, tmp_path, keys=LiveKeys(data_go_kr=quote(KEY, safe="")))
    assert ASKS["KMA"](live, 5.0) is not None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=900)), max_size=20))
def test_pages_are_each_page_once_in_order_and_short(said: list[tuple[str, str]]) -> None:
    found = pages([Citation(f"https://{name}.example.org/", name, text) for name, text in said], "live:test")
    first = dict.fromkeys(f"https://{name}.example.org/" for name, text in said if plain(text))
    assert [page.fact.url for page in found] == list(first)
    assert all(0 < len(page.fact.snippet_ko) <= 600 and "\n" not in page.fact.snippet_ko for page in found)
