"""What the transport calls, what it refuses to call, and when it stops."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from eco2.adapters.http_source import Answer, HttpSource
from eco2.adapters.pinned_http import PinnedTransport, Secret, pinned_client
from eco2.guard import Hosts, Refused
from eco2.policy import CallFailed, Deadline, TimedOut
from tests.eco2.public_apis import PublicApi, Reply, serving

SECRET = Secret({"serviceKey": "a+b"}, {"Authorization": "Bearer word"})
OURS = Hosts(frozenset({"api.example.org"}), frozenset({"inside.example.org", "127.0.0.1"}))


@pytest.fixture
def api() -> Iterator[PublicApi]:
    with serving(lambda asked: Reply({"path": asked.path})) as running:
        yield running


class Names:
    """Name resolution that changes its mind with every question, as a rebinding server does."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        del host, port
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


def source(api: PublicApi, names: Names, host: str = "inside.example.org") -> HttpSource:
    port = api.url.rpartition(":")[2]
    return HttpSource("source", f"http://{host}:{port}", SECRET, pinned_client(OURS, names))


def test_a_name_is_resolved_once_and_called_by_that_address(api: PublicApi) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    assert source(api, names).get("/a", {}, 2.0).object() == {"path": "/a"}
    assert names.asked == 1
    assert api.asked[0].headers["host"].startswith("inside.example.org:")


def test_a_name_that_turns_internal_is_not_called() -> None:
    client = pinned_client(OURS, Names(["10.0.0.1"]))
    with pytest.raises(Refused, match="resolves to the internal address 10"):
        client.get("https://api.example.org/")


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "https://evil.example/", "http://api.example.org/"])
def test_another_host_is_never_resolved(url: str) -> None:
    names = Names(["8.8.8.8"])
    with pytest.raises(Refused):
        pinned_client(OURS, names).get(url)
    assert names.asked == 0


def test_the_next_address_is_called_when_one_does_not_answer(api: PublicApi) -> None:
    assert source(api, Names(["127.0.0.2", "127.0.0.1"])).get("/a", {}, 2.0).status == 200


def test_no_redirect_is_followed(api: PublicApi) -> None:
    api.fault = Reply("", 302, {"Location": "http://127.0.0.1:1/inside"})
    answer = source(api, Names(["127.0.0.1"])).get("/a", {}, 2.0)
    with pytest.raises(CallFailed, match="redirects are not followed"):
        answer.checked()
    assert len(api.asked) == 1


def test_a_bomb_is_not_unpacked(api: PublicApi) -> None:
    api.fault = Reply(gzip.compress(b"0" * 50_000_000), 200, {"Content-Encoding": "gzip"})
    with pytest.raises(CallFailed, match="could not be reached"):
        source(api, Names(["127.0.0.1"])).get("/a", {}, 2.0)


def test_an_endless_answer_is_cut_off(api: PublicApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eco2.adapters.pinned_http.MOST_ANSWER_BYTES", 1_000)
    api.fault = Reply("0" * 2_000)
    with pytest.raises(CallFailed, match="could not be reached"):
        source(api, Names(["127.0.0.1"])).get("/a", {}, 2.0)


def test_a_drip_ends_at_the_deadline_of_the_whole(api: PublicApi) -> None:
    api.fault = Reply("0" * 400, drip_s=0.03)
    limit = Deadline.after(1.0)
    with pytest.raises(TimedOut):
        source(api, Names(["127.0.0.1"])).get("/a", {}, 0.3)
    assert not limit.expired


def test_a_connection_is_kept_and_each_call_has_its_own_deadline(api: PublicApi) -> None:
    asker = source(api, Names(["127.0.0.1"]))
    api.fault = Reply({}, pause_s=0.2)
    for _ in range(3):
        assert asker.get("/a", {}, 0.5).status == 200


def test_the_secret_is_in_what_is_sent_and_not_in_what_is_held(api: PublicApi) -> None:
    sent: list[httpx.Request] = []

    class Watching(PinnedTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            sent.append(request)
            return super().handle_request(request)

    client = httpx.Client(transport=Watching(OURS, Names(["127.0.0.1"])), trust_env=False)
    HttpSource("source", api.url, SECRET, client).get("/a", {"q": "x"}, 2.0)
    assert api.asked[0].params == {"q": "x", "serviceKey": "a+b"}
    assert api.asked[0].headers["authorization"] == "Bearer word"
    assert "a+b" not in repr(sent[0].extensions)
    assert "serviceKey" not in str(sent[0].url)
    assert "authorization" not in sent[0].headers


def test_a_proxy_of_the_environment_is_not_used(api: PublicApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert source(api, Names(["127.0.0.1"])).get("/a", {}, 2.0).status == 200


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 09:00:00 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT"}, None),
        ({"retry-after": "-7"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert Answer("source", 429, "", headers).failure().retry_after_s == seconds


def test_half_a_letter_does_not_get_in() -> None:
    assert Answer("source", 200, '{"a": "\\ud800b"}', {}).object() == {"a": "?b"}


def test_each_thread_keeps_its_own_deadline() -> None:
    with serving(lambda asked: Reply({}, pause_s=0.6 if asked.path == "/slow" else 0.0)) as api:
        asker = source(api, Names(["127.0.0.1"]))

        def ask(number: int) -> str:
            try:
                return str(asker.get("/slow" if number % 2 else "/fast", {}, 0.2 if number % 4 == 1 else 5.0).status)
            except TimedOut:
                return "timed out"

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(ask, range(16))) == ["200", "timed out", "200", "200"] * 4
