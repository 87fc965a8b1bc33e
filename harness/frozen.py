"""Files that must not change unnoticed: their hashes stand in `datasets/FROZEN`, with the reason of the last change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.cases import DataError
from harness.jsonl import write_text
from harness.runs import digest

_LINE = re.compile(r"^(?P<sha256>[0-9a-f]{64})  (?P<path>\S.*?)(?:  # (?P<reason>.*))?$")


@dataclass(frozen=True)
class Seal:
    """A file's hash and why it was last set."""

    sha256: str
    path: str
    reason: str


def read_seals(path: Path, shown: str) -> dict[str, Seal]:
    """Read the seals by path; none when there is no such file.

    Raises:
        DataError: a line is no seal; names it.
    """
    if not path.is_file():
        return {}
    found: dict[str, Seal] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            match = _LINE.match(line)
            if match is None:
                raise DataError(f"{shown}:{number}: not 'sha256  path  # reason'; let `harness freeze` write it")
            found[match["path"]] = Seal(match["sha256"], match["path"], match["reason"] or "")
    return found


def seal(path: Path, root: Path, files: Iterable[str], reason: str, shown: str) -> list[str]:
    """Set the seals of files to what they hold now; the reason of an unchanged file stays.

    Returns:
        The paths whose seal changed.

    Raises:
        DataError: a file does not exist, or the old seals cannot be read.
    """
    seals = read_seals(path, shown)
    changed = []
    for name in files:
        sha256 = digest(root / name)
        if not sha256:
            raise DataError(f"{name}: no such file to freeze; give paths relative to {root}")
        if name not in seals or seals[name].sha256 != sha256:
            seals[name] = Seal(sha256, name, reason)
            changed.append(name)
    write_text(path, _text(seals))
    return changed


def broken(seals: Mapping[str, Seal], root: Path) -> list[str]:
    """Say of each sealed file that changed or went what happened and when it was last sealed."""
    return [_complaint(found, root) for found in seals.values() if digest(root / found.path) != found.sha256]


def unsealed(seals: Mapping[str, Seal], files: Sequence[str]) -> list[str]:
    """Files that should be frozen and are not."""
    missing = [name for name in files if name not in seals]
    return [f"{name}: holds test cases and is not frozen; call `harness freeze --reason …`" for name in missing]


def _complaint(found: Seal, root: Path) -> str:
    happened = "changed" if (root / found.path).is_file() else "is gone"
    return (
        f"{found.path}: frozen ({found.reason or 'no reason given'}) and {happened} since; undo it, or call"
        " `harness freeze --reason …` in the same commit"
    )


def _text(seals: Mapping[str, Seal]) -> str:
    lines = [f"{found.sha256}  {path}  # {found.reason}" for path, found in sorted(seals.items())]
    return "\n".join(lines) + "\n"
