"""Say what hangs on a domain rule: its place, its accepted wording, the dev cases that expect it, texts that cite it.

Sealed cases are not opened; `make eval` shows them in aggregate.
Usage, from the repository root: python3 skills/change-domain-rule/scripts/affected.py RULE-ID ...
Exit 0 the rule is there and as accepted, 1 it is gone or differs from what was accepted, 3 usage.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RULES = Path("kb/rules")
GOLD = Path("datasets/gold/rules.jsonl")
CASES = (Path("datasets/golden-dev.jsonl"), Path("datasets/observations/dev.jsonl"))
READ = ("adr", "incidents", "skills", "docs", "eco2", "harness", "tests", "kb")
READ_SUFFIXES = (".md", ".py", ".toml", ".yaml", ".yml")


def main() -> int:
    """Print a block for each id; the worst finding is the exit code."""
    ids = [argument.removeprefix("rule:") for argument in sys.argv[1:]]
    if not ids or not RULES.is_dir():
        sys.stderr.write("give rule ids, from the repository root: affected.py dispose-vinyl-sort\n")
        return 3
    return max(_block(id_) for id_ in ids)


def _block(id_: str) -> int:
    place = place_of(id_)
    state = wording(id_, place)
    lines = [f"rule:{id_}", f"  defined   {place or 'nowhere in kb/rules'}", f"  accepted  {state}"]
    lines += [f"  case      {case}" for case in cases(id_)]
    lines += [f"  cited     {cited}" for cited in mentions(id_) if cited != place]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if place and state in ("same wording", "was never accepted") else 1


def place_of(id_: str) -> str:
    """`path:line` where the rule is defined; empty where it is not."""
    pattern = re.compile(rf"^\s*(?:- )?id:\s*[\"']?{re.escape(id_)}[\"']?\s*$")
    for file in sorted(RULES.rglob("*.yaml")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if pattern.match(line):
                return f"{file.as_posix()}:{number}"
    return ""


def wording(id_: str, place: str) -> str:
    """How the accepted sentences and the file that defines the rule stand to one another."""
    for line in GOLD.read_text(encoding="utf-8").splitlines() if GOLD.is_file() else ():
        row = json.loads(line)
        if row["id"] == f"rule:{id_}":
            if not place:
                return "accepted, but the rule is gone"
            entry = _entry(place)
            same = all(_plain(sentence) in entry for sentence in row["text"][:2])
            return "same wording" if same else "differs; harness gold accept --reason if the rule is right"
    return "was never accepted"


def cases(id_: str) -> Iterator[str]:
    """The dev cases that name the rule, each with what it asks first."""
    for file in CASES:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines() if file.is_file() else (), start=1):
            if re.search(rf"\"(?:rule:)?{re.escape(id_)}\"", line):
                id_of_case, asked = _asked(json.loads(line))
                yield f"{file.as_posix()}:{number} {id_of_case} {asked[:60]}".rstrip()


def mentions(id_: str) -> Iterator[str]:
    """`path:line` of every text that names the rule, other rules among them."""
    named = re.compile(rf"(?<![\w-]){re.escape(id_)}(?![\w-])")
    for folder in READ:
        for file in sorted(Path(folder).rglob("*")):
            if file.suffix in READ_SUFFIXES and file.is_file():
                for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
                    if named.search(line):
                        yield f"{file.as_posix()}:{number}"


def _asked(row: dict[str, Any]) -> tuple[str, str]:
    """(id, question) of a golden case or of a labelled observation."""
    row = row.get("observation", row)
    turn = row.get("turns", [row.get("question", "")])[0]
    return str(row.get("id", "")), turn if isinstance(turn, str) else str(turn.get("text", ""))


def _entry(place: str) -> str:
    """The entry's own lines, in plain form: from its id to where the next one begins."""
    path, _, line = place.rpartition(":")
    lines = Path(path).read_text(encoding="utf-8").splitlines()[int(line) - 1 :]
    end = next((at for at, text in enumerate(lines) if at and re.match(r"\s*- id:", text)), len(lines))
    return _plain("\n".join(lines[:end]))


def _plain(text: str) -> str:
    """Without blanks and quotes: YAML folds the one and escapes the other."""
    return re.sub(r"[\s\"'\\]", "", text)


if __name__ == "__main__":
    sys.exit(main())
