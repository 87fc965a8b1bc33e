"""One sentence for each gate that does not hold: what got worse, how surely, in which intent, at which node, by which
sentence of which answer. Of the test split it tells figures alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.ci.words import SIGNS, code, escaped, number, place_of, where

Row = Mapping[str, Any]
_KEY = ("suite", "metric", "split", "slice")
_WORST_CELLS = ("ungrounded-false", "grounded-false", "ungrounded", "false", "ungrounded-true")
_CLAIM, _EVIDENCE = 160, 160


def verdicts(summary: Row, blame: Row | None = None) -> list[str]:
    """The sentences as Markdown list items: failed gates first, then those that could not be measured.

    Args:
        summary: a `summary.json`.
        blame: `blame.json` of the same scores.
    """
    rows = [row for standing in ("fails", "unmeasured") for row in summary["gates"] if row["standing"] == standing]
    return [" ".join(("-", SIGNS[row["standing"]], *_parts(row, summary, blame))) for row in rows]


def telling_case(gate: Row, failures: Sequence[Row], differences: Sequence[Row] = ()) -> Row | None:
    """The failed dev case that says most about a gate: one that the baseline did better in before others, one with a
    false claim before others, else the worst one.
    """
    if gate["split"] == "test":
        return None
    worse = _got_worse(gate, differences)
    own = [row for row in failures if row["suite"] == gate["suite"] and _counts_for(row, gate)]
    return min(own, key=lambda row: (row["id"] not in worse, _rank(telling_claim(row))), default=None)


def telling_claim(failure: Row) -> Row | None:
    """The worst claim of a failed case: false before ungrounded; None where its answer has none of these."""
    claims = [claim for claim in failure["claims"] if claim.get("cell") in _WORST_CELLS]
    return min(claims, key=_rank, default=None)


def _parts(gate: Row, summary: Row, blame: Row | None) -> Iterator[str]:
    yield f"**{code(gate['metric'])}** ({escaped(where(gate))}): {escaped(gate['reason'], 400)}"
    yield from _certainty(gate, summary["gates"])
    yield from _intent(gate, summary["figures"])
    if gate["split"] == "test":
        yield "· of this split figures alone are told"
    elif (case := telling_case(gate, summary["failures"], summary.get("differences", ()))) is not None:
        yield from _because(case, gate, blame)


def _certainty(gate: Row, gates: Sequence[Row]) -> Iterator[str]:
    """The comparison on the same cases, where this or a sibling gate made one, else the interval of the value."""
    if gate.get("comparison"):
        return  # the reason tells it
    same = [row["comparison"] for row in gates if row.get("comparison") and all(row[k] == gate[k] for k in _KEY)]
    if same:
        yield f"· on the same {same[0]['pairs']} cases {_compared(same[0])}"
    elif gate["low"] is not None:
        metric = gate["metric"]
        yield f"· 95 % {number(gate['low'], metric)}–{number(gate['high'], metric)} over {gate['n']}"


def _compared(told: Row) -> str:
    bounds = f"95 % {told['low']:+.3f} to {told['high']:+.3f}"
    return f"{told['after'] - told['before']:+.3f} ({bounds}, Holm p {told['p_adjusted']:.2g})"


def _intent(gate: Row, figures: Sequence[Row]) -> Iterator[str]:
    """Where most cases failed, unless the gate names its slice."""
    if gate["slice"]:
        return
    same = [row for row in figures if all(row[k] == gate[k] for k in _KEY[:3]) and row["slice"].startswith("intent:")]
    worst = max(same, key=lambda row: (row["failed"], row["failed"] / max(1, row["n"])), default=None)
    if worst is not None and worst["failed"]:
        yield f"· most in {code(worst['slice'].partition(':')[2])}: {worst['failed']} of {worst['n']} cases failed"


def _because(case: Row, gate: Row, blame: Row | None) -> Iterator[str]:
    yield f"· {escaped(case['id'])} ({code(':'.join((case['path'], str(case['line']))))})"
    claim = telling_claim(case)
    if claim is None:
        reason = next(score["reason"] for score in case["scores"] if score["metric"] == gate["metric"])
        yield f"{escaped(reason or case['error'] or '', 300)}"
    else:
        yield _claim(claim)
    if culprit := _culprit(case, blame):
        yield f"· blamed on the {escaped(culprit)}"


def _claim(claim: Row) -> str:
    node = f"at {code(claim['node'])} " if claim.get("node") else ""
    kind = f", {escaped(claim['kind'])}" if claim.get("kind") else ""
    evidence = claim.get("evidence") or {}
    against = f"; {code(place_of(evidence))}: “{escaped(evidence.get('text', ''), _EVIDENCE)}”" if evidence else ""
    return f"{node}said “{escaped(claim['text'], _CLAIM)}” ({escaped(claim['cell'])}{kind}){against}"


def _got_worse(gate: Row, differences: Sequence[Row]) -> set[str]:
    """The dev cases that lost most in the gate's metric since the baseline."""
    own = [row for row in differences if row["suite"] == gate["suite"] and row["metric"] == gate["metric"]]
    return {str(case["id"]) for row in own for case in row["changed"] if case["gain"] < 0}


def _culprit(case: Row, blame: Row | None) -> str:
    for suite in blame["suites"] if blame else ():
        for row in suite["cases"]:
            if suite["name"] == case["suite"] and row["id"] == case["id"]:
                return str(row["component"])
    return ""


def _counts_for(failure: Row, gate: Row) -> bool:
    """The case failed the gate's metric; where the gate speaks of one intent, an offending claim served it."""
    if all(score["metric"] != gate["metric"] for score in failure["scores"]):
        return False
    kind, _, name = gate["slice"].partition(":")
    return not kind or (kind == "intent" and any(claim.get("intent") == name for claim in failure["claims"]))


def _rank(claim: Row | None) -> int:
    return len(_WORST_CELLS) if claim is None else _WORST_CELLS.index(str(claim["cell"]))
