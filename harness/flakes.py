"""The ledger of a suite whose cases were asked several times, case by case; it holds counts and the flaky dev cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from harness.cases import Observation
from harness.reading import CaseResult
from harness.score import GOLD
from harness.stats.repeats import SAID, Repeated, ledger, response_digest
from harness.trial import Metric

MOST = 50
"""Flaky dev cases that are told by metric; the rest are counted."""


@dataclass
class Tally:
    """One metric over all cases: pass^k summed over those that had k repeats, and who was unsteady how often."""

    cases: int = 0
    total: float = 0.0
    flakes: Counter[str] = field(default_factory=Counter)


class Flakes:
    """The ledger of one suite.

    Args:
        repeats: how often each case was asked, k.
        metrics: those of the run. What reads times, costs or events can only be unsteady by the system's doing.
    """

    def __init__(self, repeats: int, metrics: Iterable[Metric]) -> None:
        self._k = repeats
        self._volatile = {row.name for row in metrics if {part.partition(".")[0] for part in row.needs} - {*SAID, GOLD}}
        self._tallies: dict[str, Tally] = {}
        self._flaky: list[Repeated] = []

    def show(self, result: CaseResult, answers: Sequence[Observation]) -> None:
        """Take in a case with its scores and what came back, by repeat."""
        scores = [score for score in result.scores if not score.metric.endswith("_ms")]
        digests = [(one.suite, one.id, one.repeat, response_digest(one.response)) for one in answers]
        for row in ledger(scores, digests, self._volatile):
            self._count(row)

    def rows(self) -> list[dict[str, object]]:
        """A row a metric: its mean pass^k, how many cases are flaky by whose doing, and the first of them by name."""
        return [
            {
                "metric": metric,
                "k": self._k,
                "cases": tally.cases,
                "pass_power": tally.total / tally.cases if tally.cases else None,
                **{flake: tally.flakes[flake] for flake in ("system", "judge", "both")},
                "flaky": [asdict(row) for row in self._flaky if row.metric == metric][:MOST],
            }
            for metric, tally in self._tallies.items()
        ]

    def _count(self, row: Repeated) -> None:
        tally = self._tallies.setdefault(row.metric, Tally())
        if (power := row.pass_power(self._k)) is not None:
            tally.cases += 1
            tally.total += power
        if row.flake != "steady":
            tally.flakes[row.flake] += 1
            if row.split == "dev" and tally.flakes.total() <= MOST:
                self._flaky.append(row)


def notes(suite: str, rows: Iterable[Mapping[str, object]]) -> list[str]:
    """One line a metric that is unsteady somewhere."""
    return [
        f"{suite} {row['metric']}: pass^{row['k']} {row['pass_power']:.3f} over {row['cases']} cases; "
        f"unsteady: {row['system']} by the system, {row['judge']} by the judge, {row['both']} by both"
        for row in rows
        if (row["system"] or row["judge"] or row["both"]) and row["pass_power"] is not None
    ]
