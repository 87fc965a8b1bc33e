"""Check one new golden case, before it is a line of datasets/golden-dev.jsonl: shape, expressions, rule ids, doubles.

`harness validate` checks all files with the full schema; this looks at one line that is in no file yet.
Usage, from the repository root: python3 skills/golden-case/scripts/check_case.py [FILE], or the line on standard input.
Exit 0 nothing found, 1 findings (one a line), 3 no text.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

DEV = Path("datasets/golden-dev.jsonl")
RULES = Path("kb/rules")
KEYS = (
    "id split turns tags intents sub_queries agents rules required forbidden answerable conversation source"
).split()
NEEDED = ("id", "split", "turns", "answerable", "source")
INTENTS = (
    "waste character location collection_point bulk_waste recyclable_price weather web_search image_generation general"
).split()


def main() -> int:
    """Print the findings, one a line."""
    text = Path(sys.argv[1]).read_text(encoding="utf-8") if len(sys.argv) > 1 else sys.stdin.read()
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        sys.stderr.write("no case; give a file or pipe one line of JSON in\n")
        return 3
    findings = [f"line {number}: {said}" for number, line in enumerate(lines, start=1) for said in problems(line)]
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    sys.stdout.write("nothing found\n" if not findings else "")
    return 1 if findings else 0


def problems(line: str) -> Iterator[str]:
    """What is wrong with one line."""
    try:
        case = json.loads(line)
    except ValueError as error:
        yield f"not JSON: {error}"
        return
    if not isinstance(case, dict):
        yield "a case is a JSON object"
        return
    shape = list(_shape(case))
    yield from shape
    if not shape:
        yield from _expressions(case)
        yield from _ids(case)
        yield from _doubles(case)
        yield from _sense(case)


def _shape(case: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"no {key!r}" for key in NEEDED if key not in case)
    yield from (f"unknown key {key!r}; known are {', '.join(KEYS)}" for key in case if key not in KEYS)
    if case.get("split") != "dev":
        yield f"split is {case.get('split')!r}; only dev is open, test is sealed"
    turns = case.get("turns")
    if not isinstance(turns, list) or not turns or not all(_asks(turn) for turn in turns):
        yield "turns must be a list of texts, or of {text, location, image}"
    for key in ("tags", "intents", "agents", "rules", "forbidden"):
        if not _texts(case.get(key, [])):
            yield f"{key} must be a list of texts"
    required = case.get("required", [])
    if not isinstance(required, list) or not all(_texts(fact) and fact for fact in required):
        yield "required must be a list of facts, each a list of expressions of which one must match"
    if not isinstance(case.get("answerable"), bool):
        yield "answerable must be true or false"


def _expressions(case: Mapping[str, Any]) -> Iterator[str]:
    for expression in [*(one for fact in case.get("required", []) for one in fact), *case.get("forbidden", [])]:
        try:
            compiled = re.compile(expression)
        except re.error as error:
            yield f"expression {expression!r} does not compile: {error}"
        else:
            if compiled.search(""):
                yield f"expression {expression!r} matches the empty text, so it matches every answer"


def _ids(case: Mapping[str, Any]) -> Iterator[str]:
    wrong = [intent for intent in case.get("intents", []) if intent not in INTENTS]
    yield from (f"intent {intent!r} is none of {', '.join(INTENTS)}" for intent in wrong)
    texts = [file.read_text(encoding="utf-8") for file in sorted(RULES.rglob("*.yaml"))]
    known = {id_ for text in texts for id_ in re.findall(r"^\s*(?:- )?id:\s*[\"']?([\w-]+)", text, re.MULTILINE)}
    for rule in case.get("rules", []):
        kind, _, name = rule.rpartition(":")
        if kind in ("", "rule") and name not in known:
            yield f"rule {rule!r} is in no file of kb/rules"


def _doubles(case: Mapping[str, Any]) -> Iterator[str]:
    asked = [_folded(turn) for turn in case["turns"]]
    for number, line in enumerate(DEV.read_text(encoding="utf-8").splitlines() if DEV.is_file() else (), start=1):
        other = json.loads(line)
        if other["id"] == case["id"] and other != case:
            yield f"id {case['id']!r} stands at {DEV.as_posix()}:{number}"
        if other["id"] != case["id"] and [_folded(turn) for turn in other["turns"]] == asked:
            yield f"asks the same as {other['id']} at {DEV.as_posix()}:{number}"


def _sense(case: Mapping[str, Any]) -> Iterator[str]:
    if case["answerable"] and not case.get("required") and case.get("intents") != ["general"]:
        yield "answerable, but no required fact: any answer would pass"
    if not any(case.get(key) for key in ("intents", "agents", "rules", "required", "forbidden")):
        yield "nothing is expected; say at least what must not be answered"


def _asks(turn: object) -> bool:
    return bool(turn) if isinstance(turn, str) else isinstance(turn, dict) and isinstance(turn.get("text"), str)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _folded(turn: Any) -> str:
    text = turn if isinstance(turn, str) else turn["text"]
    return "".join(one for one in unicodedata.normalize("NFKC", text).lower() if one.isalnum())


if __name__ == "__main__":
    sys.exit(main())
