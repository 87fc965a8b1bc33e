"""Wire the live world from keys: which source there is, where it is called, and that nothing else is called.

Reads no environment; `eco2.app` gives the keys. An address other than the documented one was named by whoever runs this
(a proxy of theirs, a server in a test) and may lie inside their network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eco2.outside import Found, Spot
from eco2.turns import SettingsError

if TYPE_CHECKING:
    import httpx

    from eco2.adapters.http_source import HttpSource
    from eco2.adapters.pinned_http import Secret
    from eco2.live_world import ImageSource, LiveSources, LiveWorld, Provider, WebSource

ADDRESSES: Mapping[str, str] = {
    "KMA": "https://apis.data.go.kr/1360000/VilageFcstInfoService_2.0",
    "MOIS": "https://apis.data.go.kr/1741000/household_waste_info",
    "KECO": "https://api.odcloud.kr/api/15106385/v1",
    "Kakao Local": "https://dapi.kakao.com",
    "OpenAI": "https://api.openai.com/v1",
    "Gemini": "https://generativelanguage.googleapis.com/v1beta",
}


@dataclass(frozen=True)
class LiveKeys:
    """Keys of the sources, "" for none. The portal's one key opens KMA, MOIS and KECO alike unless KMA has its own."""

    kma: str = field(default="", repr=False)
    data_go_kr: str = field(default="", repr=False)
    kakao: str = field(default="", repr=False)
    openai: str = field(default="", repr=False)
    gemini: str = field(default="", repr=False)


@dataclass(frozen=True)
class LiveModels:
    """Models for web search and pictures by provider, "" to leave one out."""

    openai_web: str = ""
    gemini_web: str = ""
    openai_images: str = ""
    gemini_images: str = ""


def live_world(
    keys: LiveKeys,
    models: LiveModels,
    pictures: Path,
    spots: Sequence[Found[Spot]] = (),
    addresses: Mapping[str, str] = ADDRESSES,
) -> LiveWorld:
    """Return the outside world of these keys; pictures are written below `pictures`.

    Raises:
        SettingsError: an address is not http or https, or a model's name is none.
    """
    from eco2.adapters.pinned_http import pinned_client
    from eco2.guard import Hosts
    from eco2.live_world import LiveWorld

    named = {name: _host(name, address) for name, address in addresses.items()}
    own = frozenset(host for name, host in named.items() if addresses[name] != ADDRESSES.get(name))
    client = pinned_client(Hosts(frozenset(named.values()) - own, own))
    try:
        return LiveWorld(live_sources(keys, models, pictures, addresses, client), spots)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def live_sources(
    keys: LiveKeys, models: LiveModels, pictures: Path, addresses: Mapping[str, str], client: httpx.Client
) -> LiveSources:
    """Return the sources there is a key for, all by one client."""
    from eco2.adapters import data_go_kr, kakao_local, keco_points
    from eco2.adapters.http_source import HttpSource
    from eco2.adapters.kma_weather import KmaWeather
    from eco2.adapters.mois_bulky import MoisBulky
    from eco2.live_world import LiveSources

    def at(name: str, secret: Secret) -> HttpSource:
        return HttpSource(name, addresses[name], secret, client)

    weather, portal = keys.kma or keys.data_go_kr, keys.data_go_kr
    kakao = kakao_local.KakaoLocal(at("Kakao Local", kakao_local.secret(keys.kakao))) if keys.kakao else None
    return LiveSources(
        KmaWeather(at("KMA", data_go_kr.secret(weather)), lambda: datetime.now(UTC)) if weather else None,
        kakao,
        keco_points.KecoPoints(at("KECO", keco_points.secret(portal)), kakao.point) if portal and kakao else None,
        MoisBulky(at("MOIS", data_go_kr.secret(portal))) if portal else None,
        *_by_models(keys, models, pictures, at),
    )


def _by_models(
    keys: LiveKeys, models: LiveModels, pictures: Path, at: Callable[[str, Secret], HttpSource]
) -> tuple[tuple[Provider[WebSource], ...], tuple[Provider[ImageSource], ...]]:
    """Return the providers of web search and of pictures, OpenAI first."""
    from eco2.adapters import images_gemini, images_openai, web_gemini, web_openai
    from eco2.live_world import Provider

    openai, gemini = at("OpenAI", web_openai.secret(keys.openai)), at("Gemini", web_gemini.secret(keys.gemini))
    web: list[Provider[WebSource]] = []
    images: list[Provider[ImageSource]] = []
    if keys.openai and models.openai_web:
        web.append(Provider(web_openai.PATH, web_openai.OpenAiWeb(openai, models.openai_web)))
    if keys.gemini and models.gemini_web:
        web.append(Provider(web_gemini.PATH, web_gemini.GeminiWeb(gemini, models.gemini_web)))
    if keys.openai and models.openai_images:
        images.append(Provider(images_openai.PATH, images_openai.OpenAiImages(openai, models.openai_images, pictures)))
    if keys.gemini and models.gemini_images:
        images.append(Provider(images_gemini.PATH, images_gemini.GeminiImages(gemini, models.gemini_images, pictures)))
    return tuple(web), tuple(images)


def _host(name: str, address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"the address of {name} is {address!r:.80}; give one that begins with https://")
    return parts.hostname
