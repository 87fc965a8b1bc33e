"""Put skills where clients look, name the MCP server and point agents to both; take all of it away again.

What is written is remembered in `.kb/installed.json` with what stood there before, so that taking it away leaves every
file as it was; a file that somebody changed meanwhile keeps the change and loses our part alone.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from kb.documents import KbError

CLIENT_FOLDERS = (".claude/skills", ".agents/skills")
RECORD = ".kb/installed.json"
BEGIN, END = "<!-- kb:begin -->", "<!-- kb:end -->"
MCP_SERVER: Mapping[str, Any] = {"mcpServers": {"kb": {"command": "kb", "args": ["mcp"]}}}


class InstallRefused(KbError):
    """Something of another owner stands where a skill or an entry would go."""


@dataclass(frozen=True)
class Wanted:
    """What is to be there: skills by name as files with their content, JSON files with what they must hold, a note."""

    skills: Mapping[str, Mapping[str, bytes]]
    json_parts: Mapping[str, Mapping[str, Any]]
    note: str
    folders: Sequence[str] = CLIENT_FOLDERS


@dataclass(frozen=True)
class Done:
    """Paths relative to the repository that were written, removed, or left since they were as wanted."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


def install(root: Path, wanted: Wanted) -> Done:
    """Write what is wanted; a second time changes nothing, and what was installed before and is not wanted goes.

    Raises:
        InstallRefused: a skill of that name is there and not ours, or a JSON file cannot be read.
    """
    record = _record(root)
    files = _skill_files(wanted)
    for path in files:
        folder = "/".join(path.split("/")[:3])
        if path not in record["files"] and (root / folder).exists() and not _ours(record, folder):
            raise InstallRefused(f"{folder} is there and was not installed by kb; rename one of the two skills")
    merged = {path: _merged(root / path, part) for path, part in wanted.json_parts.items()}
    noted = {"AGENTS.md": _noted(_content(root / "AGENTS.md"), wanted.note)} if wanted.note else {}
    stale = [path for path in record["files"] if path not in files]
    for path in stale:
        _remove(root, path)
    written = [path for path, content in {**files, **merged, **noted}.items() if _write(root, path, content, record)]
    record["files"] = sorted(files)
    record["parts"] = {path: dict(part) for path, part in wanted.json_parts.items()}
    _keep(root, record)
    return Done(tuple(written), tuple(stale), len(files) + len(merged) + len(noted) - len(written))


def uninstall(root: Path) -> Done:
    """Take away what `install` wrote; without a record nothing is touched."""
    record = _record(root)
    removed: list[str] = []
    for path in record["files"]:
        _remove(root, path)
        removed.append(path)
    changed = [path for path in record["before"] if path not in record["files"] and _restore(root, path, record)]
    (root / RECORD).unlink(missing_ok=True)
    return Done(tuple(changed), tuple(removed), 0)


def without_note(text: str) -> str:
    """A text without our section and the blank line that was put before it."""
    if BEGIN not in text or END not in text:
        return text
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2].removeprefix("\n")
    return f"{before.removesuffix(chr(10))}{after}" if before.endswith("\n\n") else before + after


def _skill_files(wanted: Wanted) -> dict[str, bytes]:
    return {
        f"{folder}/{name}/{path}": content
        for folder in wanted.folders
        for name, files in wanted.skills.items()
        for path, content in files.items()
    }


def _ours(record: Mapping[str, Any], folder: str) -> bool:
    return any(path.startswith(f"{folder}/") for path in record["files"])


def _merged(file: Path, part: Mapping[str, Any]) -> bytes:
    content = _content(file)
    try:
        table = json.loads(content) if content else {}
    except ValueError as error:
        raise InstallRefused(f"{file}: {error}; mend the JSON, then install again") from error
    if not isinstance(table, dict):
        raise InstallRefused(f"{file}: must hold a JSON object; mend it, then install again")
    both = joined(table, part, str(file))
    return content if content and both == table else (json.dumps(both, ensure_ascii=False, indent=2) + "\n").encode()


def joined(table: Mapping[str, Any], part: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Both together: tables are merged, lists get what they lack, another value of ours is refused."""
    found = dict(table)
    for key, value in part.items():
        held = found.get(key)
        if held is None:
            found[key] = value
        elif isinstance(held, dict) and isinstance(value, Mapping):
            found[key] = joined(held, value, f"{where} {key}")
        elif isinstance(held, list) and isinstance(value, list):
            found[key] = [*held, *(item for item in value if item not in held)]
        elif held != value:
            raise InstallRefused(f"{where}: {key} is {held!r:.80} there, not {value!r:.80}; remove or rename it")
    return found


def _taken_out(table: Any, part: Any) -> Any:
    """What remains of a table without a part of it; what has become empty goes."""
    if isinstance(table, dict) and isinstance(part, Mapping):
        left = {key: _taken_out(value, part[key]) if key in part else value for key, value in table.items()}
        return {key: value for key, value in left.items() if value not in (None, {}, []) or key not in part}
    if isinstance(table, list) and isinstance(part, list):
        return [item for item in table if item not in part]
    return None if table == part else table


def _noted(content: bytes, note: str) -> bytes:
    text = without_note(content.decode("utf-8")) if content else ""
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}{BEGIN}\n{note.strip()}\n{END}\n".encode()


def _write(root: Path, path: str, content: bytes, record: dict[str, Any]) -> bool:
    file = root / path
    now = _content(file) if file.exists() else None
    if now == content:
        return False
    if path not in record["before"]:
        record["before"][path] = None if now is None else base64.b64encode(now).decode()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    if path.endswith(".sh"):
        file.chmod(0o755)
    record["after"][path] = base64.b64encode(content).decode()
    return True


def _restore(root: Path, path: str, record: Mapping[str, Any]) -> bool:
    """Put back what stood there; where it was changed since, take out our part alone."""
    file = root / path
    if not file.exists():
        return False
    before = record["before"][path]
    if _content(file) == base64.b64decode(record["after"][path]):
        left = None if before is None else base64.b64decode(before)
    elif path in record["parts"]:
        table = _taken_out(json.loads(_content(file)), record["parts"][path])
        left = (json.dumps(table, ensure_ascii=False, indent=2) + "\n").encode()
    else:
        left = without_note(_content(file).decode("utf-8")).encode()
    if left is None:
        _remove(root, path)
    else:
        file.write_bytes(left)
    return True


def _remove(root: Path, path: str) -> None:
    """Remove a file and the folders that it leaves empty."""
    file = root / path
    file.unlink(missing_ok=True)
    for parent in list(PurePosixPath(path).parents)[:-1]:
        folder = root / parent
        if folder.is_dir() and not any(folder.iterdir()):
            shutil.rmtree(folder)


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def _record(root: Path) -> dict[str, Any]:
    file = root / RECORD
    empty: dict[str, Any] = {"files": [], "before": {}, "after": {}, "parts": {}}
    try:
        return {**empty, **json.loads(file.read_text(encoding="utf-8"))} if file.is_file() else empty
    except ValueError as error:
        raise InstallRefused(f"{file}: {error}; remove it and install again") from error


def _keep(root: Path, record: Mapping[str, Any]) -> None:
    file = root / RECORD
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def files_of(folder: Path, ignored: Iterable[str] = ("__pycache__",)) -> dict[str, bytes]:
    """The files of a skill by path inside its folder."""
    skipped = set(ignored)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and skipped.isdisjoint(path.parts)
    }
