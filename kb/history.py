"""What git remembers: who last committed each line of a file, and the workspace as of a commit. Reads, never writes."""

from __future__ import annotations

import os
import re
import subprocess
from functools import cached_property
from pathlib import Path

from kb.cite import Place
from kb.states import Ids, Lines, lines_of, world_places

_HEADER = re.compile(rb"(?P<commit>[0-9a-f]{40}) \d+ (?P<line>\d+)")
_UNCOMMITTED = "0" * 40
_REVISIONS = 40


class History:
    """The repository that a workspace lies in; without one nothing is remembered."""

    def __init__(self, root: Path, ids: Ids) -> None:
        self._root = root
        self._ids = ids
        self._trees: dict[str, Tree] = {}
        self._contents: dict[str, bytes | None] = {}

    def commits(self, file: Path) -> dict[int, str]:
        """The commit that each line of a file comes from; a line that is not committed is left out.

        In a shallow clone the oldest commit stands for all before it, so lines that end there are left out too.
        """
        output = self._git("-c", "blame.ignoreRevsFile=", "blame", "--porcelain", "--", str(file.resolve()))
        found: dict[int, str] = {}
        boundary: set[str] = set()
        commit = ""
        for line in (output or b"").split(b"\n"):
            if header := _HEADER.match(line):
                commit = header["commit"].decode()
                found[int(header["line"])] = commit
            elif line == b"boundary":
                boundary.add(commit)
        lost = {_UNCOMMITTED} | (boundary if self._is_shallow else set())
        return {number: commit for number, commit in found.items() if commit not in lost}

    def tree(self, commit: str) -> Tree:
        if commit not in self._trees:
            self._trees[commit] = Tree(self, self._blobs(commit), self._ids)
        return self._trees[commit]

    def content(self, blob: str) -> bytes | None:
        """The content behind git's hash; None where the repository does not hold it."""
        if blob not in self._contents:
            is_hash = re.fullmatch(r"[0-9a-f]{40}", blob) is not None
            self._contents[blob] = self._git("cat-file", "blob", blob) if is_hash else None
        return self._contents[blob]

    def earlier(self, path: str) -> list[str]:
        """The blobs that a path held, newest first, as far as the last 40 commits that touched it."""
        log = self._git(
            "log", f"-n{_REVISIONS}", "--format=%H", "--raw", "--no-abbrev", "--no-renames", "-m", "--", path
        )
        rows = [line.split() for line in (log or b"").split(b"\n") if line.startswith(b":")]
        return list(dict.fromkeys(blob.decode() for row in rows for blob in (row[3], row[2]) if blob.strip(b"0")))

    @cached_property
    def _is_shallow(self) -> bool:
        return (self._git("rev-parse", "--is-shallow-repository") or b"").strip() == b"true"

    def _blobs(self, commit: str) -> dict[str, str]:
        output = self._git("ls-tree", "-r", "-z", commit) or b""
        rows = (row.split(b"\t", 1) for row in output.split(b"\0") if row)
        # A link's blob is the path that it points to, a submodule's hash is a commit: neither is the file's content.
        return {os.fsdecode(path): about.split()[2].decode() for about, path in rows if about.startswith(b"100")}

    def _git(self, *words: str) -> bytes | None:
        # Inside a git hook GIT_DIR and its like point at the repository that runs the hook.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        command = ["git", "--no-replace-objects", "--literal-pathspecs", "-C", str(self._root), *words]
        try:
            return subprocess.run(command, env=environment, capture_output=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return None


class Tree:
    """The workspace as of a commit."""

    def __init__(self, history: History, blobs: dict[str, str], ids: Ids) -> None:
        self._history = history
        self._blobs = blobs
        self._ids = ids

    def lines(self, path: str) -> Lines | None:
        content = self._content(path)
        return None if content is None else lines_of(content)

    def places(self, name: str) -> list[Place]:
        if name.startswith("world:"):
            return world_places(name, sorted(self._blobs), self.lines)
        return self._places.get(name, [])

    def _content(self, path: str) -> bytes | None:
        blob = self._blobs.get(path)
        return None if blob is None else self._history.content(blob)

    @cached_property
    def _places(self) -> dict[str, list[Place]]:
        return self._ids.of(self._blobs, self._content)
