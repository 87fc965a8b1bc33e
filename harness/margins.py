"""The comparisons that gates with a margin ask for: the run against the baseline, on the same cases, as one family."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.baseline import Baseline
from harness.cases import Case, Comparison, Direction, Figure, Gate
from harness.gate import Key, figures_of
from harness.stats.clusters import cluster_of
from harness.stats.compare import adjusted, compared
from harness.stats.pairs import Pairs, Values, paired


@dataclass(frozen=True)
class Members:
    """The cases of a suite as a comparison sees them: by id the places (split, slice) it stands in, and its cluster."""

    places: Mapping[str, frozenset[tuple[str, str]]]
    clusters: Mapping[str, str]

    def within(self, split: str, slice_: str) -> list[str]:
        """The ids in a split and slice, "" for all, in the order of the cases."""
        return [id_ for id_, places in self.places.items() if (split, slice_) in places]


@dataclass(frozen=True)
class Run:
    """What a run gives to compare.

    Attributes:
        members: by suite.
        figures: all of them; a `:*` gate is held for each slice that has one.
        values: by (suite, metric) and case id: `stats.pairs.values_by_case`.
        directions: by metric; higher is better where nothing is said.
        reworded: by suite the cases that asked something else when the baseline was accepted: no pair.
    """

    members: Mapping[str, Members]
    figures: Sequence[Figure]
    values: Mapping[tuple[str, str], Values]
    directions: Mapping[str, Direction]
    reworded: Mapping[str, Collection[str]] = field(default_factory=dict)


def wanted(gates: Iterable[Gate]) -> set[tuple[str, str]]:
    """The (suite, metric) whose values gates with a margin need."""
    return {(gate.suite, gate.metric) for gate in gates if gate.margin is not None}


def members(cases: Iterable[Case]) -> Members:
    """Note splits, slices and clusters of cases, which are read once."""
    noted = [(case.id, _places(case), cluster_of(case)) for case in cases]
    return Members({id_: places for id_, places, _ in noted}, {id_: cluster for id_, _, cluster in noted})


def comparisons(gates: Sequence[Gate], run: Run, baseline: Baseline) -> dict[Key, Comparison]:
    """Compare what gates with a margin ask for; all of it is one family, whose p values are adjusted together.

    Returns:
        By key of the figure. What the baseline holds no values of, or no case of both runs, is not there.
    """
    asked = _asked(gates, run.figures)
    found = {key: one for key, alpha in asked.items() if (one := _compared(key, alpha / len(asked), run, baseline))}
    together = adjusted(list(found.values()), [one.p_worse for one in found.values()])
    return dict(zip(found, together, strict=True))


def _places(case: Case) -> frozenset[tuple[str, str]]:
    slices = ["", *(f"intent:{name}" for name in case.intents), *(f"tag:{name}" for name in case.tags)]
    return frozenset((split, slice_) for split in ("", case.split) for slice_ in slices)


def _asked(gates: Iterable[Gate], figures: Sequence[Figure]) -> dict[Key, float]:
    """The keys to compare, each once, with the strictest alpha that a gate holds it to."""
    asked: dict[Key, float] = {}
    for gate in gates:
        for figure in figures_of(gate, figures) if gate.margin is not None else ():
            if figure is not None:
                asked[figure.key] = min(gate.alpha, asked.get(figure.key, 1.0))
    return asked


def _compared(key: Key, level: float, run: Run, baseline: Baseline) -> Comparison | None:
    suite, metric, split, slice_ = key
    before, of_suite = baseline.by_case(suite, metric), run.members.get(suite)
    if before is None or of_suite is None:
        return None
    same = {id_: value for id_, value in before.items() if id_ not in run.reworded.get(suite, ())}
    pairs = _pairs(same, run.values.get((suite, metric), {}), of_suite, split, slice_)
    return compared(pairs, of_suite.clusters, run.directions.get(metric, "higher"), level)


def _pairs(before: Values, now: Values, of_suite: Members, split: str, slice_: str) -> Pairs:
    """Pairs within a split and slice. Cases that are gone have neither any more: they are told where both are all."""
    ids = dict.fromkeys(of_suite.within(split, slice_))
    whole = not split and not slice_
    return paired(
        {id_: value for id_, value in before.items() if whole or id_ in ids},
        {id_: now.get(id_) for id_ in ids},
    )
