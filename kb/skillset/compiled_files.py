"""Compiled skills on the disk: written, and what an earlier build wrote and nobody wants any more is removed.

A file is ours when it carries the mark of a compiled one; nothing else is overwritten or removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kb.documents import KbError
from kb.read import COMPILED

_HEAD_BYTES = 8_000


def keep(out: Path, skills: Mapping[str, Mapping[str, str]]) -> None:
    """Write skills, by name their files, below a folder.

    Raises:
        KbError: a file that was not compiled stands where one is to go, or the folder cannot be written; a folder that
            is a link counts as not compiled.
    """
    wanted = {out / name / path: text for name, files in skills.items() for path, text in files.items()}
    for file in wanted:
        folder = next((folder for folder in (file, *file.parents) if folder != out and folder.is_symlink()), None)
        if file.is_relative_to(out) and folder is not None and folder.is_relative_to(out):
            raise KbError(f"{folder} is a link; remove it, then build again")
        if file.exists() and not _is_ours(file):
            raise KbError(f"{file} is there and was not compiled; rename that skill or the area")
    try:
        for folder in sorted(out.glob("knowledge-*")) if out.is_dir() else ():
            _clear(folder, {file for file in wanted if file.is_relative_to(folder)})
        for file, text in wanted.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise KbError(f"{error.filename}: {error.strerror}; mend it, then build again") from error


def _clear(folder: Path, wanted: set[Path]) -> None:
    """Remove what was compiled into a folder and is not wanted, and folders that it leaves empty."""
    if folder.is_symlink() or not _is_ours(folder / "SKILL.md"):
        return
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_symlink() or path in wanted:
            continue
        if path.is_file() and _is_ours(path):
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _is_ours(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as handle:
        return COMPILED.encode() in handle.read(_HEAD_BYTES)
