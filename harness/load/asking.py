"""How a turn of a load is put to a Python function: async ones on the loop, others on a thread each.

A turn that takes too long is given up, not ended: nothing can end a thread. An address: `adapters/http_load.py`.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from harness.cases import TargetUnusable
from harness.latency import milliseconds, nodes_of

Request = Mapping[str, object]


class AskFailed(Exception):
    """A turn failed; `kind` is what failures are counted by."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Reply:
    """A response, and how many seconds after the request its first token was there; None where nobody knows."""

    response: Mapping[str, object]
    first_token_s: float | None = None


Ask = Callable[[Request], Awaitable[Reply]]


def ask_function(function: object, name: str) -> Ask:
    """Make a turn of a function of one request.

    Raises:
        TargetUnusable: it is none.
    """
    if not callable(function):
        raise TargetUnusable(f"{name!r} is a {type(function).__name__}, not a callable of one request")

    async def ask(request: Request) -> Reply:
        answer = function(request) if inspect.iscoroutinefunction(function) else await _threaded(function, request)
        return reply_of(await answer if inspect.isawaitable(answer) else answer)

    return ask


def reply_of(response: object, first_token_s: float | None = None) -> Reply:
    """Check a response; where its first token was not seen, what the target itself says of it is taken.

    Raises:
        AskFailed: it is no object.
    """
    if not isinstance(response, Mapping):
        raise AskFailed(f"gave a {type(response).__name__}")
    if first_token_s is None and (told := milliseconds(nodes_of(response).get("first_token"))) is not None:
        first_token_s = told / 1000
    return Reply(response, first_token_s)


async def _threaded(function: Callable[[Request], object], request: Request) -> object:
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[object] = loop.create_future()

    def settle(result: object, problem: Exception | None) -> None:
        if answered.done():
            return
        if problem is None:
            answered.set_result(result)
        else:
            answered.set_exception(problem)

    def work() -> None:
        result: object = None
        problem: Exception | None = None
        try:
            result = function(request)
        except SystemExit:
            problem = AskFailed("sys.exit")
        except Exception as error:  # noqa: BLE001 - foreign code: whatever it raises is this turn's failure
            problem = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=work, name="harness-load", daemon=True).start()
    return await answered
