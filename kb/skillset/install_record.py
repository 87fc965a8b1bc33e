"""What an installation wrote, kept in `.kb/installed.json`, so that it can be taken away to the byte.

The file lies in the repository and may come from anybody: a record that names what `install` never writes is refused.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from kb.skillset.shared_files import InstallRefused

RECORD = ".kb/installed.json"
CLIENT_FOLDERS = (".claude/skills", ".agents/skills")
MCP_FILE, SETTINGS_FILE, NOTE_FILE, IGNORE_FILE = ".mcp.json", ".claude/settings.json", "AGENTS.md", ".kb/.gitignore"
_SHARED = frozenset({MCP_FILE, SETTINGS_FILE, NOTE_FILE, IGNORE_FILE})


@dataclass
class Record:
    """What was written, by path relative to the repository.

    Attributes:
        files: the files of skills.
        before: what stood in a file before; None where there was none.
        after: what was written.
        parts: what was put into JSON files.
        folders: those that were made, outer ones first.
    """

    files: list[str] = field(default_factory=list)
    before: dict[str, bytes | None] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)

    @property
    def shared(self) -> list[str]:
        """The files in which a part is ours."""
        return [path for path in self.after if path not in self.files]

    def forget(self, path: str) -> None:
        self.files = [kept for kept in self.files if kept != path]
        for table in (self.before, self.after, self.parts):
            table.pop(path, None)


def load(root: Path) -> Record:
    """Read the record of a repository, an empty one where nothing was installed.

    Raises:
        InstallRefused: it is broken, or names what is never installed.
    """
    file = root / RECORD
    if not file.is_file():
        return Record()
    try:
        record = _record(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise InstallRefused(f"{file}: no record of an installation ({error}); remove it and install again") from error
    if strange := next(_strange(record), None):
        raise InstallRefused(f"{file}: names {strange!r}, which is never installed; remove the file")
    return record


def keep(root: Path, record: Record) -> None:
    """Write the record."""
    table = {
        "files": sorted(record.files),
        "before": {path: None if text is None else _text(text) for path, text in record.before.items()},
        "after": {path: _text(text) for path, text in record.after.items()},
        "parts": record.parts,
        "folders": record.folders,
    }
    text = json.dumps(table, ensure_ascii=False, indent=1) + "\n"
    (root / RECORD).parent.mkdir(parents=True, exist_ok=True)
    (root / RECORD).write_text(text, encoding="utf-8")


class Remembered:
    """Writes down what was done, also where something cannot be written half way."""

    def __init__(self, root: Path, record: Record) -> None:
        self._root, self._record = root, record

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            keep(self._root, self._record)
        except OSError as cannot:
            raise InstallRefused(f"{cannot.filename}: {cannot.strerror}; mend it and run this again") from cannot
        if isinstance(error, OSError):
            said = f"{error.filename}: {error.strerror}"
            raise InstallRefused(f"{said}; what was done so far is remembered: mend it and run this again") from error


def _record(table: Mapping[str, Any]) -> Record:
    before = {str(path): None if text is None else _bytes(text) for path, text in table["before"].items()}
    after = {str(path): _bytes(text) for path, text in table["after"].items()}
    parts = {str(path): dict(part) for path, part in table["parts"].items()}
    folders = table.get("folders", [])
    if not all(isinstance(path, str) for path in (*table["files"], *folders)):
        raise TypeError("files and folders must be lists of paths")
    return Record(list(table["files"]), before, after, parts, list(folders))


def _strange(record: Record) -> Iterator[str]:
    paths = [*record.files, *record.before, *record.after, *record.parts]
    yield from (path for path in paths if path not in _SHARED and not _is_of_a_client(path))
    yield from (path for path in record.files if path in _SHARED)
    tops = {PurePosixPath(folder).parts[0] for folder in (*CLIENT_FOLDERS, RECORD)}
    yield from (path for path in record.folders if not _is_plain(path) or PurePosixPath(path).parts[0] not in tops)


def _is_of_a_client(path: str) -> bool:
    return _is_plain(path) and any(path.startswith(f"{folder}/") for folder in CLIENT_FOLDERS)


def _is_plain(path: str) -> bool:
    return bool(path) and not path.startswith("/") and not {"..", ".", ""} & set(path.split("/")) and "\0" not in path


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
