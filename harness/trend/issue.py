"""The text of the issue that a regression opens. A mark in it says whether it is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from harness.ci.layout import listed, table
from harness.ci.words import code, escaped, number
from harness.trend.findings import Finding, regressions
from harness.trend.series import sparkline
from harness.trend.telling import bounds, where, why

_HEAD = ("metric", "where", "last", "95 %", "course", "what happened")


def fingerprint(found: Sequence[Finding]) -> str:
    """Names which figures are worse and since when; the same regression on another night has the same one."""
    since = [(*one.series.key, one.step.since.started_at if one.step else "") for one in regressions(found)]
    return hashlib.sha256(repr(sorted(since)).encode()).hexdigest()[:16]


def body(found: Sequence[Finding]) -> str:
    """The issue in Markdown: what got worse, when it began, how to look at it and how it ends."""
    worse = regressions(found)
    names = listed([code(finding.series.key[1]) for finding in worse])
    lines = [
        f"<!-- harness-trend:fingerprint={fingerprint(found)} -->",
        f"{len(worse)} of {len(found)} figures got worse: {names}.",
        "",
        *table(_HEAD, [{"finding": finding} for finding in worse], lambda row: _cells(row["finding"])),
        "`harness trend` shows all figures, `harness compare A B` two runs, `harness blame` whose fault it is.",
        "The issue is closed by the first night that is well again. Where the change is meant, "
        "`harness baseline accept --reason …` makes it the measure.",
        "",
    ]
    return "\n".join(lines)


def _cells(finding: Finding) -> list[str]:
    series, metric = finding.series, finding.series.key[1]
    return [
        code(metric), escaped(where(finding)), number(series.values[-1], metric), bounds(finding),
        sparkline(series.values), escaped(why(finding)),
    ]  # fmt: skip
