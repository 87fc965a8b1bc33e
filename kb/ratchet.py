"""Findings that are known and wait: `kb lint` fails for others alone, and the list only gets shorter.

A finding is known by its path, its rule and a hash of the line it stands on, so that it stays known when lines move and
is new again when its line changes. Findings of one key are counted. More get in only with a reason, which is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.documents import Finding, KbError

FILE = "kb-lint.ratchet.json"
FORMAT = 1
_HASH_LETTERS = 16
_LARGEST_BYTES = 16_000_000
Key = tuple[str, str, str]
TextOf = Callable[[Finding], str]


@dataclass(frozen=True)
class Acceptance:
    """Why the list got longer once, and by how many findings."""

    reason: str
    added: int


@dataclass(frozen=True)
class Ratchet:
    """How many findings of each key are known: path, rule, hash of the line."""

    known: Mapping[Key, int] = field(default_factory=dict)
    accepted: tuple[Acceptance, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.known.values())


@dataclass(frozen=True)
class Comparison:
    """Findings held against a ratchet: known ones, new ones, and the keys of those that are gone."""

    ratchet: Ratchet
    known: tuple[Finding, ...]
    new: tuple[Finding, ...]
    gone: Mapping[Key, int]

    @property
    def gone_total(self) -> int:
        return sum(self.gone.values())


def compare(
    ratchet: Ratchet, findings: Iterable[Finding], text_of: TextOf, unchecked: Collection[str] = ()
) -> Comparison:
    """Tell known findings from new ones.

    Args:
        ratchet: what is known.
        findings: in the order in which they are told; of too many with one key, the first count as known.
        text_of: the line on which a finding stands.
        unchecked: rules that did not run, whose findings are therefore not gone.
    """
    left = Counter(dict(ratchet.known))
    known: list[Finding] = []
    new: list[Finding] = []
    for finding in findings:
        key = key_of(finding, text_of(finding))
        (known if left[key] > 0 else new).append(finding)
        left[key] -= left[key] > 0
    gone = {key: count for key, count in left.items() if count > 0 and key[1] not in unchecked}
    return Comparison(ratchet, tuple(known), tuple(new), gone)


def tightened(compared: Comparison) -> Ratchet:
    """The ratchet without what is gone. Never longer than before: what is new stays new."""
    left = {key: count - compared.gone.get(key, 0) for key, count in compared.ratchet.known.items()}
    return Ratchet({key: count for key, count in left.items() if count}, compared.ratchet.accepted)


def widened(compared: Comparison, text_of: TextOf, reason: str) -> Ratchet:
    """As `tightened`, with the new findings in it and the reason for that.

    Raises:
        KbError: there is no reason.
    """
    if not reason.strip():
        raise KbError("--accept-new needs --reason TEXT, which is kept in the ratchet file")
    kept = tightened(compared)
    if not compared.new:
        return kept
    counts = Counter(dict(kept.known)) + Counter(key_of(item, text_of(item)) for item in compared.new)
    return Ratchet(counts, (*kept.accepted, Acceptance(reason.strip(), len(compared.new))))


def first(findings: Iterable[Finding], text_of: TextOf) -> Ratchet:
    """A ratchet that knows all findings of today, for a workspace that has none yet."""
    return Ratchet(Counter(key_of(item, text_of(item)) for item in findings))


def key_of(finding: Finding, text: str) -> Key:
    """What a finding is known by; white space at the ends and runs of it in the line do not count."""
    plain = " ".join(text.split())
    return finding.path, finding.rule, hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:_HASH_LETTERS]


def lines_of(texts: Mapping[str, str]) -> TextOf:
    """Look lines up in the texts of files, by path; empty for a file or line that is not there."""
    split: dict[str, list[str]] = {}

    def text_of(finding: Finding) -> str:
        if finding.path not in split:
            split[finding.path] = texts.get(finding.path, "").split("\n")
        lines = split[finding.path]
        return lines[finding.line - 1] if 0 < finding.line <= len(lines) else ""

    return text_of


def load(file: Path) -> Ratchet:
    """Read a ratchet file.

    Raises:
        KbError: it cannot be read, or is none; says where.
    """
    try:
        size = file.stat().st_size
        if size > _LARGEST_BYTES:
            raise ValueError(f"{size:,} bytes are too many")
        return _parsed(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise KbError(f"no ratchet file {file}; write it with `kb lint --update-ratchet`") from error
    except OSError as error:
        raise KbError(f"ratchet file {file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        message = f"ratchet file {file} is damaged ({reason}); take it from version control, or delete it"
        raise KbError(f"{message} and run `kb lint --update-ratchet`") from error


def save(ratchet: Ratchet, file: Path) -> None:
    """Write a ratchet file, one key a line, sorted, so that changes can be read and merged.

    Raises:
        KbError: it cannot be written.
    """
    aside = file.with_name(f"{file.name}.tmp")
    try:
        aside.write_text(_text(ratchet), encoding="utf-8")
        aside.replace(file)
    except OSError as error:
        raise KbError(f"ratchet file {file} cannot be written: {error.strerror}") from error


def _text(ratchet: Ratchet) -> str:
    rows = [
        {"path": path, "rule": rule, "line_hash": line, "count": count}
        for (path, rule, line), count in sorted(ratchet.known.items())
    ]
    reasons = [{"reason": item.reason, "added": item.added} for item in ratchet.accepted]
    return f'{{\n"format": {FORMAT},\n"accepted": {_listed(reasons)},\n"findings": {_listed(rows)}\n}}\n'


def _listed(rows: Sequence[Mapping[str, object]]) -> str:
    lines = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
    return f"[\n{lines}\n]" if rows else "[]"


def _parsed(value: Any) -> Ratchet:
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ValueError(f'"format" must be {FORMAT}')
    known: dict[Key, int] = {}
    for row in _rows(value, "findings"):
        key = (_text_in(row, "path"), _text_in(row, "rule"), _text_in(row, "line_hash"))
        if key in known:
            raise ValueError(f"{key[0]}, {key[1]} stands twice for one line")
        known[key] = _count_in(row, "count")
    accepted = tuple(Acceptance(_text_in(row, "reason"), _count_in(row, "added")) for row in _rows(value, "accepted"))
    return Ratchet(known, accepted)


def _rows(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = value.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f'"{name}" must be a list of objects')
    return rows


def _text_in(row: Mapping[str, Any], name: str) -> str:
    text = row.get(name)
    if not isinstance(text, str) or not text:
        raise ValueError(f'"{name}" must be a text, got {text!r}')
    return text


def _count_in(row: Mapping[str, Any], name: str) -> int:
    count = row.get(name)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise ValueError(f'"{name}" must be 1 or more, got {count!r}')
    return count
