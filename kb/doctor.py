"""The health of a workspace on one page: what is well, what is worth knowing, what must be mended and by which command.

Judges facts that `kb.examine` gathered; opens nothing itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import PurePosixPath
from typing import Literal

import numpy as np

from kb.documents import Finding, KbError
from kb.index import Index, Manifest, Model, compatible
from kb.lint import REVERSED
from kb.lint_subject import Page, Subject
from kb.ports import Embedder
from kb.ratchet import Comparison
from kb.tokens import query_terms

State = Literal["ok", "note", "problem"]
PROPOSED_DAYS = 90
_NAMED = 3  # examples told of many


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `mend` is the command that mends it, `data` the figures behind `says`."""

    name: str
    state: State
    says: str
    mend: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """Everything that was looked at, in the order in which it is told."""

    workspace: str
    checks: tuple[Check, ...]

    @property
    def is_healthy(self) -> bool:
        return all(check.state != "problem" for check in self.checks)


@dataclass(frozen=True)
class Generation:
    """One generation of the index on disk."""

    name: str
    size_bytes: int
    is_current: bool


def index_missing(home: str, command: str, is_packaged: bool) -> Check:
    if is_packaged:
        return Check("index", "note", "none; the content of the package is indexed when it is first asked")
    return Check("index", "problem", f"none in {home}", command)


def index_damaged(reason: str, command: str) -> Check:
    return Check("index", "problem", " ".join(reason.split()), f"{command} --anew")


def index_files(index: Index, files: Mapping[str, str], command: str) -> Check:
    """Does the index hold the files as they are now?

    Args:
        index: the published one.
        files: blob by path, as they are now.
        command: what brings it up to date.
    """
    then = index.manifest.files
    changed = sorted(path for path in files if path in then and then[path] != files[path])
    added, gone = sorted(set(files) - set(then)), sorted(set(then) - set(files))
    size = f"{len(index.documents):,} documents, {len(index.passages):,} passages of {len(then):,} files"
    data: dict[str, object] = {"revision": index.manifest.revision, "changed": changed, "added": added, "gone": gone}
    if not (changed or added or gone):
        return Check("index", "ok", f"current: {size}, revision {index.manifest.revision}", data=data)
    told = f"{len(changed)} changed, {len(added)} new, {len(gone)} gone since ({_some([*changed, *added, *gone])})"
    return Check("index", "problem", f"stale: {told}", command, data)


def model(manifest: Manifest, used: Model | None, vectors: str, warnings: Sequence[str], command: str) -> Check:
    """Can the embedder and the tokenizer in use read what the index was built with?"""
    name = f"{used.name} {used.revision}" if used else "none, the lexical leg alone"
    data = {"index": str(manifest.model), "used": str(used), "versions": dict(manifest.versions)}
    try:
        told = [*warnings, *compatible(manifest, used, vectors, command)]
    except KbError as error:
        return Check("model", "problem", str(error), command, data)
    if told:
        return Check("model", "problem", "; ".join(told), command, data)
    return Check("model", "ok", f"{name}; the index was built with the same and with the same tokenizer", data=data)


def generations(kept: Sequence[Generation]) -> Check:
    told = ", ".join(f"{item.name}{' (current)' if item.is_current else ''} {_size(item.size_bytes)}" for item in kept)
    sizes = {item.name: item.size_bytes for item in kept}
    return Check("generations", "ok", told or "none", data={"bytes": sizes})


def lock(is_held: bool) -> Check:
    says = "held: another process is indexing" if is_held else "free"
    return Check("lock", "note" if is_held else "ok", says, data={"held": is_held})


def documents(subject: Subject) -> Check:
    """Counts by kind, and by status where there is one; identical copies count once."""
    kinds: dict[str, Counter[str]] = {}
    for page in {page.blob: page for page in subject.pages}.values():
        kinds.setdefault(_kind(page), Counter())[_status(page)] += 1
    rules = sum(1 for rule in subject.rules if rule.id)
    if rules:
        kinds["rule"] = Counter({"": rules})
    told = [f"{counts.total()} {kind}{_by_status(counts)}" for kind, counts in sorted(kinds.items())]
    data = {kind: {"total": counts.total(), "status": dict(counts)} for kind, counts in kinds.items()}
    return Check("documents", "ok" if told else "note", ", ".join(told) or "none was found", data=data)


def decisions(subject: Subject, findings: Iterable[Finding], today: str, command: str) -> Check:
    """What is in force, what only seems to be, and what has been a proposal for long."""
    in_force = sum(_status(page) == "accepted" for page in subject.decisions)
    seeming = sorted({finding.path for finding in findings if finding.rule in REVERSED})
    waiting = sorted(page.path for page in subject.decisions if _waits(page, today))
    told = f"{in_force} read accepted"
    if seeming:
        told += f", {len(seeming)} of all decisions read in force but were replaced ({_some(seeming)})"
    if waiting:
        told += f", {len(waiting)} proposed for more than {PROPOSED_DAYS} days ({_some(waiting)})"
    data: dict[str, object] = {"accepted": in_force, "replaced": seeming, "proposed_for_long": waiting}
    state: State = "problem" if seeming else "note" if waiting else "ok"
    return Check("decisions", state, told, command if seeming else None, data)


def passages(index: Index) -> Check:
    """Passages in which a leg sees nothing: no term, or a vector of zeros."""
    blind = {"lexical": np.asarray(index.segment.lengths[: len(index.passages)]) <= 0}
    if index.vectors is not None:
        blind["vector"] = np.abs(np.asarray(index.vectors)).max(axis=1, initial=0) == 0
    places = {leg: [_place(index, int(number)) for number in np.flatnonzero(mask)] for leg, mask in blind.items()}
    told = [f"{len(found)} unseen by the {leg} leg ({_some(found)})" for leg, found in places.items() if found]
    says = ", ".join(told) or f"every leg sees all {len(index.passages):,}"
    return Check("passages", "note" if told else "ok", says, data=places)


def questions(asked: Mapping[str, str], index: Index, embedder: Embedder | None) -> Check:
    """Questions of which a leg sees nothing: no term that the index knows, or a vector of zeros.

    Args:
        asked: text by id.
        index: the published one.
        embedder: None where the vector leg is off.
    """
    find = index.segment.vocabulary.find
    blind = {"lexical": [id_ for id_, text in asked.items() if all(find(term) is None for term in query_terms(text))]}
    if embedder is not None and asked:
        largest = np.abs(embedder.embed(list(asked.values()))).max(axis=1, initial=0)
        blind["vector"] = [id_ for id_, value in zip(asked, largest.tolist(), strict=True) if not value]
    told = [f"of {len(found)} the {leg} leg sees nothing ({_some(found)})" for leg, found in blind.items() if found]
    says = f"{len(asked)} asked" + ("; " + ", ".join(told) if told else "; every leg sees all of them")
    mend = "ask in words of Korean or English that the documents use" if told else None
    return Check("questions", "problem" if told else "ok", says, mend, blind)


def lint(findings: Sequence[Finding], fails: bool, told: str, command: str) -> Check:
    rules = Counter(finding.rule for finding in findings)
    state: State = "problem" if fails else "note" if findings else "ok"
    return Check("lint", state, told, command if findings else None, {"rules": dict(rules)})


def ratchet(compared: Comparison | None, command: str) -> Check:
    if compared is None:
        return Check("ratchet", "ok", "none; every error counts")
    told = f"{compared.ratchet.total} known, {len(compared.new)} new, {compared.gone_total} gone"
    data = {"known": compared.ratchet.total, "new": len(compared.new), "gone": compared.gone_total}
    if compared.gone_total:
        return Check("ratchet", "note", told, f"{command} --update-ratchet", data)
    return Check("ratchet", "ok", told, data=data)


def _kind(page: Page) -> str:
    if page.record is not None:
        return page.record.kind
    return "skill" if PurePosixPath(page.path).name == "SKILL.md" else "doc"


def _status(page: Page) -> str:
    return (page.record.status if page.record else None) or ""


def _by_status(counts: Counter[str]) -> str:
    if set(counts) <= {""}:
        return ""
    named = sorted(counts.items(), key=lambda item: (item[0] == "", -item[1], item[0]))
    told = ", ".join(f"{count} {status or 'without status'}" for status, count in named)
    return f" ({told})"


def _waits(page: Page, today: str) -> bool:
    since = page.record.date if page.record else None
    if _status(page) not in {"proposed", "draft"} or not since:
        return False
    limit = (date.fromisoformat(today) - timedelta(days=PROPOSED_DAYS)).isoformat()
    return since < limit[: len(since)]


def _place(index: Index, number: int) -> str:
    passage = index.passages[number]
    return f"{passage.path}:{passage.line_start}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:.1f} MB"
