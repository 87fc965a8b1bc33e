"""The parts of the Markdown report below its verdict. Each is a list of lines, empty where there is nothing to tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.ci.layout import MOST_ROWS, folded, listed, table
from harness.ci.words import SIGNS, code, escaped, number, place_of, where

Row = Mapping[str, Any]
_STANDINGS = ("fails", "unmeasured", "holds", "N/A")
_NO_DIFFERENCE = "no difference seen"


def gates(rows: Sequence[Row]) -> list[str]:
    """The gates that moved or do not hold in full sight, the others folded."""
    head = ("", "gate", "where", "limit", "value", "95 %", "n", "unmeasured", "baseline", "why")
    moved = sorted(filter(_moved, rows), key=lambda row: _STANDINGS.index(row["standing"]))
    still = [row for row in rows if not _moved(row)]
    lines = table(head, moved, _gate) if moved else []
    return lines + folded(
        f"Gates that hold as the baseline did: {len(still)}", table(head, still, _gate) if still else []
    )


def missing(rows: Sequence[Row]) -> list[str]:
    """Cases without an observation; those of the test split are counted."""
    if not rows:
        return []
    named = [escaped(row["id"]) for row in rows if row["split"] == "dev"]
    sealed = len(rows) - len(named)
    shown = [*named[:MOST_ROWS], *([f"{len(named) - MOST_ROWS} more"] if len(named) > MOST_ROWS else [])]
    return [f"**Missing:** {', '.join([*shown, *([f'{sealed} of the test split'] if sealed else [])])}", ""]


def notes(summary: Row) -> list[str]:
    """What was not applicable, and what the run itself has to say."""
    lines = [
        f"- N/A for {escaped(row['suite'])}, whose target gives no {code(row['part'])}: "
        + escaped(", ".join(row["metrics"]))
        for row in summary["not_applicable"]
    ]
    lines += [f"- {escaped(note, 500)}" for note in summary.get("notes", ())]
    return [*lines, ""] if lines else []


def differences(rows: Sequence[Row]) -> list[str]:
    """What changed against the baseline on the same cases (rows of `compare/1`): the surely worse first."""
    changed = sorted((row for row in rows if row["got_worse"] or row["got_better"]), key=_harm)
    if not changed:
        return (
            [f"### Against the baseline\n\nAll {len(rows)} metrics are as they were, case by case.", ""] if rows else []
        )
    head = ("metric", "suite", "before", "after", "difference", "95 %", "p", "cases worse", "better", "verdict")
    told = f"Metrics that changed for no case: {len(rows) - len(changed)}." if len(rows) > len(changed) else ""
    return ["### Against the baseline", "", *table(head, changed, _difference), *([told, ""] if told else [])]


def failure(row: Row) -> str:
    """One failed dev case, folded: what was asked and said, what it scored, which claims offend."""
    lines = [f"> {escaped(row['answer'] or row['error'] or '', 600)}", ""]
    lines += [_score(score) for score in row["scores"]]
    lines += [_claim(claim) for claim in row["claims"]]
    title = f"{row['id']}: {row['turns'][-1]}"
    return "\n".join(folded(title, [*lines, ""])) + "\n"


def flakes(rows: Sequence[Row]) -> list[str]:
    """Metrics whose repeats disagree, with the dev cases that do."""
    unsteady = [row for row in rows if row["system"] or row["judge"] or row["both"]]
    if not unsteady:
        return []
    head = ("metric", "suite", "pass^k", "by the system", "by the judge", "by both", "dev cases")
    return ["### Unsteady", "", *table(head, unsteady, _flake)]


def blame(found: Row | None) -> list[str]:
    """Which component the failed cases are blamed on (`blame.json`)."""
    suites = [suite for suite in found["suites"] if suite["failed"]] if found else []
    rows = [
        {"suite": suite["name"], "component": component, **counts, "cases": suite["cases"]}
        for suite in suites
        for component, counts in _by_component(suite["counts"]).items()
    ]
    head = ("blamed on", "suite", "dev", "test", "dev cases")
    return ["### Whose fault", "", *table(head, rows, _blamed)] if rows else []


def mutations(found: Row | None) -> list[str]:
    """How many falsified claims the judge kills and how many true ones it damns (`mutations.json`), by language."""
    rates = [row for row in found["rates"] if row["operator"]] if found else []
    languages = sorted({row["language"] for row in rates})
    cells = {(row["family"], row["operator"], row["language"]): row for row in rates}
    rows = [{"family": family, "operator": name} for family, name in dict.fromkeys((f, o) for f, o, _ in cells)]
    if not rows:
        return []

    def drawn(row: Row) -> list[str]:
        own = [cells.get((row["family"], row["operator"], language)) for language in languages]
        return [escaped(row["family"]), code(row["operator"]), *(_rate(rate) for rate in own)]

    head = ("", "operator", *(language or "all" for language in languages))
    title = "Mutation test of the judge: mutations must be called unsupported, rewrites must not"
    return folded(title, table(head, rows, drawn))


def latency(figures: Sequence[Row]) -> list[str]:
    """Percentiles by node, the slowest first, folded."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in figures:
        kind, _, node = row["slice"].partition(":")
        if kind == "node" and row["metric"].startswith("latency_p"):
            found.setdefault((row["suite"], node), {"n": row["n"]})[row["metric"]] = row["value"]
    rows = [{"suite": suite, "node": node, **values} for (suite, node), values in found.items()]
    rows.sort(key=lambda row: -(row.get("latency_p50_ms") or 0.0))
    head = ("node", "suite", "p50 ms", "p95 ms", "n")
    return folded("Latency by node", table(head, rows, _node)) if rows else []


def _moved(gate: Row) -> bool:
    before, value = gate["baseline"], gate["value"]
    changed = before is not None and value is not None and abs(before - value) > 1e-9
    return gate["standing"] in ("fails", "unmeasured") or changed


def _gate(row: Row) -> list[str]:
    metric = row["metric"]
    bounds = f"{number(row['low'], metric)}–{number(row['high'], metric)}" if row["low"] is not None else ""
    before = number(row["baseline"], metric) if row["baseline"] is not None else ""
    return [
        SIGNS[row["standing"]], code(metric), escaped(where(row)), escaped(row["limit"]), number(row["value"], metric),
        bounds, str(row["n"]), str(row["unmeasured"] or ""), before, escaped(row["reason"], 300),
    ]  # fmt: skip


def _harm(row: Row) -> tuple[int, float]:
    order = {"worse": 0, _NO_DIFFERENCE: 1, "better": 2}
    return order.get(row["verdict"], 1), (1 if row["direction"] == "higher" else -1) * row["difference"]


def _difference(row: Row) -> list[str]:
    return [
        code(row["metric"]), escaped(row["suite"]), number(row["before"]), number(row["after"]),
        f"{row['difference']:+.3f}", f"{row['low']:+.3f} to {row['high']:+.3f}", f"{row['p_adjusted']:.2g}",
        str(row["got_worse"] or ""), str(row["got_better"] or ""),
        f"**{row['verdict']}**" if row["verdict"] != _NO_DIFFERENCE else "may be chance",
    ]  # fmt: skip


def _score(score: Row) -> str:
    return f"- {code(score['metric'])} {number(score['value'], score['metric'])} {escaped(score['reason'], 300)}"


def _claim(claim: Row) -> str:
    who = ", ".join(filter(None, (claim.get("intent"), claim.get("node"))))
    evidence = claim.get("evidence") or {}
    against = f" against {code(place_of(evidence))}: “{escaped(evidence.get('text', ''), 400)}”" if evidence else ""
    kind = f" · {escaped(claim['kind'])}" if claim.get("kind") else ""
    served = f" ({escaped(who)})" if who else ""
    return f"- {escaped(claim['cell'])}{kind}{served}: “{escaped(claim['text'], 400)}”{against}"


def _flake(row: Row) -> list[str]:
    power = "–" if row["pass_power"] is None else f"{row['pass_power']:.3f} (k = {row['k']})"
    by_whom = [str(row[who] or "") for who in ("system", "judge", "both")]
    ids = list(dict.fromkeys(escaped(one["id"]) for one in row["flaky"]))
    return [code(row["metric"]), escaped(row["suite"]), power, *by_whom, listed(ids)]


def _by_component(counts: Row) -> dict[str, dict[str, int]]:
    names = dict.fromkeys([*counts["dev"], *counts["test"]])
    return {name: {split: counts[split].get(name, 0) for split in ("dev", "test")} for name in names}


def _blamed(row: Row) -> list[str]:
    ids = [escaped(case["id"]) for case in row["cases"] if case["component"] == row["component"]]
    return [
        escaped(row["component"]),
        escaped(row["suite"]),
        str(row["dev"] or ""),
        str(row["test"] or ""),
        listed(ids),
    ]


def _rate(rate: Row | None) -> str:
    return f"{rate['rate']:.0%} of {rate['n']}" if rate else ""


def _node(row: Row) -> list[str]:
    percentiles = [number(row.get(f"latency_p{percent}_ms"), "_ms") for percent in (50, 95)]
    return [code(row["node"]), escaped(row["suite"]), *percentiles, str(row["n"])]
