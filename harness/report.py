"""What the HTML report shows, as tables made of a `summary.json`. Only this file knows pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from harness.cells import CELLS
from harness.charts import Bar, bars
from harness.markdown import headline, number, standing
from harness.profiles import ProfileRow, table

_NO_VALUE = "–"
_ORDER = ("fails", "unmeasured", "holds", "N/A")


def view(summary: Mapping[str, Any], docs: Mapping[str, str]) -> dict[str, Any]:
    """Everything the template needs.

    Args:
        summary: a `summary.json`.
        docs: one line about each metric.
    """
    frame = _frame(summary["figures"])
    return {
        "summary": summary,
        "headline": headline(summary),
        "standing": standing(summary).replace("N/A", "na"),
        "gates": [_gate(row) for row in sorted(summary["gates"], key=lambda row: _ORDER.index(row["standing"]))],
        "suites": [_suite(suite, frame, docs) for suite in _suites(frame)],
        "cells": [_cells(row) for row in summary.get("cells", ())],
        "cell_names": CELLS,
        "failures": [_failure(row) for row in summary["failures"]],
        "notes": summary.get("notes", []),
        "profiles": table([ProfileRow(**row) for row in summary.get("profiles", ())]),
    }


def marked(answer: str, claims: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Cut an answer into (text, cell) pieces; the cell is empty between claims. Overlaps go to the earlier claim."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for claim in sorted(claims, key=lambda claim: claim["span"][0]):
        start, end = max(at, claim["span"][0]), claim["span"][1]
        if start < end <= len(answer):
            pieces += [(answer[at:start], ""), (answer[start:end], claim["cell"])]
            at = end
    return [piece for piece in [*pieces, (answer[at:], "")] if piece[0]]


def _frame(figures: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    columns = ["suite", "metric", "split", "slice", "value", "n", "passed", "failed", "unmeasured", "low", "high"]
    frame = pd.DataFrame(list(figures), columns=columns)
    frame["value"] = pd.to_numeric(frame["value"])
    return frame


def _suites(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame["suite"].drop_duplicates()]


def _suite(suite: str, frame: pd.DataFrame, docs: Mapping[str, str]) -> dict[str, Any]:
    own = frame[frame["suite"] == suite]
    latency = own[own["slice"].str.startswith("node:")]
    return {
        "name": suite,
        "metrics": _metrics(own[own["slice"] == ""], docs),
        "intents": _intents(own),
        "nodes": _nodes(latency),
        "chart": _chart(suite, own),
        "latency_chart": _latency_chart(suite, latency),
    }


def _metrics(frame: pd.DataFrame, docs: Mapping[str, str]) -> list[dict[str, Any]]:
    rows = []
    for metric, group in frame.groupby("metric", sort=False):
        by_split = {str(record["split"]): record for record in group.to_dict("records")}
        rows.append(
            {
                "metric": metric,
                "doc": docs.get(str(metric), ""),
                "splits": [_figure(str(metric), by_split.get(split)) for split in ("", "dev", "test")],
            }
        )
    return rows


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


def _intents(frame: pd.DataFrame) -> dict[str, Any]:
    """Metrics down, intents across, over all splits."""
    by_intent = frame[frame["slice"].str.startswith("intent:") & (frame["split"] == "")].copy()
    if by_intent.empty:
        return {"columns": [], "rows": []}
    by_intent["intent"] = by_intent["slice"].str.removeprefix("intent:")
    table = by_intent.pivot_table(index="metric", columns="intent", values="value", aggfunc="first", sort=False)
    rows = [
        {"metric": metric, "values": [_shown(value, str(metric)) for value in values]}
        for metric, values in zip(table.index, table.to_numpy(), strict=True)
    ]
    return {"columns": list(table.columns), "rows": rows}


def _nodes(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for slice_, group in frame.groupby("slice", sort=False):
        by_metric = {str(record["metric"]): record for record in group.to_dict("records")}
        first = next(iter(by_metric.values()))
        cells = {name: _shown(record["value"], name) for name, record in by_metric.items()}
        rows.append(
            {
                "node": str(slice_).removeprefix("node:"),
                "n": first["n"],
                "refused": first["unmeasured"],
                "p50": cells.get("latency_p50_ms", _NO_VALUE),
                "p95": cells.get("latency_p95_ms", _NO_VALUE),
            }
        )
    return rows


def _chart(suite: str, frame: pd.DataFrame) -> str:
    shares = frame[(frame["slice"] == "") & (frame["split"] == "") & ~frame["metric"].str.endswith(("_ms", "_calls"))]
    shares = shares[shares["value"].between(0, 1)]
    rows = [
        Bar(
            str(record["metric"]),
            float(record["value"]),
            number(record["value"]),
            None if pd.isna(record["low"]) else float(record["low"]),
            None if pd.isna(record["high"]) else float(record["high"]),
        )
        for record in shares.to_dict("records")
    ]
    return bars(f"{suite}: metrics with 95 % intervals", rows, 1.0)


def _latency_chart(suite: str, frame: pd.DataFrame) -> str:
    medians = frame[(frame["metric"] == "latency_p50_ms") & frame["value"].notna()]
    rows = [
        Bar(str(record["slice"]).removeprefix("node:"), float(record["value"]), f"{record['value']:.1f} ms")
        for record in medians.to_dict("records")
    ]
    return bars(f"{suite}: median milliseconds by node", rows, max((bar.value for bar in rows), default=0.0))


def _gate(row: Mapping[str, Any]) -> dict[str, Any]:
    bounds = "" if row["low"] is None else f"{number(row['low'], row['metric'])}–{number(row['high'], row['metric'])}"
    return {
        **row,
        "where": " · ".join(filter(None, (row["suite"], row["split"], row["slice"]))),
        "shown": number(row["value"], row["metric"]),
        "bounds": bounds,
        "before": "" if row["baseline"] is None else number(row["baseline"], row["metric"]),
    }


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    total = sum(row[cell] for cell in CELLS)
    shares = [(cell, row[cell], f"{row[cell] / total:.1%}" if total else _NO_VALUE) for cell in CELLS]
    return {"suite": row["suite"], "split": row["split"], "total": total, "shares": shares}


def _failure(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "pieces": marked(row["answer"], row["claims"]),
        "scores": [{**score, "shown": number(score["value"], score["metric"])} for score in row["scores"]],
    }


def _shown(value: float | None, metric: str) -> str:
    return _NO_VALUE if pd.isna(value) else number(value, metric)
