"""The file system and git: finds, lists and reads files. Decides nothing about their content."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

from kb.documents import Finding, WorkspaceError
from kb.read import Source
from kb.workspace import CONFIG, NEVER

LARGEST_BYTES = 8_000_000


def find_root(start: Path) -> Path | None:
    """The nearest folder with a `kb.toml`, from `start` upward."""
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder
    return None


def load_config(file: Path) -> dict[str, object]:
    """Parse a `kb.toml`.

    Raises:
        WorkspaceError: it cannot be read or is not TOML; names the line.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WorkspaceError(f"{file}: {error}") from error


def list_paths(root: Path) -> list[str]:
    """All files below a folder, as POSIX paths relative to it; what git ignores and links that lead out are left out.

    Outside a repository, and in a folder that its repository ignores as a whole, every file counts.
    """
    return sorted(path for path in _of_git(root) or _walk(root) if _is_inside(root, path))


def read(file: Path, path: str) -> Source | Finding:
    """Read a file as text; a finding where it is no text, too large or not to be read."""
    try:
        content = file.read_bytes()
    except OSError as error:
        return Finding(path, 1, "unreadable", "warning", f"cannot be read: {error.strerror or error}")
    if len(content) > LARGEST_BYTES:
        size = f"{len(content):,} bytes are more than {LARGEST_BYTES:,}"
        return Finding(path, 1, "too-large", "warning", f"{size}; split the document")
    if b"\0" in content:
        return Finding(path, 1, "binary", "warning", "holds a zero byte, so it is no text; rename or exclude it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        wrong = f"byte {content[error.start]:#04x} is not UTF-8; save it as UTF-8"
        return Finding(path, line, "not-utf8", "warning", wrong)
    return Source(path, text.replace("\r\n", "\n").replace("\r", "\n"), blob(content))


def blob_of(file: Path) -> str | None:
    """The git blob hash of a file as it stands now; None where it cannot be read."""
    try:
        return blob(file.read_bytes())
    except OSError:
        return None


def blob(content: bytes) -> str:
    """Git's name for this content: what `git hash-object` prints."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _of_git(root: Path) -> list[str]:
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    # Inside a git hook GIT_DIR and its like point at the repository that runs the hook.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def _walk(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in NEVER]
        for name in files:
            yield (Path(folder) / name).relative_to(root).as_posix()


def _is_inside(root: Path, path: str) -> bool:
    file = root / path
    try:
        path.encode("utf-8")
        return file.is_file() and (not file.is_symlink() or file.resolve().is_relative_to(root.resolve()))
    except (OSError, UnicodeEncodeError):
        # A loop of links; a name that no citation could spell.
        return False
