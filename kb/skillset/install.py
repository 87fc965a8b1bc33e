"""Put skills where clients look, name the MCP server and point agents to both; take all of it away again.

What is written is remembered with what stood there before (`kb.skillset.install_record`), so that taking it away leaves
every file and folder as it was. What somebody changed meanwhile keeps the change: a shared file loses our part alone, a
skill's file that was edited is left and told.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from kb.alone import alone
from kb.skillset import install_record
from kb.skillset.install_files import Content, content_of, decoded, refuse_a_way_out
from kb.skillset.install_record import CLIENT_FOLDERS, IGNORE_FILE, NOTE_FILE, RECORD, Record, Remembered
from kb.skillset.shared_files import (
    InstallRefused,
    added,
    joined,
    noted,
    table_of,
    without_note,
    without_part,
    written,
)

MCP_SERVER: Mapping[str, Any] = {"mcpServers": {"kb": {"command": "kb", "args": ["mcp"]}}}
_EDITED = "was edited since it was installed, so it is left; remove it if you do not want it"


@dataclass(frozen=True)
class Wanted:
    """What is to be there: skills by name as files with their content, JSON files with what they must hold, a note."""

    skills: Mapping[str, Mapping[str, Content]]
    json_parts: Mapping[str, Mapping[str, Any]]
    note: str
    folders: Sequence[str] = CLIENT_FOLDERS


@dataclass(frozen=True)
class Done:
    """Paths relative to the repository that were written or removed, how many were as wanted, what was left and why."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Shared:
    """A file in which a part is ours: what it holds, what it holds without us and with us."""

    path: str
    now: bytes | None
    base: bytes | None
    new: bytes
    part: dict[str, Any]


def install(root: Path, wanted: Wanted) -> Done:
    """Write what is wanted; a second time changes nothing, and what was installed before and is not wanted goes.

    Raises:
        InstallRefused: a skill of that name is there and not ours, a shared file cannot be read, a path leads out of
            the repository; then nothing was written. Or something cannot be written; what was is remembered.
    """
    with alone(root):
        return _install(root, wanted)


def _install(root: Path, wanted: Wanted) -> Done:
    record = install_record.load(root)
    files, same = _skill_files(root, wanted, record)
    shared = list(_shared_files(root, wanted, record))
    left: list[str] = []
    stale = [path for path in (*record.files, *record.shared) if path not in {*files, *(one.path for one in shared)}]
    for path in (*files, *(one.path for one in shared), *stale, RECORD):
        refuse_a_way_out(root, path)
    with Remembered(root, record):
        _write(root, IGNORE_FILE, Content(b"*\n"), record, only_new=True)
        gone = [path for path in stale if path != IGNORE_FILE and _take_back(root, path, record, left)]
        done = [path for path, content in files.items() if _write_file(root, path, content, record, left)]
        done += [one.path for one in shared if _write_shared(root, one, record)]
        _drop_folders(root, record)
    unchanged = same + len(files) + len(shared) - len(done)
    return Done(tuple(done), tuple(gone), unchanged, tuple(left))


def uninstall(root: Path) -> Done:
    """Take away what `install` wrote; without a record nothing is touched.

    Raises:
        InstallRefused: as `install`.
    """
    with alone(root):
        return _uninstall(root) if (root / RECORD).is_file() else Done((), (), 0)


def _uninstall(root: Path) -> Done:
    record = install_record.load(root)
    mine, shared, left = list(record.files), record.shared, list[str]()
    for path in (*mine, *shared, RECORD):
        refuse_a_way_out(root, path)
    with Remembered(root, record):
        restored = [path for path in shared if _take_back(root, path, record, left) and path != IGNORE_FILE]
        removed = [path for path in mine if _take_back(root, path, record, left)]
    (root / RECORD).unlink(missing_ok=True)
    _drop_folders(root, record)
    return Done(tuple(restored), tuple(removed), 0, tuple(left))


def _skill_files(root: Path, wanted: Wanted, record: Record) -> tuple[dict[str, Content], int]:
    """The files that are ours to write, and how many stand there already as the repository's own."""
    ours: dict[str, Content] = {}
    same = 0
    for folder in _distinct(root, wanted.folders):
        for name, files in wanted.skills.items():
            place = f"{folder}/{name}"
            is_ours = any(path.startswith(f"{place}/") for path in record.files)
            if not is_ours and os.path.lexists(root / place):
                if any(content_of(root / place / path) != content.data for path, content in files.items()):
                    raise InstallRefused(f"{place} is there and was not installed by kb; rename one of the two skills")
                same += len(files)
            else:
                ours |= {f"{place}/{path}": content for path, content in files.items()}
    return ours, same


def _distinct(root: Path, folders: Sequence[str]) -> list[str]:
    """The folders without those that are links to another of them."""
    return list({os.path.realpath(root / folder): folder for folder in reversed(folders)}.values())[::-1]


def _shared_files(root: Path, wanted: Wanted, record: Record) -> Iterator[_Shared]:
    for path, part in wanted.json_parts.items():
        now, where = content_of(root / path), str(root / path)
        base = _base(path, now, record, where)
        held = table_of(base, where)
        both = joined(held, part, where, record.parts.get(path))
        is_there = now is not None and table_of(now, where) == both
        new = now if now is not None and is_there else written(both, base, held)
        yield _Shared(path, now, base, new, added(held, both))
    if wanted.note:
        now, where = content_of(root / NOTE_FILE), str(root / NOTE_FILE)
        new = noted(decoded(now, where), wanted.note, where).encode()
        yield _Shared(NOTE_FILE, now, _base(NOTE_FILE, now, record, where), new, {})


def _base(path: str, now: bytes | None, record: Record, where: str) -> bytes | None:
    """What a shared file holds without our part: to the byte where nobody changed it since; None for no file."""
    if now is None or path not in record.after:
        return now
    before = record.before.get(path)
    if now == record.after[path]:
        return before
    if path == NOTE_FILE:
        text = without_note(decoded(now, where))
        return text.encode() if text.strip() or before is not None else None
    if path not in record.parts:
        return now
    table = table_of(now, where)
    left = without_part(table, record.parts[path], table_of(before, where))
    if not left and before is None:
        return None
    return now if left == table else written(left, None, {})


def _write_file(root: Path, path: str, content: Content, record: Record, left: list[str]) -> bool:
    now = content_of(root / path)
    if path in record.files and now is not None and now not in (record.after.get(path), content.data):
        left.append(f"{path} {_EDITED}")
        return False
    if path not in record.files:
        record.files.append(path)
    return _write(root, path, content, record)


def _write_shared(root: Path, one: _Shared, record: Record) -> bool:
    if one.new == one.now and one.path not in record.after:
        return False
    is_new = _write(root, one.path, Content(one.new), record)
    record.before[one.path], record.after[one.path] = one.base, one.new
    if one.path != NOTE_FILE:
        record.parts[one.path] = one.part
    return is_new


def _write(root: Path, path: str, content: Content, record: Record, *, only_new: bool = False) -> bool:
    file = root / path
    now = content_of(file)
    if now == content.data or (only_new and now is not None):
        return False
    for parent in reversed(PurePosixPath(path).parents[:-1]):
        if not (root / parent).is_dir():
            (root / parent).mkdir()
            record.folders.append(parent.as_posix())
    record.before.setdefault(path, now)
    record.after[path] = content.data
    file.write_bytes(content.data)
    if content.is_executable:
        file.chmod(0o755)
    return True


def _take_back(root: Path, path: str, record: Record, left: list[str]) -> bool:
    """Put back what stood there; where it was changed since, take out our part alone. Tells if it changed."""
    file, now = root / path, content_of(root / path)
    is_edited = now is not None and now != record.after.get(path)
    if is_edited and (path in record.files or path == IGNORE_FILE):
        left.append(f"{path} {_EDITED}")
    elif now is not None:
        base = _base(path, now, record, str(file))
        if base is None:
            file.unlink()
        elif base != now:
            file.write_bytes(base)
    record.forget(path)
    _drop_folders(root, record)
    return now is not None and content_of(file) != now


def _drop_folders(root: Path, record: Record) -> None:
    """Remove the folders that we made and that are empty."""
    for path in sorted(record.folders, key=lambda path: -path.count("/")):
        folder = root / path
        if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
            folder.rmdir()
        if not folder.is_dir():
            record.folders.remove(path)
