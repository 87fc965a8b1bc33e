"""What the environment decides, and where the models lie that this package carries."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MODELS = Path(__file__).resolve().parent / "models"


@dataclass(frozen=True)
class Settings:
    """What the environment decides: KB_WORKSPACE, KB_PROFILE, CHROMA_URL, and where caches go (XDG_CACHE_HOME)."""

    workspace: Path | None = None
    profile: str | None = None
    chroma_url: str | None = None
    cache: Path = field(default_factory=lambda: Path.home() / ".cache" / "eco2-agent-kb")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        caches = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or Path.home()) / ".cache")
        return cls(
            workspace=Path(environ["KB_WORKSPACE"]) if environ.get("KB_WORKSPACE") else None,
            profile=environ.get("KB_PROFILE") or None,
            chroma_url=environ.get("CHROMA_URL") or None,
            cache=caches / "eco2-agent-kb",
        )
