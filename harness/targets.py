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
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Literal

from harness.cases import TargetUnusable
from harness.jsonl import dump

_CALLABLE = re.compile(r"^[\w./-]+:[A-Za-z_][\w.]*$")
_LEAVING_S = 2.0
"""How long a command that closed its output may take to end."""
_SHOWN = 80
Door = Literal["address", "callable", "command"]


def door_of(spec: str) -> Door:
    """Tell what a target string is: `http(s)://…`, `module:attribute`, else a command (`cmd:` in front forces it)."""
    if spec.startswith(("http://", "https://")):
        return "address"
    if not spec.startswith("cmd:") and _CALLABLE.match(spec):
        return "callable"
    return "command"


class CallableTarget:
    """A function of one request, plain or async, that may be asked by several threads at a time.

    Async ones share one event loop, so their clients may live on.
    """

    def __init__(self, function: object, timeout_s: float, name: str = "target") -> None:
        if not callable(function):
            raise TargetUnusable(f"{name!r} is a {type(function).__name__}, not a callable of one request")
        self._function: Callable[[Mapping[str, object]], Any] = function
        self._timeout_s = timeout_s
        self._loop = _Loop()
        self._idle: list[_Worker] = []

    def ask(self, request: Mapping[str, object]) -> Mapping[str, object]:
        worker = self._taken()
        future = worker.call(self._function, request, self._loop)
        if not wait([future], self._timeout_s).done:
            worker.stop()
            self._loop = _Loop()  # the old one may be what hangs; calls that are under way on it stay there
            raise TimeoutError(f"no answer within {self._timeout_s:g} s")
        self._idle.append(worker)
        answer: Mapping[str, object] = future.result()
        return answer

    def close(self) -> None:
        while self._idle:
            self._idle.pop().stop()
        self._loop.stop()

    def _taken(self) -> _Worker:
        try:
            return self._idle.pop()
        except IndexError:
            return _Worker()


class CommandTarget:
    """A process that reads a JSON request a line and writes a JSON response a line.

    It is started anew after a timeout, and after a line that is no response: the next one may answer any question.
    """

    def __init__(self, command: str, timeout_s: float, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self._arguments = shlex.split(command.removeprefix("cmd:"))
        if not self._arguments:
            raise TargetUnusable("the command is empty; give 'cmd:program arguments'")
        self._timeout_s = timeout_s
        self._folder = folder
        self._environ = {**(os.environ if environ is None else environ), "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._asked: set[object] = set()

    def ask(self, request: Mapping[str, object]) -> Mapping[str, object]:
        process = self._process = self._process or self._start()
        if not self._lines.empty() and (line := self._lines.get()):
            raise self._disorder(f"the command wrote a line more than it was asked for: {_shown(line)}")
        try:
            _stream(process.stdin).write(dump(request).encode() + b"\n")
            _stream(process.stdin).flush()
            line = self._lines.get(timeout=self._timeout_s)
        except queue.Empty:
            self.close()
            raise TimeoutError(f"no line within {self._timeout_s:g} s; does the command flush its output?") from None
        except OSError:
            line = b""
        if not line:
            raise self._ended()
        return self._answer(line, request.get("id"))

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):  # a request that was never read
                    stream.close()

    def _start(self) -> subprocess.Popen[bytes]:
        self._lines, self._asked = queue.Queue(), set()
        try:
            process = subprocess.Popen(
                self._arguments,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self._folder, env=self._environ,
            )  # fmt: skip
        except OSError as error:
            raise TargetUnusable(f"cannot start {self._arguments[0]!r}: {error}; check the command") from error
        threading.Thread(target=_pump, args=(_stream(process.stdout), self._lines), daemon=True).start()
        return process

    def _answer(self, line: bytes, id_: object) -> Mapping[str, object]:
        """Read a response; one that says the id of a question before this one answers that."""
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self._disorder(f"the command wrote {_shown(line)}, not a JSON object; logs belong on standard error")
        if (other := answer.get("id")) != id_ and isinstance(other, str) and other in self._asked:
            raise self._disorder(f"the command answered {other!r}, which was asked before")
        self._asked.add(id_)
        return answer

    def _disorder(self, what: str) -> ValueError:
        self.close()
        return ValueError(what)

    def _ended(self) -> RuntimeError:
        try:
            code = self._process.wait(_LEAVING_S) if self._process else None
            what = f"the command ended with exit code {code} instead of answering"
        except subprocess.TimeoutExpired:
            what = "the command closed its output instead of answering"
        self.close()
        return RuntimeError(what)


def _pump(stream: IO[bytes], lines: queue.Queue[bytes]) -> None:
    """Hand lines on as they come; an empty one says that the process closed its output."""
    try:
        for line in stream:
            if line.strip():
                lines.put(line)
    except (OSError, ValueError):
        pass
    lines.put(b"")


def _shown(line: bytes) -> str:
    return repr(line[:_SHOWN].decode(errors="replace").rstrip())


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise TargetUnusable("the command was started without pipes")
    return stream


class _Loop:
    """An event loop on a daemon thread of its own, started by the first awaitable that comes."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def wait_for(self, awaitable: Awaitable[object]) -> object:
        """Run an awaitable to its end, beside others."""
        return asyncio.run_coroutine_threadsafe(_awaited(awaitable), self._running()).result()

    def stop(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_serve_loop, args=(self._loop,), name="harness-loop", daemon=True).start()
            return self._loop


async def _awaited(awaitable: Awaitable[object]) -> object:
    try:
        return await awaitable
    except (SystemExit, KeyboardInterrupt) as error:  # it would end the loop and everything that waits on it
        raise _left(error) from error


def _serve_loop(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


def _left(error: BaseException) -> RuntimeError:
    if isinstance(error, SystemExit):
        return RuntimeError(f"the target called sys.exit({error.code!r})")
    return RuntimeError(f"the target raised {type(error).__name__}")


class _Worker:
    """One daemon thread that runs calls in turn."""

    def __init__(self) -> None:
        self._calls: queue.Queue[Callable[[], tuple[Future[Any], Any, Exception | None]] | None] = queue.Queue()
        threading.Thread(target=self._serve, name="harness-target", daemon=True).start()

    def call(self, function: Callable[..., Any], request: Mapping[str, object], loop: _Loop) -> Future[Any]:
        future: Future[Any] = Future()
        self._calls.put(lambda: (future, *_outcome(function, request, loop)))
        return future

    def stop(self) -> None:
        self._calls.put(None)

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            future, result, problem = call()
            if problem is None:
                future.set_result(result)
            else:
                future.set_exception(problem)


def _outcome(function: Callable[..., Any], request: Mapping[str, object], loop: _Loop) -> tuple[Any, Exception | None]:
    try:
        answer = function(request)
        return loop.wait_for(answer) if inspect.isawaitable(answer) else answer, None
    except Exception as error:  # noqa: BLE001 - foreign code: whatever it raises is this case's failure, not the run's
        return None, error
    except BaseException as error:  # noqa: BLE001 - nobody interrupts this thread but the target itself
        return None, _left(error)
