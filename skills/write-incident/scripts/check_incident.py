"""Check one incident before it is committed: fields, sections, owners, blame, lint, whether citations hold.

Usage, from the repository root: python3 skills/write-incident/scripts/check_incident.py incidents/YYYY-MM-slug.md
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

FIELDS = (
    "id",
    "title",
    "severity",
    "status",
    "trigger",
    "root_causes",
    "detection",
    "impact",
    "action_items",
    "source",
)
SECTIONS = {
    "summary": r"Summary|요약",
    "impact": r"Impact|영향",
    "timeline": r"Timeline|타임라인",
    "root cause": r"Root cause|근본 원인",
    "fix": r"Fix|Resolution|조치",
    "lessons": r"Lessons|배운 점",
}
SEVERITIES = ("sev1", "sev2", "sev3")
# What `kb remember` asks in its draft; a question that still stands was not answered.
_DRAFT = re.compile(
    r"Who met what\? Two sentences|How much, whom, how long\.|Times and facts alone\.|Why did it happen, and why"
    r"|What stopped it, and what keeps it|The one thing that the next person must know"
)
_BLAME = re.compile(
    r"human error|careless|should have known|인적 오류|사람의 실수|실수로 인해|부주의|담당자가 (?:잘못|깜빡)",
    re.IGNORECASE,
)


def main() -> int:
    """Print the findings, one a line."""
    file = Path(sys.argv[1]) if len(sys.argv) == 2 else Path()
    if not file.is_file():
        sys.stderr.write("give one incident, a file: incidents/YYYY-MM-slug.md\n")
        return 3
    kb = shutil.which("kb") or shutil.which("kb", path=os.pathsep.join([".venv/bin"]))
    if kb is None:
        sys.stderr.write("no `kb` on PATH or in .venv/bin; `make eval` installs it\n")
        return 3
    findings = [*of_the_text(file.stem, file.read_text(encoding="utf-8")), *_of_kb(kb, file)]
    for finding in findings:
        sys.stdout.write(f"{file.as_posix()}: {finding}\n")
    sys.stdout.write("nothing found\n" if not findings else "")
    return 1 if findings else 0


def of_the_text(stem: str, text: str) -> Iterator[str]:
    """What is missing in the record alone."""
    parts = re.match(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL)
    if parts is None:
        yield "no front matter between two lines of ---"
        return
    front, body = parts.groups()
    fields = dict(re.findall(r"^([a-z_-]+):[ \t]*(.*)$", front, re.MULTILINE))
    yield from (f"no field {field!r}; write 'unknown' where nobody knows" for field in FIELDS if field not in fields)
    if fields.get("id", "").strip("\"' ") != stem:
        yield f"id {fields.get('id', '')!r} is not the file's name {stem!r}"
    if fields.get("severity") not in SEVERITIES:
        yield f"severity {fields.get('severity', '')!r} is none of {', '.join(SEVERITIES)}"
    if not {"date", "period"} & set(fields):
        yield "no date and no period; a span such as start/end is enough"
    headings = re.findall(r"^## (.+)$", body, re.MULTILINE)
    for section, pattern in SECTIONS.items():
        if not any(re.search(pattern, heading) for heading in headings):
            yield f"no section for {section}; known headings match {pattern!r}"
    yield from _open_actions(front)
    if blame := _BLAME.search(text):
        yield f"a person as the cause: {blame.group()!r}; write what made the mistake possible"
    if draft := _DRAFT.search(body):
        yield f"the draft's question still stands: {draft.group()!r}"


def _open_actions(front: str) -> Iterator[str]:
    block = re.search(r"^action_items:(.*(?:\n[ \t-].*)*)", front, re.MULTILINE)
    items = re.findall(r"^\s*- .*(?:\n\s{4,}.*)*", block.group(1), re.MULTILINE) if block else []
    if not items:
        yield "no action item; what keeps it from coming back, and which role sees to it?"
    for item in items:
        if not re.search(r"\bowner:\s*[^\s,}]", item):
            yield f"an action without an owner: {item.strip()[:60]!r}"


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
