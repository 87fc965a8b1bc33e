"""End a build with SIGKILL at its n-th write to the index, in a process of its own; the product knows nothing of it.

Run as a module it is a server that imports once and forks for each build: `Builds` is its client.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

_REPOSITORY = Path(__file__).resolve().parents[2]
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.utime", "os.truncate")


class Builds:
    """Runs `kb index` in processes that can be killed; a context that ends its server."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.kb.crash_points"]
        self._server = subprocess.Popen(
            command, cwd=_REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> Builds:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate()

    def killed_at(self, point: int, workspace: Path, environ: Mapping[str, str]) -> bool:
        """Index a workspace and end the process at the given write, 1 the first; -1 the first one to Chroma.

        Returns:
            Whether it was killed; false where the build has fewer writes and came to its end.
        """
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps([point, str(workspace), dict(environ)]) + "\n")
        self._server.stdin.flush()
        ended = int(self._server.stdout.readline())
        if ended not in {0, -signal.SIGKILL}:
            raise RuntimeError(f"the build to be killed at write {point} ended with {ended}")
        return ended != 0


def serve() -> None:
    """Fork a build for each line of the input, answer with how it ended."""
    import kb.build
    import kb.store

    for line in sys.stdin:
        if json.loads(line)[0] < 0:
            import kb.adapters.chroma  # noqa: F401 (takes a second, and only some builds need it)
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            _build(*json.loads(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _build(point: int, workspace: str, environ: dict[str, str]) -> None:
    from kb.app import index, open_workspace

    if point > 0:
        _inject(_Countdown(point), Path(workspace) / ".kb")
    else:
        _inject_chroma(_Countdown(-point))
    index(open_workspace(Path(workspace), environ), environ)


class _Countdown:
    """Counts writes; says when the one to die at has come."""

    def __init__(self, point: int) -> None:
        self.left = point

    def has_come(self) -> bool:
        self.left -= 1
        return self.left == 0

    def pass_or_die(self) -> None:
        if self.has_come():
            die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _inject(countdown: _Countdown, home: Path) -> None:
    def audit(event: str, args: tuple[Any, ...]) -> None:
        if (event in _CHANGES and _is_below(home, args)) or (event == "open" and _opens_for_writing(home, args)):
            countdown.pass_or_die()

    sys.addaudithook(audit)
    # A killed process loses no page of the kernel, so the disk itself is not waited for.
    setattr(os, "fsync", lambda handle: countdown.pass_or_die())  # noqa: B010 (mypy knows the parameter's name)
    _tear(countdown, Path, "write_bytes", lambda write, file, data: write(file, data[: len(data) // 2]))
    _tear(countdown, Path, "write_text", lambda write, file, text, **more: write(file, text[: len(text) // 2], **more))
    _tear(countdown, np, "save", lambda write, file, array: Path(file).write_bytes(b"\x93NUMPY\x01\x00torn"))


def _inject_chroma(countdown: _Countdown) -> None:
    """Chroma writes in native code, so the points lie before and behind its calls."""
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

    for owner, name in ((Client, "create_collection"), (Collection, "add")):
        _surround(countdown, owner, name)


def _surround(countdown: _Countdown, owner: Any, name: str) -> None:
    call = getattr(owner, name)

    def counted(*args: Any, **more: Any) -> object:
        countdown.pass_or_die()
        done = call(*args, **more)
        countdown.pass_or_die()
        return done

    setattr(owner, name, counted)


def _tear(countdown: _Countdown, owner: Any, name: str, half: Callable[..., object]) -> None:
    """Make a write that dies when half of it is done."""
    write = getattr(owner, name)

    def torn(*args: Any, **more: Any) -> object:
        if countdown.has_come():
            countdown.left = 1 << 30
            half(write, *args, **more)
            die()
        return write(*args, **more)

    setattr(owner, name, torn)


def _is_below(home: Path, args: tuple[Any, ...]) -> bool:
    """Paths within the index, and those that `rmtree` gives relative to an open folder."""
    return any(isinstance(arg, str | Path) and (str(arg).startswith(str(home)) or "/" not in str(arg)) for arg in args)


def _opens_for_writing(home: Path, args: tuple[Any, ...]) -> bool:
    path, _, flags = args
    return isinstance(path, str | Path) and str(path).startswith(str(home)) and bool(flags & _WRITES)


if __name__ == "__main__":
    serve()
