"""The file system and git: finds, lists and reads files. Decides nothing about their content."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import subprocess
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from kb.documents import Finding, WorkspaceError
from kb.read import Source
from kb.workspace import CONFIG, NEVER

LARGEST_BYTES = 8_000_000
# No prose and no table has such a line; what has is data, and patterns take long over it.
LONGEST_LINE = 250_000
_PAGE_BYTES = 1 << 20
# Stands for what cannot be written in a path of a citation: bytes that are not UTF-8, line ends.
_UNSPELLED = "\ufffd"
_UNWRITTEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


class _Refused(Exception):
    """A file that is not read; says which rule it breaks and how."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


def find_root(start: Path) -> Path | None:
    """The nearest folder with a `kb.toml`, from `start` upward."""
    for folder in (start, *start.parents):
        if os.path.isfile(folder / CONFIG):  # unlike Path.is_file, not an error where a folder is closed to us
            return folder
    return None


def load_config(file: Path) -> dict[str, object]:
    """Parse a `kb.toml`.

    Raises:
        WorkspaceError: it cannot be read or is not TOML; names the line.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except RecursionError as error:
        raise WorkspaceError(f"{file}: nested too deep; flatten it") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WorkspaceError(f"{file}: {error}") from error


def list_paths(root: Path, *, refused: bool = False) -> list[str]:
    """All files below a folder, as POSIX paths relative to it; what git ignores is left out.

    Outside a repository, and in a folder that its repository ignores as a whole, every file counts.

    Args:
        root: the folder.
        refused: list also what `read` refuses: links that lead out, to nothing or in circles, what is no regular file,
            and names that no citation could spell, with U+FFFD in place of what cannot be spelled.
    """
    names = {name: _spelled(name) for name in _of_git(root) or _walk(root)}
    return sorted({path for name, path in names.items() if _is_listed(root, name, path, refused)})


def signature_of(root: Path) -> int:
    """A number that changes when a file below a folder is added, removed or touched; what git ignores is left out."""
    return hash(tuple((path, *_touched(root / path)) for path in list_paths(root)))


def _touched(file: Path) -> tuple[int, ...]:
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size


def read(file: Path, path: str, inside: Path) -> Source | Finding:
    """Read a file as text; a finding where it is no text, too large, not to be read or not `inside` that folder."""
    try:
        content = _content(file, path, inside)
    except _Refused as refusal:
        return Finding(path, 1, refusal.rule, "warning", str(refusal))
    if b"\0" in content:
        return Finding(path, 1, "binary", "warning", "holds a zero byte, so it is no text; rename or exclude it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        wrong = f"byte {content[error.start]:#04x} is not UTF-8; save it as UTF-8"
        return Finding(path, line, "not-utf8", "warning", wrong)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _long_line(text, path) or Source(path, text, blob(content))


def blob_of(file: Path, inside: Path) -> str | None:
    """The git blob hash of a file as it stands now; None where it cannot be read or is not `inside` that folder."""
    try:
        with _opened(file, inside) as handle:
            total = hashlib.sha1(b"blob %d\0" % os.fstat(handle.fileno()).st_size, usedforsecurity=False)
            while page := handle.read(_PAGE_BYTES):
                total.update(page)
            return total.hexdigest()
    except (OSError, _Refused):
        return None


def exists(file: Path, path: str) -> bool:
    """Whether there is anything of that name, be it a link to nothing, or a name that could not be spelled."""
    return _UNSPELLED in path or os.path.lexists(file)


def blob(content: bytes) -> str:
    """Git's name for this content: what `git hash-object` prints."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _content(file: Path, path: str, inside: Path) -> bytes:
    try:
        with _opened(file, inside) as handle:
            size = os.fstat(handle.fileno()).st_size
            if size > LARGEST_BYTES:
                many = f"{size:,} bytes are more than {LARGEST_BYTES:,}"
                raise _Refused("too-large", f"{many}; split the document")
            return handle.read(LARGEST_BYTES)
    except OSError as error:
        if _UNSPELLED in path:
            message = "its name holds a line end or is not UTF-8, so it cannot be cited; rename the file"
            raise _Refused("file-name", message) from error
        message = f"cannot be read: {error.strerror or error}; mend or exclude it"
        raise _Refused("unreadable", message) from error


def _long_line(text: str, path: str) -> Finding | None:
    if len(text) <= LONGEST_LINE:
        return None
    length, line = max((len(line), -number) for number, line in enumerate(text.split("\n"), start=1))
    if length <= LONGEST_LINE:
        return None
    message = (
        f"a line of {length:,} characters is more than {LONGEST_LINE:,}; break it, or put data in a file of its own"
    )
    return Finding(path, -line, "long-line", "warning", message)


def _opened(file: Path, inside: Path) -> io.BufferedReader:
    """Open a regular file for reading; waits for nothing: a pipe that is called `a.md` would never answer."""
    if not stat.S_ISREG(os.stat(file).st_mode):
        raise _Refused("unreadable", "is no regular file; remove or exclude it")
    if _leads_out(file, inside):
        raise _Refused("link-out", "is reached by a link that leads out of the workspace; put the text itself there")
    return os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def _leads_out(file: Path, inside: Path) -> bool:
    real, fence = os.path.realpath(file), _real(inside)
    return real != fence and not real.startswith(fence.rstrip(os.sep) + os.sep)


@lru_cache(maxsize=64)
def _real(folder: Path) -> str:
    return os.path.realpath(folder)


def _of_git(root: Path) -> list[str]:
    # A repository of somebody else may name a program to be run as its file monitor.
    command = ["git", "-C", str(root), "-c", "core.fsmonitor=false", "-c", f"safe.directory={root}"]
    command += ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
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


def _spelled(name: str) -> str:
    """The name as a citation could write it."""
    if name.isascii() and name.isprintable():
        return name
    return "".join(_UNSPELLED if unicodedata.category(letter) in _UNWRITTEN else letter for letter in name)


def _is_listed(root: Path, name: str, path: str, refused: bool) -> bool:
    """Whether a name counts; folders never do (git lists links to them), nor what is gone meanwhile."""
    file = root / name
    try:
        is_good = stat.S_ISREG(os.stat(file).st_mode) and path == name and not _leads_out(file, root)
    except OSError:
        return refused and os.path.lexists(file)
    return is_good or (refused and not file.is_dir())
