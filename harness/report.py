"""What the HTML report shows, as plain values made of a `summary.json` and of what lies beside it. Only this file knows
pandas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pandas as pd

from harness.cases import Direction
from harness.cells import CELLS
from harness.charts import Span, span_bar
from harness.markdown import headline, number, standing
from harness.profiles import ProfileRow, table
from harness.reporting.claim_marks import LOOKS
from harness.reporting.gate_rows import gate_rows, sentences
from harness.reporting.mutation_matrix import heat

_NO_VALUE = "–"
_SPLITS = ("", "dev", "test")


@dataclass(frozen=True)
class Beside:
    """What a report tells beside the summary; whatever was not measured stays empty, and the report says how to.

    Attributes:
        docs: one line about each metric.
        directions: by metric; higher is better where nothing is said.
        failed: details of the failed dev cases (`case_detail`), the worst first.
        index: a row for every dev case (`side_pages`), as JSON that may stand in a page; empty for none.
        told: how many dev cases the index has.
        failing: how many of them failed a metric; `failed` has the worst of these.
        differences: to the baseline, the worst first (`against_baseline`).
        latency: by suite, a row a node (`latency_nodes`).
        matrices: of the mutation test (`mutation_matrix`).
        mistakes: of the judge in it, word for word.
        blame: suites of `blame.json`.
        trends: a small chart for each gated figure (`trends`).
        load: `load.json`.
    """

    docs: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[str, Direction] = field(default_factory=dict)
    failed: Sequence[Mapping[str, Any]] = ()
    index: str = ""
    told: int = 0
    failing: int = 0
    differences: Sequence[Mapping[str, Any]] = ()
    latency: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    matrices: Sequence[Mapping[str, Any]] = ()
    mistakes: Sequence[Mapping[str, Any]] = ()
    blame: Sequence[Mapping[str, Any]] = ()
    trends: Sequence[Mapping[str, Any]] = ()
    load: Mapping[str, Any] | None = None


def view(summary: Mapping[str, Any], beside: Beside) -> dict[str, Any]:
    """Everything the template needs."""
    frame = _frame(summary["figures"])
    gates = gate_rows(summary["gates"], beside.directions)
    return {
        "summary": summary,
        "headline": headline(summary),
        "standing": standing(summary).replace("N/A", "na"),
        "tiles": _tiles(summary, frame, beside),
        "sentences": list(sentences(summary["gates"], beside.failed)),
        "gates": gates,
        "suites": [_suite(suite, frame, beside, _first(gates)) for suite in _suites(frame)],
        "cells": [_cells(row) for row in summary.get("cells", ())],
        "cell_names": CELLS,
        "looks": LOOKS,
        "flakes": summary.get("flakes", []),
        "notes": summary.get("notes", []),
        "profiles": table([ProfileRow(**row) for row in summary.get("profiles", ())]),
        "beside": beside,
        "numbers": {(case["suite"], case["id"]): at for at, case in enumerate(beside.failed, start=1)},
    }


def _frame(figures: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    columns = ["suite", "metric", "split", "slice", "value", "n", "passed", "failed", "unmeasured", "low", "high"]
    frame = pd.DataFrame(list(figures), columns=columns)
    for column in ("value", "low", "high"):
        frame[column] = pd.to_numeric(frame[column])
    return frame


def _suites(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame["suite"].drop_duplicates()]


def _first(gates: Sequence[Mapping[str, Any]]) -> list[str]:
    """Gated metrics come first in every table."""
    return list(dict.fromkeys(str(gate["metric"]) for gate in gates))


def _tiles(summary: Mapping[str, Any], frame: pd.DataFrame, beside: Beside) -> list[dict[str, str]]:
    """A few numbers at the top."""
    standings = pd.Series([gate["standing"] for gate in summary["gates"]], dtype=object).value_counts()
    asked = sum(suite["cases"] for suite in summary["run"]["suites"])
    tiles = [
        {"name": "cases asked", "value": str(asked), "more": f"{beside.told} of the dev split, told one by one"},
        {"name": "gates hold", "value": f"{standings.get('holds', 0)} of {len(summary['gates'])}",
         "more": f"{standings.get('fails', 0)} fail, {standings.get('unmeasured', 0)} unmeasured"},
        {"name": "dev cases fail a metric", "value": str(beside.failing), "more": "the worst stand first below"},
    ]  # fmt: skip
    whole = frame[(frame["split"] == "") & (frame["slice"] == "")]
    for metric, name in (("required_facts", "required facts said"), ("hallucination_rate", "claims hallucinated")):
        found = whole[whole["metric"] == metric].head(1).to_dict("records")
        tiles += [{"name": name, "value": _percent(one["value"]), "more": _percents(one)} for one in found]
    return tiles


def _percent(value: float) -> str:
    return _NO_VALUE if pd.isna(value) else f"{value:.1%}"


def _percents(record: Mapping[Any, Any]) -> str:
    return "" if pd.isna(record["low"]) else f"95 % {record['low']:.1%}–{record['high']:.1%}, n {record['n']}"


def _suite(suite: str, frame: pd.DataFrame, beside: Beside, first: Sequence[str]) -> dict[str, Any]:
    own = frame[frame["suite"] == suite]
    gated = [metric for metric in first if metric in set(own["metric"])]
    return {
        "name": suite,
        "metrics": _metrics(own[own["slice"] == ""], beside, gated),
        "intents": _heat(own, "intent", beside, gated),
        "tags": _heat(own[own["metric"].isin(gated)], "tag", beside, gated),
        "kinds": _heat(own, "kind", beside, gated),
        "latency": beside.latency.get(suite, ()),
    }


def _metrics(frame: pd.DataFrame, beside: Beside, first: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for metric, group in frame.groupby("metric", sort=False):
        by_split = {str(record["split"]): record for record in group.to_dict("records")}
        whole = by_split.get("")
        rows.append(
            {
                "metric": metric,
                "doc": beside.docs.get(str(metric), ""),
                "bar": "" if whole is None else _bar(str(metric), whole),
                "splits": [_figure(str(metric), by_split.get(split)) for split in _SPLITS],
            }
        )
    return sorted(rows, key=lambda row: _rank(str(row["metric"]), first))


def _rank(metric: str, first: Sequence[str]) -> int:
    return list(first).index(metric) if metric in first else len(first)


def _bar(metric: str, record: Mapping[Any, Any]) -> str:
    if not 0 <= record["value"] <= 1 or metric.endswith("_ms"):
        return ""
    low, high = (None if pd.isna(record[end]) else float(record[end]) for end in ("low", "high"))
    return span_bar(f"{metric} {record['value']:.3f}", Span(float(record["value"]), low, high))


def _figure(metric: str, record: Mapping[Any, Any] | None) -> dict[str, str]:
    if record is None:
        return {"value": _NO_VALUE, "bounds": "", "n": "", "unmeasured": ""}
    bounds = "" if pd.isna(record["low"]) else f"{number(record['low'], metric)}–{number(record['high'], metric)}"
    return {
        "value": _shown(record["value"], metric),
        "bounds": bounds,
        "n": str(record["n"]),
        "unmeasured": f"{record['unmeasured']} unmeasured" if record["unmeasured"] else "",
    }


def _heat(frame: pd.DataFrame, kind: str, beside: Beside, first: Sequence[str]) -> dict[str, Any]:
    """Slices down, metrics across, over all splits; only shares, for only they have a colour."""
    own = frame[(frame["split"] == "") & frame["value"].notna() & ~frame["metric"].str.endswith("_ms")]
    whole = own[own["slice"] == ""].set_index("metric")["value"].to_dict()
    sliced = own[own["slice"].str.startswith(f"{kind}:")].copy()
    reach = sliced.groupby("metric", sort=False)["value"].agg(["min", "max"])
    shares = reach[(reach["min"] >= 0) & (reach["max"] <= 1)].index
    metrics = sorted(map(str, shares), key=lambda name: _rank(name, first))
    if not metrics:
        return {"metrics": [], "rows": []}
    values = {column: sliced.pivot_table(index="slice", columns="metric", values=column, aggfunc="first", sort=False)
              for column in ("value", "n", "low", "high")}  # fmt: skip
    rows = []
    for slice_ in values["value"].index:
        found = {column: part.loc[slice_].to_dict() for column, part in values.items() if slice_ in part.index}
        cells = [
            _heat_cell(metric, found, whole.get(metric), beside.directions.get(metric, "higher")) for metric in metrics
        ]
        most = int(max(count for count in found["n"].values() if not pd.isna(count)))
        rows.append({"name": str(slice_).removeprefix(f"{kind}:"), "n": most, "cells": cells})
    return {"metrics": metrics, "rows": sorted(rows, key=lambda row: (-row["n"], row["name"]))}


def _heat_cell(
    metric: str, found: Mapping[str, Mapping[Any, float]], whole: float | None, direction: Direction
) -> dict[str, Any] | None:
    """A cell; `worse` where the interval of the slice lies wholly on the bad side of the suite's own value."""
    value = found["value"].get(metric)
    if value is None or pd.isna(value):
        return None
    low, high, n = (found.get(name, {}).get(metric, float("nan")) for name in ("low", "high", "n"))
    is_worse = whole is not None and (high < whole if direction == "higher" else low > whole)
    bounds = "" if pd.isna(low) else f", 95 % {low:.3f}–{high:.3f}"
    return {
        "shown": f"{value:.2f}",
        "n": int(n),
        "heat": heat(1 - value if direction == "higher" else value),
        "worse": bool(is_worse),
        "told": f"{metric} {value:.3f}{bounds}, n {int(n)}",
    }


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    total = sum(row[cell] for cell in CELLS)
    shares = [(cell, row[cell], f"{row[cell] / total:.1%}" if total else _NO_VALUE) for cell in CELLS]
    edges = [0.0]
    for cell in CELLS:
        edges.append(edges[-1] + (400 * row[cell] / total if total else 0.0))
    pieces = [(LOOKS[cell][0], start, end - start) for cell, (start, end) in zip(CELLS, pairwise(edges), strict=True)]
    return {"suite": row["suite"], "split": row["split"], "total": total, "shares": shares, "pieces": pieces}


def _shown(value: float | None, metric: str) -> str:
    return _NO_VALUE if pd.isna(value) else number(value, metric)
