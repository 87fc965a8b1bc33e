"""Find the incidents that an error text resembles: the lines that matter, without what differs from run to run.

Usage, from the repository root: python3 skills/incident-triage/scripts/similar.py [FILE], or pipe the text in.
Exit 0 something near was found, 1 nothing, 3 no text, no `kb` or no index.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

MOST_CHARACTERS = 400
MOST_LINES = 6
# Dates, ids, addresses and line numbers differ from run to run and pull the search to other documents that hold digits.
_NOISE = re.compile(
    r"\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?"
    r"|0x[0-9a-fA-F]+"
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"
    r'|File "[^"]*/|, line \d+|\x1b\[[0-9;]*m'
)
_TELLS = re.compile(
    r"\b\w*(?:Error|Exception|Timeout|Refused|Denied|Killed|CRITICAL|FATAL|ERROR|panic)\w*\b"
    r"|실패|오류|장애|멈|느려|안\s*나|끊",
)


def main() -> int:
    """Print the near incidents, best first."""
    text = _text(sys.argv[1:])
    query = wanted(text)
    if not query:
        sys.stderr.write("no text; give a file or pipe the error in\n")
        return 3
    kb = shutil.which("kb") or shutil.which("kb", path=os.pathsep.join([".venv/bin"]))
    if kb is None:
        sys.stderr.write("no `kb` on PATH or in .venv/bin; `make eval` installs it\n")
        return 3
    command = [kb, "search", "--kind", "incident", "--k", "3", "--json", "--", query]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stderr or f"kb search ended with {done.returncode}\n")
        return 3
    return _told(query, json.loads(done.stdout))


def wanted(text: str) -> str:
    """The lines that name a failure, the last ones of them; the whole text where no line does."""
    lines = [" ".join(_NOISE.sub(" ", line).split()) for line in text.splitlines()]
    lines = [line for line in lines if line]
    telling = [line for line in lines if _TELLS.search(line)] or lines
    return " ".join(dict.fromkeys(telling[-MOST_LINES:]))[-MOST_CHARACTERS:].strip()


def _text(arguments: list[str]) -> str:
    if not arguments:
        return sys.stdin.read()
    file = Path(arguments[0])
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""


def _told(query: str, found: dict[str, object]) -> int:
    hits = found.get("hits")
    sys.stdout.write(f"asked: {query}\n")
    if not isinstance(hits, list) or not hits or not found.get("answerable"):
        sys.stdout.write("nothing near is recorded; what you see may be new\n")
        return 1
    for hit in hits:
        sys.stdout.write(f"{hit['score']:.2f} [{hit['citation']}] {hit['title']} ({hit['path']}:{hit['line_start']})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
