"""Read the cases of a suite from its files: checked by schema, line by line, no id twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from harness.case_files import case_from, schema_of
from harness.cases import Case, DataError
from harness.jsonl import read_rows

Complaint = Callable[[str, object], str | None]


def load_cases(suite: str, paths: Sequence[str], root: Path, complaint: Complaint) -> list[Case]:
    """Read the cases of one suite, in file order.

    Raises:
        DataError: a file is missing or empty, a row breaks its schema, an id stands twice; names file and line.
    """
    cases: dict[str, Case] = {}
    for case, problem in scan_cases(suite, paths, root, complaint):
        if case is None:
            raise DataError(problem)
        if (first := cases.get(case.id)) is not None:
            raise DataError(f"{case.path}:{case.line}: id {case.id!r} stands at line {first.line} of {first.path} too")
        cases[case.id] = case
    if not cases:
        raise DataError(f"suite {suite!r} has no cases in {', '.join(paths)}; add some")
    return list(cases.values())


def scan_cases(suite: str, paths: Sequence[str], root: Path, complaint: Complaint) -> Sequence[tuple[Case | None, str]]:
    """Read the rows of a suite: a case each, or None and what is wrong with the row.

    Raises:
        DataError: a file cannot be read or a line is not JSON.
    """
    found: list[tuple[Case | None, str]] = []
    for path in paths:
        for line, row in read_rows(root / path, path):
            wrong = complaint(schema_of(row), row)
            if wrong is None:
                found.append((case_from(row, suite, path, line), ""))
            else:
                found.append((None, f"{path}:{line}: {wrong}"))
    return found


def selected(cases: Sequence[Case], split: str, limit: int) -> list[Case]:
    """The cases of a split ("" for all), the first `limit` of them (0 for all)."""
    of_split = [case for case in cases if split in ("", case.split)]
    return of_split[:limit] if limit else of_split
