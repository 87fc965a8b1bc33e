"""Faults of an evaluation, ours beside ragas: verdict, exit code and the line that the user reads.

`python -m benchmarks.harness_faults` prints a Markdown table. Both columns are run, none is quoted; where ragas is not
installed, or has no such thing as what is broken, its cell is a dash.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from benchmarks.commands import alone
from benchmarks.console import say
from harness import checking, cli, commands
from harness.app import Site
from harness.plan import Request
from tests.harness.faults import FAULTS, GATES, Fault
from tests.harness.support import ExactJudge, write_workspace

_VERDICTS = {0: "holds", 1: "fails", 2: "unmeasured", 3: "data error"}
_LONGEST = 150


def main() -> None:
    others = alone(_ragas) if importlib.util.find_spec("ragas") else {}
    say(f"ragas without a fault: {others.get('none', 'not installed')}\n\n")
    say("| fault | verdict | exit code | line | ragas |\n|---|---|---|---|---|\n")
    with TemporaryDirectory() as folder, _standing_in(Path(folder)):
        accepted = _accepted(Path(folder) / "accepted")
        for number, fault in enumerate(FAULTS):
            here = Path(folder) / str(number)
            shutil.copytree(accepted, here)
            code, line = _met(fault, here)
            cells = (fault.name, _VERDICTS[code], str(code), _escaped(line), others.get(fault.name, "–"))
            say("| " + " | ".join(cells) + " |\n")


def _ragas() -> dict[str, str]:
    from benchmarks.ragas_faults import told

    return told()


@contextlib.contextmanager
def _standing_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    try:
        with patch.dict(os.environ):
            os.environ.pop("KB_WORKSPACE", None)
            yield
    finally:
        os.chdir(before)


def _accepted(folder: Path) -> Path:
    """A workspace whose truth, test split and baseline were accepted while all was well."""
    folder.mkdir()
    write_workspace(folder)
    with patch.object(Site, "judge", ExactJudge()):
        commands.accept_gold(Site(folder, os.environ, folder), "first")
        site = Site(folder, os.environ, folder)
        checking.freeze(site, "first", [])
        commands.evaluate(site, Request(), None, "2026-01-20T09:00:00+00:00")
        commands.accept_baseline(site, None, "first", "2026-01-20T09:05:00+00:00")
    (folder / "datasets" / "gates.yaml").write_text(GATES, encoding="utf-8")
    return folder


def _met(fault: Fault, workspace: Path) -> tuple[int, str]:
    """Let a fault happen; the exit code of the last command and the line that tells of it."""
    os.chdir(workspace)
    with patch.object(Site, "judge", fault.judge()):
        fault.before(workspace)
        for command in fault.commands[:-1]:
            _called([command])
        fault.after(workspace)
        code, printed = _called([fault.commands[-1]])
    told = next((line for line in printed.splitlines() if fault.line in line), "nothing is said of it")
    return code, told.replace(f"{workspace}{os.sep}", "")


def _called(words: Sequence[str]) -> tuple[int, str]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            cli.main(words)
        except SystemExit as left:
            return int(left.code or 0), printed.getvalue()
    return 0, printed.getvalue()


def _escaped(line: str) -> str:
    told = " ".join(line.split()).replace("|", "\\|")
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


if __name__ == "__main__":
    main()
