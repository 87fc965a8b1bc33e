"""The files of a skill as they lie in its folder, and the rule where a file of an installation may go."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kb.documents import KbError
from kb.skillset.shared_files import InstallRefused


@dataclass(frozen=True)
class Content:
    """A file of a skill."""

    data: bytes
    is_executable: bool = False


def files_of(folder: Path, ignored: Iterable[str] = ("__pycache__", ".DS_Store")) -> dict[str, Content]:
    """The files of a skill by path inside its folder.

    Raises:
        KbError: a link in it leads out of it.
    """
    skipped, inside = set(ignored), os.path.realpath(folder)
    found: dict[str, Content] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() and path.is_dir():
            raise KbError(f"{path} is a link to a folder; put the files themselves there")
        if not path.is_file() or not skipped.isdisjoint(path.parts):
            continue
        if not Path(os.path.realpath(path)).is_relative_to(inside):
            raise KbError(f"{path} links out of its skill; put the file itself there")
        is_executable = path.suffix == ".sh" or bool(path.stat().st_mode & 0o111)
        found[path.relative_to(folder).as_posix()] = Content(path.read_bytes(), is_executable)
    return found


def refuse_a_way_out(root: Path, path: str) -> None:
    """Refuse a place where writing would leave the repository, follow a dead link or meet a folder.

    Raises:
        InstallRefused: it is one.
    """
    file = root / path
    if file.is_symlink() and not file.exists():
        raise InstallRefused(f"{file} is a link to nothing; remove it or make what it names")
    if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(root)):
        raise InstallRefused(f"{file} leads out of the repository; put a folder or file of its own there")
    if file.is_dir():
        raise InstallRefused(f"{file} is a folder where a file is to go; rename it")


def content_of(file: Path) -> bytes | None:
    """What a file holds; None where there is none."""
    return file.read_bytes() if file.is_file() else None


def decoded(content: bytes | None, where: str) -> str:
    """The text of a shared file; empty where there is none.

    Raises:
        InstallRefused: it is not UTF-8.
    """
    try:
        return (content or b"").decode("utf-8")
    except UnicodeDecodeError as error:
        raise InstallRefused(f"{where}: byte {error.start:,} is not UTF-8; save the file as UTF-8") from error
