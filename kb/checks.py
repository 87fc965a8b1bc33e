"""Run `kb lint`: read a workspace, check it, hold the findings against its ratchet. The parsers of YAML come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb import ratchet as ratchets
from kb.documents import Finding, KbError
from kb.lint import check
from kb.lint_subject import Subject, subject
from kb.places import paths, read_sources
from kb.ratchet import FILE, Comparison
from kb.read import ParseEntries, ParseMapping
from kb.workspace import Workspace


@dataclass(frozen=True)
class Readers:
    """Parsers of YAML: of a mapping, and of lists of entries."""

    mapping: ParseMapping
    entries: ParseEntries


@dataclass(frozen=True)
class RatchetUse:
    """What is asked of the ratchet: its file (None: the workspace's own, where there is one), and to write it."""

    file: Path | None = None
    update: bool = False
    accept_new: bool = False
    reason: str = ""


@dataclass(frozen=True)
class LintReport:
    """Findings, held against a ratchet where there is one; `written` says what became of its file."""

    findings: tuple[Finding, ...]
    compared: Comparison | None = None
    written: str | None = None

    @property
    def fails(self) -> bool:
        """An error; with a ratchet anything new, be it a warning, since the list must not grow."""
        if self.compared is not None:
            return bool(self.compared.new)
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def told(self) -> tuple[Finding, ...]:
        """What is worth printing: what is not known yet."""
        return self.findings if self.compared is None else self.compared.new


def subject_of(workspace: Workspace, readers: Readers, today: str | None = None) -> Subject:
    """Read and parse all files of a workspace for linting; an ISO date reports overdue reviews."""
    sources, unreadable = read_sources(workspace, paths(workspace))
    exists = None if workspace.is_packaged else lambda path: workspace.locate(path).exists()
    return subject(sources, readers.mapping, readers.entries, unreadable=unreadable, exists=exists, today=today)


def lint_report(
    workspace: Workspace, readers: Readers, *, today: str | None = None, use: RatchetUse | None = None
) -> LintReport:
    """Run all rules over a workspace, and hold the findings against its ratchet.

    Raises:
        KbError: the ratchet file is damaged, is not there, or would get longer without a reason.
    """
    return reported(workspace, subject_of(workspace, readers, today), use or RatchetUse())


def reported(workspace: Workspace, read: Subject, use: RatchetUse) -> LintReport:
    """As `lint_report`, of what is parsed already."""
    file = _file(workspace, use)
    findings = check(read)
    if file is None:
        return LintReport(tuple(findings))
    text_of = ratchets.lines_of({source.path: source.text for source in read.sources})
    if use.update and not file.exists():
        return _begun(findings, text_of, file)
    compared = ratchets.compare(ratchets.load(file), findings, text_of, _unchecked(read))
    return _updated(compared, findings, text_of, use, file) if use.update else LintReport(tuple(findings), compared)


def _begun(findings: Sequence[Finding], text_of: ratchets.TextOf, file: Path) -> LintReport:
    begun = ratchets.first(findings, text_of)
    ratchets.save(begun, file)
    return LintReport(tuple(findings), Comparison(begun, tuple(findings), (), {}), f"wrote {file}: {begun.total} known")


def _updated(
    compared: Comparison, findings: Sequence[Finding], text_of: ratchets.TextOf, use: RatchetUse, file: Path
) -> LintReport:
    """Write what is gone out of the file; what is new into it where that was asked for."""
    if use.accept_new:
        ratchet = ratchets.widened(compared, text_of, use.reason)
        compared = Comparison(ratchet, tuple(findings), (), {})
    else:
        ratchet = ratchets.tightened(compared)
        compared = Comparison(ratchet, compared.known, compared.new, {})
    ratchets.save(ratchet, file)
    return LintReport(tuple(findings), compared, f"wrote {file}: {ratchet.total} known")


def _file(workspace: Workspace, use: RatchetUse) -> Path | None:
    """The ratchet file that is meant; None for none."""
    if (use.accept_new or use.reason) and not (use.accept_new and use.update):
        raise KbError("--accept-new goes with --update-ratchet, and --reason with both; add what is missing")
    if use.file is None and use.update and workspace.is_packaged:
        raise KbError("the content of the package has no ratchet; give a file with --ratchet FILE")
    own = None if workspace.is_packaged else workspace.root / FILE
    return use.file or (own if own and (use.update or own.exists()) else None)


def _unchecked(read: Subject) -> frozenset[str]:
    """Rules that say nothing without a day, or without a place to look."""
    undated = {"review-overdue"} if read.today is None else set()
    placeless = {"broken-link", "gone-code"} if read.exists is None else set()
    return frozenset(undated | placeless)
