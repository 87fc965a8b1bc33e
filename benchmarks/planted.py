"""Regressions planted in somebody else's bot: does every one of them turn the gates red, and what names it?

`python -m benchmarks.planted` copies `examples/library`, runs the desk that stands there healthy, and then with each of
its faults, through the commands that anyone would call (run, gate, compare, blame), and prints a Markdown table. A gate
whose metric `compare` calls worse beyond chance has a star. Exit code 1 where a fault went unseen that nothing
explains, or a healthy desk was not green.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.console import say
from tests.planted import HEALTHY, PLANTED, Met, Planted, is_expected, met, opened

_LONGEST = 110


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", help="the faults to plant, by their words")
    only = parser.parse_args().only
    chosen = [one for one in PLANTED if not only or one.fault in (HEALTHY, *only)]
    say("| fault | answers changed | exit code | gates that fail | named | blamed | as expected |\n")
    say("|---|---|---|---|---|---|---|\n")
    expected = True
    with TemporaryDirectory() as folder, opened(Path(folder)):
        for one in chosen:
            found = met(one)
            say(_row(one, found))
            expected &= is_expected(one, found)
    sys.exit(0 if expected else 1)


def _row(planted: Planted, found: Met) -> str:
    caught = "yes" if is_expected(planted, found) else "NO"
    blamed = ", ".join(f"{component} {count}" for component, count in found.blamed.items())
    gates = ", ".join(gate + " *" * (gate in found.worse) for gate in found.gates)
    told = _escaped(planted.unseen or found.case)
    cells = (planted.name, str(found.changed), str(found.exit_code), gates, told, blamed, caught)
    return f"| {' | '.join(cell or '–' for cell in cells)} |\n"


def _escaped(text: str) -> str:
    told = " ".join(text.split()).replace("|", "\\|")
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


if __name__ == "__main__":
    main()
