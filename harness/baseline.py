"""The accepted state that later runs are compared with. Changed only by `harness baseline accept --reason`.

Values by case are kept beside the figures, so that a later run can be compared case by case.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.cases import DataError, Figure, Score
from harness.stats.pairs import Values, values_by_case

SCHEMA = "baseline/1"


@dataclass(frozen=True)
class Baseline:
    """What was accepted, when and why. `cases` are the ids by suite, `values` by suite and metric align with them.

    So does `asked`, the fingerprints of the questions; it is empty in a baseline of before they were kept.
    """

    accepted_at: str
    reason: str
    figures: Mapping[tuple[str, str, str, str], float]
    cases: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Mapping[str, tuple[float | None, ...]]] = field(default_factory=dict)
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def reworded(self, suite: str, asks: Callable[[str, str], bool]) -> list[str]:
        """Cases that were accepted with another question; `asks` says whether an id has a fingerprint today."""
        pairs = zip(self.cases.get(suite, ()), self.asked.get(suite, ()), strict=False)
        return [id_ for id_, fingerprint in pairs if not asks(id_, fingerprint)]

    def gone(self, suite: str, ids: Iterable[str]) -> list[str]:
        """Cases of the baseline that are no longer among `ids`."""
        now = set(ids)
        return [id_ for id_ in self.cases.get(suite, ()) if id_ not in now]

    def by_case(self, suite: str, metric: str) -> Values | None:
        """The accepted values of a metric by case id; None where none were kept."""
        values = self.values.get(suite, {}).get(metric)
        return None if values is None else dict(zip(self.cases[suite], values, strict=True))


NO_BASELINE = Baseline("", "", {}, {})


def accepted(
    figures: Iterable[Figure], scores: Iterable[Score], asked: Mapping[str, Mapping[str, str]], reason: str, now: str
) -> dict[str, object]:
    """The JSON of a new baseline. Latencies are left out: they are those of one machine; tags: they are too many.

    Of a case that was asked several times the mean is kept. Figures and scores are read once; `asked` are the
    fingerprints of the questions by suite and case id.
    """
    kept = [figure for figure in figures if _is_kept(figure)]
    values = values_by_case(score for score in scores if not score.metric.endswith("_ms"))
    return {
        "schema": SCHEMA,
        "accepted_at": now,
        "reason": reason,
        "suites": {suite: _suite(suite, asked.get(suite, {}), kept, values) for suite in _suites(kept, asked)},
    }


def baseline_from(table: object, where: str) -> Baseline:
    """Read a baseline.

    Raises:
        DataError: it is none; names the file.
    """
    try:
        return _read(table)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{where}: no baseline of {SCHEMA} ({error!r}); accept one anew") from error


def _is_kept(figure: Figure) -> bool:
    return figure.value is not None and not figure.metric.endswith("_ms") and not figure.slice.startswith("tag:")


def _suites(figures: Iterable[Figure], ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*ids, *(figure.suite for figure in figures)]))


def _suite(
    suite: str, asked: Mapping[str, str], figures: Sequence[Figure], values: Mapping[tuple[str, str], Values]
) -> dict[str, object]:
    own = [figure for figure in figures if figure.suite == suite]
    return {
        "cases": list(asked),
        "asked": list(asked.values()),
        "figures": [[figure.metric, figure.split, figure.slice, figure.value, figure.n] for figure in own],
        "values": {
            metric: [of_metric.get(id_) for id_ in asked] for (of, metric), of_metric in values.items() if of == suite
        },
    }


def _read(table: Any) -> Baseline:
    if table["schema"] != SCHEMA:
        raise ValueError(f"schema {table['schema']!r}")
    suites = table["suites"]
    for part in suites.values():
        _check_values(part)
    return Baseline(
        accepted_at=str(table["accepted_at"]),
        reason=str(table["reason"]),
        figures={
            (suite, metric, split, slice_): _number(value)
            for suite, part in suites.items()
            for metric, split, slice_, value, _ in part["figures"]
        },
        cases={suite: tuple(part["cases"]) for suite, part in suites.items()},
        values={
            suite: {metric: tuple(values) for metric, values in part["values"].items()}
            for suite, part in suites.items()
        },
        asked={suite: tuple(map(str, part.get("asked", ()))) for suite, part in suites.items()},
    )


def _check_values(part: Any) -> None:
    """Raises: ValueError: values do not align with the cases, or one is neither null nor a number."""
    for metric, values in part["values"].items():
        if len(values) != len(part["cases"]):
            raise ValueError(f"{metric} has {len(values)} values of {len(part['cases'])} cases")
        for value in values:
            if value is not None:
                _number(value)


def _number(value: object) -> float:
    """A limit that is no number would hold whatever came."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)
