"""Read the cases of a suite from its files: checked by schema, line by line, no id twice.

Cases are read anew at every look; of all of them only ids and fingerprints are held.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from harness.case_files import case_from, fingerprint, schema_of
from harness.cases import Case, DataError
from harness.jsonl import read_rows

Complaint = Callable[[str, object], str | None]


class Cases:
    """The cases of one suite in file order, as many times as anybody looks.

    Everything is checked when it is made; later looks trust that.

    Args:
        suite: its name.
        paths: files, relative to `root`.
        root: the workspace.
        complaint: checks a row against a schema.
        split: dev or test, "" for both.
        limit: the first so many of them, 0 for all.

    Raises:
        DataError: a file is missing or empty, a row breaks its schema, an id stands twice; names file and line.
    """

    def __init__(
        self, suite: str, paths: Sequence[str], root: Path, complaint: Complaint, split: str = "", limit: int = 0
    ) -> None:
        self._files = (suite, tuple(paths), root)
        self._split, self._limit = split, limit
        self._numbers: dict[str, int] = {}
        self._asked = array("Q")
        self.digest = self._read_first(complaint)

    def __iter__(self) -> Iterator[Case]:
        return self._chosen(_read(*self._files))

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, id_: str) -> int | None:
        """The place of a case among the chosen ones, from 0; None where it is not among them."""
        return self._numbers.get(id_)

    def asks(self, id_: str, asked: str) -> bool:
        """A case of this id asks what `fingerprint` said; observations written by hand have none and are trusted."""
        number = self._numbers.get(id_)
        return number is not None and (not asked or f"{self._asked[number]:016x}" == asked)

    def _chosen(self, cases: Iterator[Case]) -> Iterator[Case]:
        taken = 0
        for case in cases:
            if self._split in ("", case.split):
                yield case
                taken += 1
                if taken == self._limit:
                    return

    def _read_first(self, complaint: Complaint) -> str:
        """Check all rows, remember which are chosen; SHA-256 of those, wherever they lie."""
        suite, paths, _ = self._files
        checked = _checked(*self._files, complaint)
        sha = hashlib.sha256()
        for number, case in enumerate(self._chosen(checked)):
            self._numbers[case.id] = number
            self._asked.append(int(fingerprint(case), 16))
            sha.update(repr(replace(case, path="", line=0)).encode())
        for _ in checked:  # what `limit` leaves out is checked all the same
            pass
        if not self._numbers and next(_read(*self._files), None) is None:
            raise DataError(f"suite {suite!r} has no cases in {', '.join(paths)}; add some")
        return sha.hexdigest()


def scan_cases(suite: str, paths: Sequence[str], root: Path, complaint: Complaint) -> Iterator[tuple[Case | None, str]]:
    """Read the rows of a suite: a case each, or None and what is wrong with the row.

    Raises:
        DataError: a file cannot be read or a line is not JSON.
    """
    for path in paths:
        for line, row in read_rows(root / path, path):
            wrong = complaint(schema_of(row), row)
            if wrong is None:
                yield case_from(row, suite, path, line), ""
            else:
                yield None, f"{path}:{line}: {wrong}"


def _checked(suite: str, paths: Sequence[str], root: Path, complaint: Complaint) -> Iterator[Case]:
    """All cases; a row that is none and an id that stands twice end it."""
    seen: dict[str, str] = {}
    for case, problem in scan_cases(suite, paths, root, complaint):
        if case is None:
            raise DataError(problem)
        if (first := seen.get(case.id)) is not None:
            raise DataError(f"{case.path}:{case.line}: id {case.id!r} stands at {first} too; rename one")
        seen[case.id] = f"line {case.line} of {case.path}"
        yield case


def _read(suite: str, paths: Sequence[str], root: Path) -> Iterator[Case]:
    for path in paths:
        for line, row in read_rows(root / path, path):
            yield case_from(row, suite, path, line)
