"""Wiring: a target's string -> the target. Part of `harness.app`, which is the door."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.ports import Target


def home_of(spec: str, folders: tuple[Path, ...]) -> Path:
    """The first of some folders that holds the file or module of a `module:attribute`; else the first of them."""
    place = spec.rpartition(":")[0]
    name = place if place.endswith(".py") else place.partition(".")[0]
    held = [folder for folder in folders if (folder / name).exists() or (folder / f"{name}.py").exists()]
    return held[0] if held else folders[0]


def opened(spec: str, timeout_s: float, folders: tuple[Path, ...], environ: Mapping[str, str]) -> Target:
    """Open a target by its string.

    Args:
        spec: `module:attribute`, `file.py:attribute`, an http(s) address or a command.
        timeout_s: of one question.
        folders: where the user stands, then the workspace.
        environ: what a command sees.

    Raises:
        TargetUnusable: it cannot be loaded.
    """
    from harness import targets
    from harness.loading import load

    door = targets.door_of(spec)
    if door == "address":
        from harness.adapters.http import HttpTarget

        return HttpTarget(spec, timeout_s)
    if door == "callable":
        return targets.CallableTarget(load(spec, home_of(spec, folders)), timeout_s, spec)
    return targets.CommandTarget(spec, timeout_s, folders[0], environ)
