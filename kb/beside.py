"""A second process for one function, where the system can fork: what it finds comes back, or is raised here.

The function sees everything as it stood when it was started, and changes nothing here. Where a process cannot be had,
or is killed, the function runs in this one.
"""

from __future__ import annotations

import multiprocessing
import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TypeVar

Result = TypeVar("Result")


def beside(function: Callable[[], Result], *, worth: bool) -> Callable[[], Result]:
    """Start a function, and return what waits for its result.

    Args:
        function: its result, or what it raises, must be picklable.
        worth: False runs it here, when it is asked for: a process costs some milliseconds.
    """
    if not worth or "fork" not in multiprocessing.get_all_start_methods() or (os.cpu_count() or 1) < 2:
        return function
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(function, theirs), daemon=True)
    with warnings.catch_warnings():
        # Python warns of threads that a fork leaves behind; those of numpy and tokenizers idle, and are not called.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            process.start()
        except OSError:
            return function
    theirs.close()
    return lambda: _result(process, ours, function)


def _report(function: Callable[[], object], answer: Connection) -> None:
    try:
        found, error = function(), None
    except Exception as raised:  # noqa: BLE001  whatever it is, whoever waits gets it
        found, error = None, raised
    with suppress(BrokenPipeError):  # nobody waits any more
        answer.send((found, error))


def _result(process: BaseProcess, answer: Connection, function: Callable[[], Result]) -> Result:
    try:
        found, error = answer.recv()
    except EOFError:
        return function()
    finally:
        answer.close()
        process.join()
    if error is not None:
        raise error
    result: Result = found
    return result
