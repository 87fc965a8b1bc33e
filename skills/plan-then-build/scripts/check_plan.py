"""Check a plan: is it complete, and did the edits stay inside it?

Usage, from the repository root:
    python3 skills/plan-then-build/scripts/check_plan.py PLAN.md              is every part there, do the files exist?
    python3 skills/plan-then-build/scripts/check_plan.py PLAN.md --changed    does a file differ that is not planned?
`--since COMMIT` compares with another commit than HEAD.
Exit 0 nothing found, 1 findings (one a line), 3 usage.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

SECTIONS = {
    "goal": r"Goal|목표",
    "what binds it": r"Binds|구속|결정",
    "files": r"Files|파일",
    "steps": r"Steps|단계",
    "proof": r"Proof|Verify|검증|증명",
    "stop": r"Stop|중단|멈",
}
_CITATION = re.compile(r"\[(?:adr|incident|rule):[^\]\s]+\]")
_NONE_KNOWN = re.compile(r"nothing binds|구속하는 (?:것|결정)(?:이|은) 없", re.IGNORECASE)
_ITEM = re.compile(r"^\s*[-*] (?P<new>\(new\) )?`(?P<path>[^`]+)`", re.MULTILINE)
SEALED = ("datasets/FROZEN", "datasets/golden-test.jsonl", "datasets/*/test.jsonl", "reports/baseline.json")


def main() -> int:
    """Print the findings, one a line."""
    parser = argparse.ArgumentParser(description="Check a plan.")
    parser.add_argument("plan", type=Path)
    parser.add_argument("--changed", action="store_true", help="compare what differs with the plan's files")
    parser.add_argument("--since", default="HEAD", help="a commit; default HEAD")
    given = parser.parse_args()
    if not given.plan.is_file():
        sys.stderr.write(f"no plan {given.plan}; write it first\n")
        return 3
    text = given.plan.read_text(encoding="utf-8")
    findings = list(outside(text, _changed(given.since), given.plan.as_posix()) if given.changed else incomplete(text))
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    sys.stdout.write("nothing found\n" if not findings else "")
    return 1 if findings else 0


def incomplete(text: str) -> Iterator[str]:
    """What a plan lacks before anybody may build by it."""
    parts = sections(text)
    for section, pattern in SECTIONS.items():
        if not any(re.search(pattern, heading, re.IGNORECASE) and body.strip() for heading, body in parts.items()):
            yield f"no section for {section}; known headings match {pattern!r}"
    if not _CITATION.search(text) and not _NONE_KNOWN.search(text):
        yield "no citation; ask `kb rules-for FILE` for each file, or write that nothing binds it"
    planned = planned_files(text)
    if not planned:
        yield "no file is listed; write each as - `path`, a new one as - (new) `path`"
    for path, is_new in planned:
        if Path(path).is_absolute() or ".." in Path(path).parts:
            yield f"{path} leads out of the repository; write paths from its root"
        elif not is_new and not any(Path().glob(path)):
            yield f"{path} is not there; write - (new) `{path}` if it is to be made"
        if any(fnmatchcase(path, sealed) for sealed in SEALED):
            yield f"{path} is sealed; no plan may edit it, its own command does that with a reason"


def outside(text: str, changed: Sequence[str], plan: str) -> Iterator[str]:
    """Changed files that the plan does not name."""
    planned = [path for path, _ in planned_files(text)]
    for file in changed:
        if file != plan and not any(fnmatchcase(file, path) for path in planned):
            yield f"{file} is not in the plan; stop, and widen the plan or take the edit back"


def sections(text: str) -> dict[str, str]:
    """Headings of the second level and what stands below each."""
    parts = re.split(r"^## +(.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def planned_files(text: str) -> list[tuple[str, bool]]:
    """(path or pattern, whether it is to be made) of the section on files."""
    body = "".join(
        body for heading, body in sections(text).items() if re.search(SECTIONS["files"], heading, re.IGNORECASE)
    )
    return [(item["path"], bool(item["new"])) for item in _ITEM.finditer(body)]


def _changed(since: str) -> list[str]:
    commands = (
        ["git", "-c", "core.quotePath=false", "diff", "--name-only", since, "--"],
        ["git", "-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard"],
    )
    found: set[str] = set()
    for command in commands:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        if done.returncode != 0:
            sys.stderr.write(done.stderr)
            sys.exit(3)
        found.update(done.stdout.splitlines())
    return sorted(found)


if __name__ == "__main__":
    sys.exit(main())
