"""Citations of whole files: read a text, check them all, write pins into it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb import files
from kb.documents import IndexMissing, KbError
from kb.generations import Generations
from kb.held import Held
from kb.history import History
from kb.pin import pinned
from kb.quoted import Quotes
from kb.states import Ids, Parse, Worktree
from kb.verify import Check, Text, Verifier
from kb.workspace import Workspace


@dataclass(frozen=True)
class Pinned:
    """What `pin` did to a file: the citations it pinned, and those it left."""

    file: str
    pinned: Sequence[Check]
    left: Sequence[Check]


class Citations:
    """Checks and pins the citations of files against one workspace, as it stands when this is made."""

    def __init__(self, workspace: Workspace, parse: Parse, generations: Generations) -> None:
        self._root = workspace.root
        ids = Ids(parse, workspace.options)
        now = Worktree(workspace, ids)
        self._history = History(workspace.root, ids)
        self._verifier = Verifier(now, Quotes(now, self._history, _held(generations), ids))

    def verify(self, file: Path) -> list[Check]:
        """Check every citation of a file, in order.

        Raises:
            KbError: it cannot be read as text.
        """
        return self._verifier.checks(self._text(file))

    def verify_text(self, content: str, name: str = "text") -> list[Check]:
        """Check every citation of a text that lies in no file; its paths are relative to the workspace."""
        return self._verifier.checks(Text(name, self._root / name, content, {}, time.time_ns()))

    def pin(self, file: Path, *, accept: bool = False) -> Pinned:
        """Pin in place what holds; `accept` also what was edited, as it stands.

        Raises:
            KbError: the file cannot be read as text or not be written.
        """
        text = self._text(file)
        content, done, left = pinned(text.content, self._verifier.checks(text), accept=accept)
        if done:
            _write(file, content)
        return Pinned(str(file), done, left)

    def _text(self, file: Path) -> Text:
        return Text(str(file), file, _content(file), self._history.commits(file), file.stat().st_mtime_ns)


def _content(file: Path) -> str:
    """A file as it lies: line ends and byte order mark stay, so that it can be written back and lines are git's."""
    try:
        size = file.stat().st_size
        if size > files.LARGEST_BYTES:
            raise KbError(f"{file}: {size:,} bytes are more than {files.LARGEST_BYTES:,}; split it")
        content = file.read_bytes()
        if b"\0" in content:
            raise KbError(f"{file}: holds a zero byte, so it is no text; give a text that cites")
        return content.decode("utf-8")
    except OSError as error:
        raise KbError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise KbError(f"{file}: byte {error.start:,} is not UTF-8; save it as UTF-8") from error


def _write(file: Path, content: str) -> None:
    try:
        file.write_bytes(content.encode("utf-8"))
    except OSError as error:
        raise KbError(f"{file}: cannot be written: {error.strerror or error}; give a file of your own") from error


def _held(generations: Generations) -> Held | None:
    """The published index; one that is damaged or of another format tells nothing."""
    from kb.store import load

    try:
        # The modification time of a generation's files is the same in each, so that equal ones are equal.
        return generations.read(lambda folder: Held(load(folder), (folder / "manifest.json").stat().st_ctime_ns))
    except (OSError, IndexMissing):
        return None
