"""Run a function, or a command as from the shell, in a process of its own, so that time and memory are its alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

REPOSITORY = Path(__file__).resolve().parents[1]
Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Command:
    """What a command took; `peak_mb` of its largest process."""

    seconds: float
    peak_mb: float


def alone(function: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """Call a function of a module in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *given, **named).result()


def kb(words: Sequence[str]) -> Command:
    """Run `kb` with these words; to be called `alone`, since a process starts with the peak of the one before it.

    Raises:
        CalledProcessError: it failed.
    """
    command = [sys.executable, "-m", "kb", *words]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Command(seconds, used.ru_maxrss / 1024)
