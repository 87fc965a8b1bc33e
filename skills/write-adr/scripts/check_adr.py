"""Check one decision before it is committed: fields, sections, open questions, lint, whether citations hold.

`kb lint` says what is wrong among records; this adds what a record on its own must hold to be a decision.
Usage, from the repository root: python3 skills/write-adr/scripts/check_adr.py adr/NNNN-slug.md
Exit 0 nothing found, 1 findings (one a line), 3 usage or no `kb`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIELDS = ("id", "title", "status", "supersedes", "superseded_by", "amends", "amended_by", "components", "source")
SECTIONS = {
    "context": r"Context|맥락",
    "options": r"Considered Options|Options|대안",
    "decision": r"Decision Outcome|결정\s*$",
    "consequences": r"Consequences|결과",
    "confirmation": r"Confirmation|확인",
}
_BAD = re.compile(r"^(?:[-*] (?:Bad|나쁨)\b|#+ .*나쁜 점|#+ .*Bad)", re.MULTILINE)
# What `kb remember` asks in its draft; a question that still stands was not answered.
_DRAFT = re.compile(
    r"What is wrong, where, and by how much\?|What must hold\? One line each|The ways not taken and why"
    r"|What is decided, in one first sentence|What gets better and what gets worse|The test or command that shows"
)


def main() -> int:
    """Print the findings, one a line."""
    file = Path(sys.argv[1]) if len(sys.argv) == 2 else Path()
    if not file.is_file():
        sys.stderr.write("give one decision, a file: adr/NNNN-slug.md\n")
        return 3
    kb = shutil.which("kb") or shutil.which("kb", path=os.pathsep.join([".venv/bin"]))
    if kb is None:
        sys.stderr.write("no `kb` on PATH or in .venv/bin; `make eval` installs it\n")
        return 3
    text = file.read_text(encoding="utf-8")
    findings = [*of_the_text(file.name, text), *_of_kb(kb, file)]
    for finding in findings:
        sys.stdout.write(f"{file.as_posix()}: {finding}\n")
    sys.stdout.write("nothing found\n" if not findings else "")
    return 1 if findings else 0


def of_the_text(name: str, text: str) -> Iterator[str]:
    """What is missing in the record alone."""
    parts = re.match(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL)
    if parts is None:
        yield "no front matter between two lines of ---"
        return
    front, body = parts.groups()
    fields = dict(re.findall(r"^([a-z_-]+):[ \t]*(.*)$", front, re.MULTILINE))
    yield from (f"no field {field!r} in the front matter" for field in FIELDS if field not in fields)
    number = fields.get("id", "").strip("\"' ")
    if not re.fullmatch(r"\d{4}", number) or not name.startswith(f"{number}-"):
        yield f"id {number!r} and file name {name!r} do not agree; the name begins with the four digits of the id"
    headings = re.findall(r"^#{2,3} (.+)$", body, re.MULTILINE)
    for section, pattern in SECTIONS.items():
        if not any(re.search(pattern, heading) for heading in headings):
            yield f"no section for {section}; known headings match {pattern!r}"
    if not _BAD.search(body):
        yield "no bad consequence; every choice costs something, name it"
    if draft := _DRAFT.search(body):
        yield f"the draft's question still stands: {draft.group()!r}"


def _of_kb(kb: str, file: Path) -> Iterator[str]:
    """Lint findings of this file, and citations in it that do not hold; what nothing can verify yet is let pass."""
    for found in _asked(kb, "lint", "--json"):
        if found["path"] == file.as_posix():
            yield f"{found['severity']}: {found['message']} [{found['rule']}]"
    for cited in _asked(kb, "cite", "verify", "--json", "--", str(file)):
        if cited["verdict"] not in ("ok", None):
            yield f"line {cited['line']}: {cited['citation']} {cited['verdict']} {cited['detail']}".rstrip()


def _asked(kb: str, *arguments: str) -> list[dict[str, Any]]:
    done = subprocess.run([kb, *arguments], capture_output=True, encoding="utf-8", check=False)
    try:
        rows = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"kb {arguments[0]} gave no JSON: {done.stderr.strip() or done.returncode}")
    return list(rows) if isinstance(rows, list) else []


if __name__ == "__main__":
    sys.exit(main())
