"""Wire language and vision models from their names: which there are, by which key, recorded or replayed.

Reads no environment; `eco2.app` gives names and keys. "offline" alone is the embedded model itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from eco2.turns import SettingsError

if TYPE_CHECKING:
    import httpx

    from eco2.adapters.http_model import HttpModel
    from eco2.completions import Sees
    from eco2.ports import LanguageModel, VisionModel
    from eco2.pricing import Prices
    from kb.rulebook import Rulebook

OFFLINE = "offline"
KINDS = "'offline', 'openai:MODEL', 'gemini:MODEL', 'compatible:URL#MODEL', or several of them with commas between"
Tape = Literal["", "record", "replay"]


@dataclass(frozen=True)
class ModelKeys:
    """Keys of the providers, "" for none. A compatible address mostly needs none."""

    openai: str = field(default="", repr=False)
    gemini: str = field(default="", repr=False)
    compatible: str = field(default="", repr=False)


@dataclass(frozen=True)
class ModelName:
    """One model as a setting names it. `url` is only a compatible one's."""

    kind: Literal["offline", "openai", "gemini", "compatible"]
    model: str = ""
    url: str = ""


@dataclass(frozen=True)
class Models:
    """What the settings say of models.

    `names` is ECO2_MODEL as it was written, which is also the name that a recording is found under. `tapes` is the
    folder of recordings, `prices` a price list of one's own.
    """

    names: str = OFFLINE
    keys: ModelKeys = ModelKeys()
    tape: Tape = ""
    tapes: Path | None = None
    prices: Path | None = None


def tape_of(text: str) -> Tape:
    """Read ECO2_TAPE.

    Raises:
        SettingsError: it is another word.
    """
    known: dict[str, Tape] = {"": "", "record": "record", "replay": "replay"}
    if text not in known:
        raise SettingsError(f"ECO2_TAPE is {text!r:.40}; use 'record' or 'replay', or leave it unset")
    return known[text]


def model_names(text: str) -> tuple[ModelName, ...]:
    """Read ECO2_MODEL.

    Raises:
        SettingsError: a name is none of the kinds; says which.
    """
    return tuple(_name(part.strip()) for part in (text or OFFLINE).split(","))


def language_model(models: Models, offline: Callable[[], LanguageModel]) -> LanguageModel:
    """Return the language model of the settings; `offline` makes the embedded one.

    Raises:
        SettingsError: a name, a key, an address, a price list or the folder of recordings cannot be used.
    """
    from eco2.cassettes import Cassettes, Recording, Replaying

    names = model_names(models.names)
    if models.tape == "replay":
        return Replaying(Cassettes(_tapes(models)), models.names)
    model = _asked(names, models, offline)
    return Recording(model, Cassettes(_tapes(models)), models.names) if models.tape == "record" else model


def vision_model(models: Models, rules: Rulebook) -> VisionModel | None:
    """Return a vision model behind the first provider that takes pictures; None when all are offline.

    Raises:
        SettingsError: as `language_model`.
    """
    from eco2.adapters.live_vision import LiveVision
    from eco2.cassettes import Cassettes, Recording, Replaying
    from eco2.failure_modes import limits_of

    name = next((name for name in model_names(models.names) if name.kind != OFFLINE), None)
    if name is None:
        return None
    seeing: Sees
    if models.tape == "replay":
        seeing = Replaying(Cassettes(_tapes(models)), models.names)
    else:
        live = _live(name, models.keys, _client(), _prices(models))
        seeing = Recording(live, Cassettes(_tapes(models)), models.names) if models.tape == "record" else live
    return LiveVision(seeing, rules, limits_of("scan"))


def _name(text: str) -> ModelName:
    kind, _, rest = text.partition(":")
    url, _, model = rest.partition("#")
    if text == OFFLINE:
        return ModelName("offline")
    if kind == "openai" and rest:
        return ModelName("openai", rest)
    if kind == "gemini" and rest:
        return ModelName("gemini", rest)
    if kind == "compatible" and url and model:
        return ModelName("compatible", model, url)
    raise SettingsError(f"ECO2_MODEL names {text!r:.80}; use {KINDS}")


def _asked(names: tuple[ModelName, ...], models: Models, offline: Callable[[], LanguageModel]) -> LanguageModel:
    from eco2.fallback import Fallback

    if names == (ModelName("offline"),):
        return offline()
    client, prices = _client(), _prices(models)
    return Fallback([offline() if name.kind == OFFLINE else _live(name, models.keys, client, prices) for name in names])


def _live(name: ModelName, keys: ModelKeys, client: httpx.Client, prices: Prices) -> HttpModel:
    from eco2.adapters.gemini import gemini
    from eco2.adapters.openai_compatible import openai_compatible
    from eco2.adapters.openai_responses import openai_responses

    if name.kind == "openai":
        return openai_responses(name.model, _key(keys.openai, name, "OPENAI_API_KEY"), client, prices=prices)
    if name.kind == "gemini":
        return gemini(name.model, _key(keys.gemini, name, "GEMINI_API_KEY"), client, prices=prices)
    return openai_compatible(name.model, name.url, client, key=keys.compatible, prices=prices)


def _key(key: str, name: ModelName, variable: str) -> str:
    if not key:
        raise SettingsError(f"ECO2_MODEL names '{name.kind}:{name.model}' and {variable} is not set; set it")
    return key


def _client() -> httpx.Client:
    """Return a client that follows no redirect: a key must not travel to an address that somebody else names."""
    import httpx

    return httpx.Client(follow_redirects=False)


def _prices(models: Models) -> Prices:
    from eco2.pricing import read_prices, shipped_prices

    return read_prices(models.prices) if models.prices else shipped_prices()


def _tapes(models: Models) -> Path:
    if models.tapes is None or (models.tape == "replay" and not models.tapes.is_dir()):
        raise SettingsError(f"ECO2_TAPES must name the folder of recordings to {models.tape}, got {models.tapes}")
    return models.tapes
