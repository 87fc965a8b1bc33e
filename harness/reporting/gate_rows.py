"""The gates as the report shows them, and one sentence for each that fails: the worst dev case, its claim, its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.cases import Direction
from harness.charts import Span, span_bar
from harness.markdown import number

_ORDER = ("fails", "unmeasured", "holds", "N/A")
_SIGNS = {"fails": "✗", "unmeasured": "?", "holds": "✓", "N/A": "–"}
_NEWS = {(True, True): 0, (False, False): 1, (False, True): 2}
"""By whether a failed score moved since the baseline, and whether that has one: who explains a change stands first."""
_LIMIT = re.compile(r"(?<!drop )([≥≤]) ([^\s,]+)")


def gate_rows(gates: Sequence[Mapping[str, Any]], directions: Mapping[str, Direction]) -> list[dict[str, Any]]:
    """Those that fail first."""
    return [_row(gate, directions) for gate in sorted(gates, key=lambda gate: _ORDER.index(gate["standing"]))]


def sentences(gates: Sequence[Mapping[str, Any]], failed: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """What went wrong, a row a gate that fails; gates that are unmeasured for one reason share a row.

    Args:
        gates: of a summary.
        failed: the details of the failed dev cases in the order of the page.
    """
    for gate in (gate for gate in gates if gate["standing"] == "fails"):
        yield {**_sentence(gate, [gate["metric"]], _where(gate)), "case": _case(gate, failed)}
    unmeasured = [gate for gate in gates if gate["standing"] == "unmeasured"]
    for reason in dict.fromkeys(gate["reason"] for gate in unmeasured):
        same = [gate for gate in unmeasured if gate["reason"] == reason]
        metrics = dict.fromkeys(gate["metric"] for gate in same)
        yield {**_sentence(same[0], list(metrics), "" if len(same) > 1 else _where(same[0])), "case": None}


def _sentence(gate: Mapping[str, Any], metrics: Sequence[str], where: str) -> dict[str, Any]:
    standing = gate["standing"]
    return {
        "metrics": metrics,
        "where": where,
        "reason": gate["reason"],
        "standing": standing,
        "sign": _SIGNS[standing],
    }


def _case(gate: Mapping[str, Any], failed: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The failed case that says most about the gate: the first that the baseline did better in, else the first that the
    baseline does not know, else the first; none where only test cases count.
    """
    if gate["split"] == "test":
        return None
    found = [
        (_NEWS[bool(score["moved"]), bool(score["before"])], at, case, score)
        for at, case in enumerate(failed, start=1)
        for score in case["scores"]
        if score["metric"] == gate["metric"] and case["suite"] == gate["suite"] and _in_slice(case, gate["slice"])
    ]
    if not found:
        return None
    _, at, case, score = min(found, key=lambda one: one[:2])
    return {"number": at, "id": case["id"], "intents": case["intents"], "why": score["reason"], **_claim(case)}


def _in_slice(case: Mapping[str, Any], slice_: str) -> bool:
    kind, _, name = slice_.partition(":")
    if not slice_ or kind not in ("intent", "tag"):
        return True
    return name in case["intents" if kind == "intent" else "tags"]


def _claim(case: Mapping[str, Any]) -> dict[str, str]:
    """The first claim that somebody objects to: its words, the node and intent behind it, the line it breaks."""
    claim = next((claim for claim in case["claims"] if claim["look"] in ("bad", "fault")), None)
    if claim is None:
        return {"claim": "", "node": "", "intent": "", "place": ""}
    line = claim["against"] or claim["evidence"] or {}
    place = line.get("place") or (claim["evidence"] or {}).get("place") or ""
    return {"claim": claim["text"], "node": claim["node"], "intent": claim["intent"], "place": place}


def _row(gate: Mapping[str, Any], directions: Mapping[str, Direction]) -> dict[str, Any]:
    metric, shown = gate["metric"], number(gate["value"], gate["metric"])
    bounds = "" if gate["low"] is None else f"{number(gate['low'], metric)}–{number(gate['high'], metric)}"
    title = f"{metric} {shown}{f', 95 % {bounds}' if bounds else ''}, limit {gate['limit']}"
    return {
        **gate, "where": _where(gate), "limits": gate["limit"].split(", "),
        "sign": _SIGNS[gate["standing"]], "look": gate["standing"].replace("N/A", "na"),
        "shown": shown, "bounds": bounds, "bar": span_bar(title, _span(gate), gate["standing"].replace("N/A", "na")),
        "before": "" if gate["baseline"] is None else number(gate["baseline"], metric),
        "arrow": _arrow(gate, directions), **_moved(gate),
    }  # fmt: skip


def _arrow(gate: Mapping[str, Any], directions: Mapping[str, Direction]) -> str:
    """Which way is better; where nobody says, a limit from above says it."""
    from_above = str(gate["limit"]).startswith("≤")
    return {"higher": "↑", "lower": "↓"}[directions.get(gate["metric"], "lower" if from_above else "higher")]


def _span(gate: Mapping[str, Any]) -> Span:
    found = _LIMIT.search(gate["limit"])
    limit = float(found[2]) if found else None
    known = [value for value in (gate["value"], gate["high"], limit, gate["baseline"]) if value is not None]
    top = max([1.0, *(1.1 * value for value in known if value > 1)])
    return Span(gate["value"], gate["low"], gate["high"], limit, gate["baseline"], top)


def _moved(gate: Mapping[str, Any]) -> dict[str, str]:
    """The difference to the baseline: on the same cases with interval and p where it was compared, else bare."""
    told = gate.get("comparison")
    if told:
        by = f"95 % {told['low']:+.3f} to {told['high']:+.3f}, p {told['p_adjusted']:.2g}"
        return {"moved": f"{told['after'] - told['before']:+.3f}", "moved_by": f"{by}, {told['pairs']} pairs"}
    if gate["baseline"] is None or gate["value"] is None:
        return {"moved": "", "moved_by": ""}
    return {"moved": f"{gate['value'] - gate['baseline']:+.3f}", "moved_by": ""}


def _where(gate: Mapping[str, Any]) -> str:
    return " · ".join(filter(None, (gate["suite"], gate["split"], gate["slice"])))
