"""Where runs lie: each below `runs/` by the start of its name, and `latest`, which leads to the one started last."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.cases import ConfigError
from harness.manifest import SHORT

RUNS = "runs"


def place_of(latest: Path, run_id: str) -> Path:
    """The folder of a run, beside `latest`."""
    return latest.parent / RUNS / run_id[:SHORT]


def point(latest: Path, folder: Path) -> None:
    """Let `latest` lead to a run: by a link, or as a copy where the file system has no links.

    A real folder that lies there holds a run that was written there by name; it moves among the others first.
    """
    if latest.resolve() == folder.resolve():
        return
    if latest.is_dir() and not latest.is_symlink():
        _put_away(latest, folder)
    new = latest.with_name(f"{latest.name}.new")
    _remove(new)
    try:
        new.symlink_to(os.path.relpath(folder, latest.parent), target_is_directory=True)
    except OSError:
        shutil.copytree(folder, new)
    new.replace(latest)


def unlink(path: Path) -> None:
    """Make room for a run that is to be written at this very path: it must not go into the run that a link leads to."""
    if path.is_symlink():
        path.unlink()


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Be the only run that writes to a folder; the lock ends with the process, however it ends.

    Raises:
        ConfigError: another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(f"{folder}: another `harness run` writes there; wait for it, or give --out") from error
        yield
    finally:
        os.close(place)


def _put_away(latest: Path, folder: Path) -> None:
    """Move the run in a real folder to its place; a copy of the run that is to be pointed at is dropped instead."""
    place = place_of(latest, _name_of(latest))
    if place.resolve() == folder.resolve():
        _remove(latest)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    _remove(place)
    latest.replace(place)


def _name_of(folder: Path) -> str:
    try:
        return str(json.loads((folder / "run.json").read_text(encoding="utf-8"))["run_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return "unnamed"


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
