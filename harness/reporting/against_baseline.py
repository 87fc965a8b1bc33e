"""What changed since the baseline was accepted, on the same cases, the worst first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.baseline import Baseline
from harness.cases import Direction
from harness.charts import difference_bar
from harness.comparing import compared_sides
from harness.margins import members
from harness.reading import Run
from harness.sides import Side, side_of_baseline
from harness.stats.pairs import values_by_case

_VERDICTS = {"worse": ("fails", "✗"), "better": ("holds", "✓"), "no difference seen": ("na", "–")}
_NONE = ("na", "–")


MANY = 2_000
"""Cases of a suite above which only gated metrics are compared: a comparison of 10,000 pairs takes a second or more."""


def differences(
    run: Run, baseline: Baseline, directions: Mapping[str, Direction], gated: Collection[tuple[str, str]] = ()
) -> list[dict[str, Any]]:
    """A row of `compare/1` for each metric that both have; empty where nothing was accepted. p adjusted over all.

    Args:
        run: scored.
        baseline: what was accepted.
        directions: by metric.
        gated: (suite, metric) that are compared however many cases there are.
    """
    known = side_of_baseline(baseline)
    asked = {place for place in known.values if place[0] in run.cases and (place in gated or _is_small(run, place[0]))}
    if not asked:
        return []
    accepted = replace(known, values={place: known.values[place] for place in known.values if place in asked})
    now = Side("run", "", values_by_case(run.scores(), asked))
    named = {suite: members(cases) for suite, cases in run.cases.items()}
    found: list[dict[str, Any]] = compared_sides(accepted, now, named, directions)["metrics"]
    return found


def difference_rows(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows for the page: by harm, what got worse beyond chance before what may be chance."""
    reach = max((max(abs(row["low"]), abs(row["high"])) for row in found), default=0.0)
    reach = min(reach, 0.25)
    return [_row(row, reach) for row in sorted(found, key=_harm)]


def _is_small(run: Run, suite: str) -> bool:
    return len(run.cases[suite]) <= MANY


def _harm(row: Mapping[str, Any]) -> tuple[int, float, str]:
    sign = 1 if row["direction"] == "higher" else -1
    return ("worse", "no difference seen", "better").index(row["verdict"]), sign * row["difference"], row["metric"]


def _row(row: Mapping[str, Any], reach: float) -> dict[str, Any]:
    look, sign = _VERDICTS.get(row["verdict"], _NONE)
    bounds = f"{row['low']:+.3f} to {row['high']:+.3f}"
    title = f"{row['metric']} {row['difference']:+.3f}, 95 % {bounds}"
    return {
        **row,
        "look": look,
        "sign": sign,
        "arrow": "↑" if row["direction"] == "higher" else "↓",
        "bounds": bounds,
        "bar": difference_bar(title, row["low"], row["difference"], row["high"], reach, look),
        "cases": list(_cases(row)),
    }


def _cases(row: Mapping[str, Any]) -> Iterator[str]:
    """The dev cases that got worse most."""
    for case in row["changed"]:
        if case["gain"] < 0:
            yield f"{case['id']} {case['before']:.2f} → {case['after']:.2f}"
