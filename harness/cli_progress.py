"""How far a run is: a bar on a terminal, nothing where output goes to a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from harness.bench import Progress


def bar() -> Progress:
    """The progress of this terminal; silent where standard error is none."""
    from harness.bench import silent

    return _bar if sys.stderr.isatty() else silent


@contextmanager
def _bar(label: str, done: int, total: int) -> Iterator[Callable[[], None]]:
    with typer.progressbar(length=total, label=label, file=sys.stderr, show_pos=True) as shown:
        shown.update(done)
        yield lambda: shown.update(1)
