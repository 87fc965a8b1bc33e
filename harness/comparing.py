"""Two runs side by side: quality on the same cases, latency by node, what they spent. Plain JSON, schema `compare`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from harness.cases import Comparison, Direction
from harness.latency import PERCENTILES, told
from harness.margins import Members
from harness.sides import SPENT, Side
from harness.stats.compare import adjusted, compared
from harness.stats.margin import sees
from harness.stats.pairs import Pairs, paired

SCHEMA = "compare/1"
ALPHA = 0.05
MOST_CHANGED = 5
_NO_DIFFERENCE = "no difference seen"


@dataclass(frozen=True)
class _Asked:
    suite: str
    metric: str
    direction: Direction
    pairs: Pairs


def compared_sides(
    one: Side, two: Side, members: Mapping[str, Members], directions: Mapping[str, Direction]
) -> dict[str, Any]:
    """Compare two sides; what only one of them has is counted and told.

    Args:
        one: the earlier.
        two: the later.
        members: the cases by suite: which belong together, which are of the dev split and may be named.
        directions: by metric; higher is better where nothing is said.
    """
    metrics = list(_quality(one, two, members, directions))
    return {
        "schema": SCHEMA,
        "a": {"name": one.name, "about": one.about},
        "b": {"name": two.name, "about": two.about},
        "alpha": ALPHA,
        "metrics": metrics,
        "latency": list(_latency(one, two)),
        "spending": list(_spending(one, two)),
        "notes": _notes(one, two),
    }


def is_worse(table: Mapping[str, Any]) -> bool:
    """Any metric got worse beyond chance."""
    return any(row["verdict"] == "worse" for row in table["metrics"])


def _quality(
    one: Side, two: Side, members: Mapping[str, Members], directions: Mapping[str, Direction]
) -> Iterator[dict[str, Any]]:
    """A row a metric; p values are two-sided and adjusted over all rows."""
    both = [place for place in two.values if place in one.values and not place[1].endswith("_ms")]
    reworded = {suite: _reworded(one, two, suite) for suite, _ in both}
    asked, found = [], []
    for suite, metric in both:
        other, direction = reworded[suite], directions.get(metric, "higher")
        before = {id_: value for id_, value in one.values[suite, metric].items() if id_ not in other}
        pairs = paired(before, {id_: value for id_, value in two.values[suite, metric].items() if id_ not in other})
        clusters = members[suite].clusters if suite in members else {}
        if comparison := compared(pairs, clusters, direction, ALPHA / 2 / len(both)):
            asked.append(_Asked(suite, metric, direction, pairs))
            found.append(comparison)
    two_sided = [min(1.0, 2 * min(row.p_worse, row.p_better)) for row in found]
    for what, comparison in zip(asked, adjusted(found, two_sided), strict=True):
        yield _row(what, comparison, members.get(what.suite))


def _row(asked: _Asked, comparison: Comparison, members: Members | None) -> dict[str, Any]:
    return {
        "suite": asked.suite,
        "metric": asked.metric,
        "direction": asked.direction,
        **asdict(comparison),
        "difference": comparison.difference,
        "verdict": _verdict(comparison),
        "sees": sees(comparison),
        **_changed(asked, members),
    }


def _verdict(comparison: Comparison) -> str:
    if comparison.p_adjusted > ALPHA:
        return _NO_DIFFERENCE
    return "worse" if comparison.p_worse < comparison.p_better else "better"


def _changed(asked: _Asked, members: Members | None) -> dict[str, Any]:
    """How many cases changed, and the dev cases that changed most, the worse first."""
    pairs, sign = asked.pairs, 1 if asked.direction == "higher" else -1
    gains = {id_: sign * float(gain) for id_, gain in zip(pairs.ids, pairs.differences, strict=True) if gain}
    dev = set(members.within("dev", "")) if members else set()
    named = sorted(dev & gains.keys(), key=lambda id_: (-abs(gains[id_]), gains[id_], id_))[:MOST_CHANGED]
    values = dict(zip(pairs.ids, zip(pairs.before.tolist(), pairs.after.tolist(), strict=True), strict=True))
    worse = sum(gain < 0 for gain in gains.values())
    return {
        "got_worse": worse,
        "got_better": len(gains) - worse,
        "changed": [
            {"id": id_, "before": values[id_][0], "after": values[id_][1], "gain": gains[id_]} for id_ in named
        ],
    }


def _latency(one: Side, two: Side) -> Iterator[dict[str, Any]]:
    for place in sorted(one.latencies.keys() | two.latencies.keys()):
        samples = [side.latencies.get(place, ()) for side in (one, two)]
        row: dict[str, Any] = {"suite": place[0], "node": place[1], "n_a": len(samples[0]), "n_b": len(samples[1])}
        for percent in PERCENTILES:
            row |= _two(f"p{percent}_ms", *(told(values, percent).value for values in samples))
        yield row


def _spending(one: Side, two: Side) -> Iterator[dict[str, Any]]:
    """Means a turn, so that runs of different length compare."""
    for suite in [name for name in two.spending if name in one.spending]:
        before, after = one.spending[suite], two.spending[suite]
        row: dict[str, Any] = {"suite": suite, **_two("turns", before.turns, after.turns)}
        row |= _two("failed", before.failed, after.failed)
        for name in SPENT:
            means = [part.totals[name] / part.turns if name in part.totals else None for part in (before, after)]
            row |= _two(f"{name}_a_turn", *means)
        yield row


def _two(name: str, one: float | None, two: float | None) -> dict[str, float | None]:
    """Both values and how many times the first the second is; None where it cannot be said."""
    return {f"{name}_a": one, f"{name}_b": two, f"{name}_ratio": two / one if one and two is not None else None}


def _notes(one: Side, two: Side) -> list[str]:
    notes = [*_only(one, two), *_only(two, one)]
    notes += [
        f"{suite}: {count} cases ask something else in {two.name}, left out of every difference"
        for suite in two.asked
        if (count := len(_reworded(one, two, suite)))
    ]
    if one.inputs and two.inputs and one.inputs != two.inputs:
        notes.append("scored by different cases or knowledge; `harness score FOLDER` scores either anew")
    return notes


def _only(one: Side, two: Side) -> Iterator[str]:
    """What only one side has."""
    for suite, ids in _ids(one).items():
        if count := len(ids - _ids(two).get(suite, set())):
            yield f"{suite}: {count} cases only in {one.name}, left out of every difference"
    for suite, metric in one.values.keys() - two.values.keys():
        yield f"{suite}: {metric} only in {one.name}"


def _reworded(one: Side, two: Side, suite: str) -> set[str]:
    """Cases of the same id that asked something else: their difference says nothing of the target."""
    before, after = one.asked.get(suite, {}), two.asked.get(suite, {})
    return {id_ for id_ in before.keys() & after.keys() if before[id_] != after[id_]}


def _ids(side: Side) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for (suite, _), values in side.values.items():
        found.setdefault(suite, set()).update(values)
    return found
