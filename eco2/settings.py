"""What the environment decides for the bot: where it works, which world and models it asks, with what keys."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eco2.app_live import LiveKeys, LiveModels
from eco2.app_models import OFFLINE, ModelKeys, Models, model_names, tape_of
from eco2.pace import pace_of
from eco2.turns import SettingsError

RECORDED, LIVE = "recorded", "live"
_KEYS = ("KMA_API_KEY", "DATA_GO_KR_KEY", "KAKAO_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY")
_MODELS = ("ECO2_WEB_OPENAI", "ECO2_WEB_GEMINI", "ECO2_IMAGES_OPENAI", "ECO2_IMAGES_GEMINI")


@dataclass(frozen=True)
class Settings:
    """All of it; the default asks nobody.

    `workspace`: KB_WORKSPACE. `world`: ECO2_WORLD ("" for no outside source, "recorded", "live"). `models`: ECO2_MODEL
    names the language models ("offline", "openai:MODEL", "gemini:MODEL", "compatible:URL#MODEL", or several with
    commas, asked in that order) with the keys OPENAI_API_KEY, GEMINI_API_KEY and ECO2_COMPATIBLE_KEY; ECO2_TAPE is
    "record" or "replay", ECO2_TAPES the folder of recordings, ECO2_PRICES a price list of one's own. For a live world:
    `live_keys` KMA_API_KEY, DATA_GO_KR_KEY, KAKAO_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY, and `live_models`
    ECO2_WEB_OPENAI, ECO2_WEB_GEMINI, ECO2_IMAGES_OPENAI, ECO2_IMAGES_GEMINI. `pictures`: ECO2_PICTURES, where pictures
    are made; `pictures_from`: ECO2_PICTURES_FROM, the folders that users' pictures are read from. `memory`:
    ECO2_MEMORY, the file that conversations are kept in; None for `.eco2/memory.sqlite` of the workspace, "" for none.
    `pace`: ECO2_PACE, how long the offline model and the recorded world take ("real*0.01@7"; "" for no longer than
    they need).
    """

    workspace: Path | None = None
    world: str = ""
    models: Models = field(default_factory=Models)
    live_keys: LiveKeys = field(default_factory=LiveKeys)
    live_models: LiveModels = field(default_factory=LiveModels)
    pictures: Path | None = None
    pictures_from: tuple[Path, ...] = ()
    memory: str | None = None
    pace: str = ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings.

        Raises:
            SettingsError: ECO2_WORLD, ECO2_MODEL or ECO2_TAPE is another word, or ECO2_PACE cannot be read.
        """
        world = environ.get("ECO2_WORLD", "")
        if world not in ("", RECORDED, LIVE):
            raise SettingsError(
                f"ECO2_WORLD is {world!r}; use {RECORDED!r} or {LIVE!r}, or leave it unset for no outside source"
            )
        live = world == LIVE
        return cls(
            _path(environ, "KB_WORKSPACE"),
            world,
            _models(environ),
            LiveKeys(*(environ.get(name, "").strip() for name in _KEYS)) if live else LiveKeys(),
            LiveModels(*(environ.get(name, "").strip() for name in _MODELS)) if live else LiveModels(),
            _path(environ, "ECO2_PICTURES"),
            tuple(Path(folder) for folder in environ.get("ECO2_PICTURES_FROM", "").split(os.pathsep) if folder),
            environ.get("ECO2_MEMORY"),
            _pace(environ.get("ECO2_PACE", "")),
        )


def _pace(text: str) -> str:
    pace_of(text)
    return text


def _models(environ: Mapping[str, str]) -> Models:
    names = environ.get("ECO2_MODEL") or OFFLINE
    model_names(names)
    given = (environ.get(name, "") for name in ("OPENAI_API_KEY", "GEMINI_API_KEY", "ECO2_COMPATIBLE_KEY"))
    keys = ModelKeys(*given)
    tape = tape_of(environ.get("ECO2_TAPE", ""))
    return Models(names, keys, tape, _path(environ, "ECO2_TAPES"), _path(environ, "ECO2_PRICES"))


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(environ[name]) if environ.get(name) else None
