"""Pictures through a live model: what it is asked, what its answer becomes, what goes wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from eco2.adapters.gemini import gemini
from eco2.adapters.http_model import HttpModel
from eco2.adapters.live_vision import LiveVision
from eco2.adapters.openai_responses import openai_responses
from eco2.agents.waste import scan
from eco2.app import Bot
from eco2.cassettes import CassetteMissing, Cassettes, Recording, Replaying
from eco2.outside import Sight
from eco2.policy import Limits
from eco2.ports import Completion
from eco2.seeing import media_type, sight_from, sight_prompt
from eco2.turns import SourceUnavailable, Task
from kb.rulebook import Rulebook
from tests.eco2.wire_server import MODEL, Reply, WireServer, wire_server

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
SEEN = {"recognised": True, "class": "유리병", "item": None, "situation_tags": ["깨짐", "깨짐"]}


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    with wire_server() as one:
        yield one


@pytest.fixture(params=[openai_responses, gemini], ids=["openai", "gemini"])
def model(request: pytest.FixtureRequest, server: WireServer) -> Iterator[HttpModel]:
    with httpx.Client(trust_env=False) as client:
        yield request.param(MODEL, "key", client, base_url=server.url)


@pytest.fixture
def vision(model: HttpModel, rules: Rulebook) -> LiveVision:
    return LiveVision(model, rules, Limits(2.0, 1, 2), sleep=lambda _: None)


def test_what_is_seen_comes_by_the_rules_names(vision: LiveVision, server: WireServer) -> None:
    server.then(Reply(json.dumps(SEEN)))

    found = vision.look(PNG)

    assert found is not None
    digest = hashlib.sha256(PNG).hexdigest()
    assert found.fact == Sight(f"vision-{digest[:12]}", digest, "재활용폐기물", "유리병", situation_tags=("깨짐",))
    assert (found.path, found.recorded_at) == ("live:vision", None)


def test_the_picture_and_the_closed_lists_are_sent(vision: LiveVision, server: WireServer) -> None:
    server.then(Reply(json.dumps(SEEN)))

    vision.look(PNG)

    sent = json.dumps(server.asked[0].body, ensure_ascii=False)
    assert "image/png" in sent
    assert '"깨짐", "기름기_오염", "뚜껑_닫힘(플라스틱)"' in sent
    assert '"종이", "유리병", "무색페트병"' in sent


def test_an_item_counts_only_within_its_class(rules: Rulebook) -> None:
    shard = {**SEEN, "class": "불연성종량제폐기물", "item": "item-shard"}
    wrong = {**SEEN, "item": "item-sofa"}

    items = [found.fact.item for row in (shard, wrong) if (found := sight_from(row, rules, PNG))]

    assert items == ["item-shard", None]


@pytest.mark.parametrize("row", [{"recognised": False}, {"recognised": True}, {**SEEN, "class": "우주선"}])
def test_what_is_not_recognised_is_nothing(row: dict[str, object], rules: Rulebook) -> None:
    assert sight_from(row, rules, PNG) is None


def test_a_class_beyond_the_list_is_an_unusable_answer(vision: LiveVision, server: WireServer) -> None:
    server.then(Reply(json.dumps({**SEEN, "class": "우주선"})))

    with pytest.raises(SourceUnavailable, match="another shape"):
        vision.look(PNG)

    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "reply", [Reply(status=500), Reply(refusal=True), Reply(status=400), Reply("nothing"), Reply(status=401)]
)
def test_whatever_fails_is_a_source_that_is_away(reply: Reply, vision: LiveVision, server: WireServer) -> None:
    server.then(reply)

    with pytest.raises(SourceUnavailable):
        vision.look(PNG)


def test_a_picture_that_was_never_recorded_does_not_pass_for_a_source_that_is_away(
    rules: Rulebook, tmp_path: Path
) -> None:
    with pytest.raises(CassetteMissing, match="no recording of 'see'"):
        LiveVision(Replaying(Cassettes(tmp_path), "run"), rules).look(PNG)


def test_what_was_seen_once_is_seen_again_without_the_model(
    model: HttpModel, rules: Rulebook, server: WireServer, tmp_path: Path
) -> None:
    server.then(Reply(json.dumps(SEEN)))
    seen = LiveVision(Recording(model, Cassettes(tmp_path), "run"), rules).look(PNG)

    assert seen is not None
    assert LiveVision(Replaying(Cassettes(tmp_path), "run"), rules).look(PNG) == seen


def test_what_is_no_picture_is_not_sent_anywhere(vision: LiveVision, server: WireServer) -> None:
    server.then(Reply(json.dumps(SEEN)))

    assert [vision.look(data) for data in (b"", b"%PDF-1.7", b"<svg/>")] == [None, None, None]
    assert server.asked == []


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF1234WEBPVP8", "image/webp"),
    ],
)
def test_the_kind_of_a_picture_is_read_from_its_bytes(start: bytes, kind: str) -> None:
    assert media_type(start) == kind


def test_the_bill_hears_of_every_look(model: HttpModel, rules: Rulebook, server: WireServer) -> None:
    server.then(Reply(json.dumps(SEEN)))
    used: list[Completion] = []

    LiveVision(model, rules, used=used.append).look(PNG)

    assert [(one.model, one.input_tokens) for one in used] == [(model.name, 120)]


def test_the_real_rules_fit_what_providers_take(real_rules: Rulebook) -> None:
    """At most 1,000 values in the closed lists of a schema, and 15,000 letters in one with more than 250 of them."""
    schema = sight_prompt(real_rules, PNG).schema["properties"]
    assert isinstance(schema, dict)
    lists = [schema["class"]["enum"], schema["item"]["enum"], schema["situation_tags"]["items"]["enum"]]

    assert sum(len(values) for values in lists) <= 1000
    assert all(len(values) <= 250 or sum(map(len, values)) <= 15_000 for values in lists)
    assert (len(lists[0]), len(lists[2])) == (18, 79)


@pytest.fixture(scope="module")
def real_rules() -> Rulebook:
    from kb.app import open_workspace, rulebook

    return rulebook(open_workspace(Path(__file__).resolve().parents[2]))


def test_the_scan_agent_answers_from_what_was_seen(
    wire: Callable[..., Bot], vision: LiveVision, server: WireServer
) -> None:
    server.then(Reply(json.dumps(SEEN)))
    sources = replace(wire().steps.sources["scan"], vision=vision, open_picture=lambda path: PNG)

    finding = scan(Task(0, "이거 어떻게 버려?", "ko", ("waste",), image="p.png"), sources)

    assert finding.status == "answered"
    injected = [passage.id for passage in finding.evidence]
    assert injected[0].startswith("world:vision-")
    assert "rule:not-glass-bottle-broken" in injected
    assert finding.recorded_at is None


def test_what_a_look_used_is_told_to_who_pays_for_it(vision: LiveVision, server: WireServer) -> None:
    server.then(Reply(json.dumps(SEEN)))
    used: list[Completion] = []

    vision.billed(used.append).look(PNG)

    assert [one.model.partition(":")[2] for one in used] == [MODEL]
    assert vision.billed(used.append)._breaker is vision._breaker
