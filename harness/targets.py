"""The doors a target comes through without a library: a Python callable and a command. Addresses: `adapters/http.py`.

A call that takes too long is given up, not ended: Python cannot end a thread. The next call gets a fresh one.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import queue
import re
import shlex
import subprocess
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import IO, Any, Literal

from harness.cases import TargetUnusable
from harness.jsonl import dump

_CALLABLE = re.compile(r"^[\w./-]+:[A-Za-z_][\w.]*$")
Door = Literal["address", "callable", "command"]


def door_of(spec: str) -> Door:
    """Tell what a target string is: `http(s)://…`, `module:attribute`, else a command (`cmd:` in front forces it)."""
    if spec.startswith(("http://", "https://")):
        return "address"
    if not spec.startswith("cmd:") and _CALLABLE.match(spec):
        return "callable"
    return "command"


class CallableTarget:
    """A function of one request, plain or async; async ones share one event loop, so their clients may live on."""

    def __init__(self, function: object, timeout_s: float, name: str = "target") -> None:
        if not callable(function):
            raise TargetUnusable(f"{name!r} is a {type(function).__name__}, not a callable of one request")
        self._function: Callable[[Mapping[str, object]], Any] = function
        self._timeout_s = timeout_s
        self._worker: _Worker | None = None

    def ask(self, request: Mapping[str, object]) -> Mapping[str, object]:
        worker = self._worker = self._worker or _Worker()
        try:
            answer: Mapping[str, object] = worker.call(self._function, request).result(self._timeout_s)
        except FutureTimeout as error:
            if worker.busy:
                self._worker = None
                raise TimeoutError(f"no answer within {self._timeout_s:g} s") from error
            raise
        return answer

    def close(self) -> None:
        if self._worker is not None:
            self._worker.stop()


class CommandTarget:
    """A process that reads a JSON request a line and writes a JSON response a line; started anew after a timeout."""

    def __init__(self, command: str, timeout_s: float, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self._arguments = shlex.split(command.removeprefix("cmd:"))
        if not self._arguments:
            raise TargetUnusable("the command is empty; give 'cmd:program arguments'")
        self._timeout_s = timeout_s
        self._folder = folder
        self._environ = {**(os.environ if environ is None else environ), "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def ask(self, request: Mapping[str, object]) -> Mapping[str, object]:
        process = self._process = self._process or self._start()
        try:
            _stream(process.stdin).write(dump(request) + "\n")
            _stream(process.stdin).flush()
            line = self._lines.get(timeout=self._timeout_s)
        except queue.Empty:
            self.close()
            raise TimeoutError(f"no line within {self._timeout_s:g} s; does the command flush its output?") from None
        except OSError:
            line = ""
        if not line:
            raise self._ended()
        return _object(line)

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()

    def _start(self) -> subprocess.Popen[str]:
        self._lines = queue.Queue()
        try:
            process = subprocess.Popen(
                self._arguments,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
                cwd=self._folder, env=self._environ,
            )  # fmt: skip
        except OSError as error:
            raise TargetUnusable(f"cannot start {self._arguments[0]!r}: {error}; check the command") from error
        threading.Thread(target=_pump, args=(_stream(process.stdout), self._lines), daemon=True).start()
        return process

    def _ended(self) -> RuntimeError:
        code = self._process.wait() if self._process else None
        self.close()
        return RuntimeError(f"the command ended with exit code {code} instead of answering")


def _pump(stream: IO[str], lines: queue.Queue[str]) -> None:
    """Hand lines on as they come; an empty one says that the process closed its output."""
    try:
        for line in stream:
            if line.strip():
                lines.put(line)
    except (OSError, ValueError):
        pass
    lines.put("")


def _stream(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise TargetUnusable("the command was started without pipes")
    return stream


def _object(line: str) -> Mapping[str, object]:
    answer = json.loads(line)
    if not isinstance(answer, dict):
        raise TypeError(f"expected a JSON object, got {line[:80]!r}")
    return answer


class _Worker:
    """One daemon thread with one event loop that runs calls in turn."""

    def __init__(self) -> None:
        self._calls: queue.Queue[tuple[Future[Any], Callable[..., Any], Mapping[str, object]] | None] = queue.Queue()
        self.busy = False
        threading.Thread(target=self._serve, name="harness-target", daemon=True).start()

    def call(self, function: Callable[..., Any], request: Mapping[str, object]) -> Future[Any]:
        future: Future[Any] = Future()
        self.busy = True
        self._calls.put((future, function, request))
        return future

    def stop(self) -> None:
        self._calls.put(None)

    def _serve(self) -> None:
        loop = asyncio.new_event_loop()
        while (item := self._calls.get()) is not None:
            future, function, request = item
            result, problem = self._outcome(loop, function, request)
            self.busy = False
            if problem is None:
                future.set_result(result)
            else:
                future.set_exception(problem)
        loop.close()

    def _outcome(
        self, loop: asyncio.AbstractEventLoop, function: Callable[..., Any], request: Mapping[str, object]
    ) -> tuple[Any, Exception | None]:
        try:
            return self._run(loop, function, request), None
        except SystemExit as error:
            return None, RuntimeError(f"the target called sys.exit({error.code!r})")
        except Exception as error:  # noqa: BLE001 - foreign code: whatever it raises is this case's failure, not the run's
            return None, error

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop, function: Callable[..., Any], request: Mapping[str, object]) -> object:
        answer = function(request)
        return loop.run_until_complete(answer) if inspect.isawaitable(answer) else answer
