"""The commands `kb lint` and `kb doctor`: their options, what they print, their exit codes. `kb.cli` registers them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from kb.documents import Finding, KbError
from kb.workspace import Workspace

if TYPE_CHECKING:
    from kb.checks import LintReport, RatchetUse
    from kb.doctor import Health

_FINDINGS = 1
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")

TodayOption = Annotated[str | None, typer.Option("--today", help="Report reviews due by this day.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on one line.")]
WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", "-w", help="A folder; default: found upward.")]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="A profile of kb.toml; default: $KB_PROFILE.")]
RatchetOption = Annotated[
    Path | None,
    typer.Option("--ratchet", help="Known findings; default: kb-lint.ratchet.json in the workspace, if it is there."),
]
UpdateOption = Annotated[
    bool, typer.Option("--update-ratchet", help="Write the ratchet without what is gone; the first time, with all.")
]
AcceptOption = Annotated[bool, typer.Option("--accept-new", help="Let new findings into the ratchet; needs --reason.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why they are let in; kept in the ratchet.")]
QueriesOption = Annotated[
    Path | None, typer.Option("--queries", help='JSONL, {"id", "query"} a row: which of them does a leg not see?')
]


class Lint(Protocol):
    """Checks a workspace."""

    def __call__(self, workspace: Workspace, *, today: str | None, use: RatchetUse) -> LintReport: ...


class Doctor(Protocol):
    """Looks at a workspace and its index; `day` is today where `today` was not given."""

    def __call__(
        self, workspace: Workspace, *, day: str, today: str | None, use: RatchetUse, questions: Mapping[str, str]
    ) -> Health: ...


def register(
    app: typer.Typer, open_workspace: Callable[[Path | None, str | None], Workspace], check: Lint, look: Doctor
) -> None:
    """Add the two commands.

    Args:
        app: to which.
        open_workspace: by folder and profile.
        check: what `lint` calls.
        look: what `doctor` calls.
    """

    @app.command()
    def lint(
        today: TodayOption = None,
        ratchet: RatchetOption = None,
        update_ratchet: UpdateOption = False,
        accept_new: AcceptOption = False,
        reason: ReasonOption = "",
        as_json: JsonOption = False,
        workspace: WorkspaceOption = None,
    ) -> None:
        """Check decisions, incidents, rules and skills; exit code 1 when something must be mended.

        With a ratchet file only findings that it does not know count, warnings among them.
        """
        from kb.checks import RatchetUse

        use = RatchetUse(ratchet, update_ratchet, accept_new, reason)
        report = check(open_workspace(workspace, None), today=_day(today), use=use)
        for line in [_json(report)] if as_json else _lines(report):
            typer.echo(line)
        if report.fails:
            raise typer.Exit(_FINDINGS)

    @app.command()
    def doctor(
        queries: QueriesOption = None,
        today: TodayOption = None,
        ratchet: RatchetOption = None,
        as_json: JsonOption = False,
        workspace: WorkspaceOption = None,
        profile: ProfileOption = None,
    ) -> None:
        """Say how the workspace and its index are, and what mends what; exit code 1 when something is wrong."""
        from kb.checks import RatchetUse
        from kb.examine import questions_from

        health = look(
            open_workspace(workspace, profile),
            day=_whole(_day(today)) or date.today().isoformat(),
            today=_day(today),
            use=RatchetUse(ratchet),
            questions=questions_from(queries) if queries else {},
        )
        for line in [_health_json(health)] if as_json else _page(health):
            typer.echo(line)
        if not health.is_healthy:
            raise typer.Exit(_FINDINGS)


def _lines(report: LintReport) -> list[str]:
    from kb.lint import summary

    told = [_told(finding) for finding in report.told]
    if report.compared is None:
        return [*told, *summary(report.findings)]
    compared = report.compared
    counts = f"{len(compared.known)} known, {len(compared.new)} new, {compared.gone_total} gone"
    gone = [f"gone: {path} [{rule}]{_times(count)}" for (path, rule, _), count in sorted(compared.gone.items())]
    hint = ["the ratchet can be tightened: kb lint --update-ratchet"] if gone else []
    return [
        *told,
        *gone,
        *(summary(report.told) if report.told else []),
        f"ratchet: {counts}",
        *hint,
        *_written(report),
    ]


def _written(report: LintReport) -> list[str]:
    return [report.written] if report.written else []


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""


def _told(finding: Finding) -> str:
    return f"{finding.path}:{finding.line}: {finding.severity}: {finding.message} [{finding.rule}]"


def _json(report: LintReport) -> str:
    """An array of findings as without a ratchet; with one, each says whether it is known."""
    rows = [asdict(finding) for finding in report.findings]
    if report.compared is not None:
        new = frozenset(report.compared.new)
        rows = [{**asdict(finding), "known": finding not in new} for finding in report.findings]
    return _dumped(rows)


def _page(health: Health) -> list[str]:
    lines = [health.workspace]
    for check in health.checks:
        lines.append(f"{check.state:<8} {check.name:<12} {check.says}")
        if check.mend:
            lines.append(f"{'':<21} -> {check.mend}")
    problems = sum(check.state == "problem" for check in health.checks)
    return [*lines, f"{problems} problem{'s' if problems != 1 else ''}" if problems else "healthy"]


def _health_json(health: Health) -> str:
    checks = [asdict(check) for check in health.checks]
    return _dumped({"workspace": health.workspace, "healthy": health.is_healthy, "checks": checks})


def _dumped(value: object) -> str:
    # A name that is not UTF-8 comes as a lone surrogate, which cannot be printed.
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace").decode("utf-8")


def _whole(day: str | None) -> str | None:
    """A day; of a month or a year its first."""
    return day and day + {4: "-01-01", 7: "-01"}.get(len(day), "")


def _day(text: str | None) -> str | None:
    if text is not None and not _is_day(text):
        raise KbError(f"--today {text!r} is no date; write it as 2026-01-31")
    return text


def _is_day(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(_whole(text) or ""))
    except ValueError:
        return False
