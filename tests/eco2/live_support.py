"""Servers for all public APIs, the live sources that ask them, and a clock that moves only when told to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from eco2.adapters.pinned_http import pinned_client
from eco2.app_live import LiveKeys, LiveModels, live_sources
from eco2.guard import Hosts
from eco2.live_world import LiveSources, LiveWorld
from eco2.outside import Spot
from tests.eco2.public_apis import HANDLERS, KEY, PublicApi, serving

KEYS = LiveKeys(kma=KEY, data_go_kr=KEY, kakao=KEY, openai=KEY, gemini=KEY)
MODELS = LiveModels("gpt-test", "gemini-test", "gpt-image-test", "gemini-image-test")
MAPO = Spot("spot-mapo-gu", "마포구", "Mapo-gu", 37.5603, 126.9106, "마포구", "수도권")
CLIENT = pinned_client(Hosts(frozenset(), frozenset({"127.0.0.1"})))


class FakeTime:
    """A clock, and a sleep that moves it."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Stalled(httpx.BaseTransport):
    """A network that never answers: each request takes all the time it was given, on the fake clock."""

    def __init__(self, time: FakeTime) -> None:
        self._time = time

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._time.now += float(request.extensions["deadline_s"])
        raise httpx.ReadTimeout("stalled", request=request)


@contextmanager
def all_serving() -> Iterator[Mapping[str, PublicApi]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(serving(handle)) for name, handle in HANDLERS.items()}


def sources_of(
    apis: Mapping[str, PublicApi], pictures: Path, client: httpx.Client = CLIENT, keys: LiveKeys = KEYS
) -> LiveSources:
    return live_sources(keys, MODELS, pictures, {name: api.url for name, api in apis.items()}, client)


def world_of(sources: LiveSources, time: FakeTime) -> LiveWorld:
    return LiveWorld(sources, (), clock=time, sleep=time.sleep, jitter=lambda: 0.5)
