"""Was a turn's answer good: the metrics of its case, asked once for each different answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from harness.cases import Case, ConfigError, Observation
from harness.jsonl import dump
from harness.load.samples import Sample
from harness.score import GOLD, lacking, parts_of, score
from harness.trial import Metric, Resources


def parts_needed(metrics: Iterable[Metric]) -> list[str]:
    """The top-level parts of a response that metrics look at."""
    needs = (need.partition(".")[0] for metric in metrics for need in metric.needs)
    return sorted({need for need in needs if need != "gold"})


def chosen_metrics(names: Sequence[str], known: Mapping[str, Metric]) -> list[Metric]:
    """The rows of the quality gate.

    Raises:
        ConfigError: a metric is unknown, or no value of it fails, so that it can gate nothing.
    """
    for name in names:
        if name not in known or known[name].passes_at is None:
            gating = ", ".join(sorted(row.name for row in known.values() if row.passes_at is not None))
            raise ConfigError(f"--quality {name!r} is no metric that passes or fails; known are {gating}")
    return [known[name] for name in names]


def lacking_parts(
    samples: Iterable[Sample], cases: Iterable[Case], metrics: Sequence[Metric], *, gold: bool
) -> list[str]:
    """Why metrics of the quality gate can say nothing of any turn, a line a part that no answer gives."""
    kept = {id(sample.kept): sample.kept for sample in samples if not sample.error}
    given = {GOLD} if gold else set[str]()
    absent = lacking(metrics, cases, given.union(*map(parts_of, kept.values())) if kept else None)
    return [f"no answer gives {part!r}, which --quality {','.join(names)} needs" for part, names in absent.items()]


def verdicts(
    samples: Iterable[Sample], cases: Iterable[Case], metrics: Sequence[Metric], resources: Resources
) -> dict[int, bool | None]:
    """Whether each answered turn passes every metric that its case asks for; None where one could not be measured."""
    by_id = {case.id: case for case in cases}
    known: dict[tuple[str, str], bool | None] = {}
    found: dict[int, bool | None] = {}
    for sample in samples:
        if not sample.error:
            key = (sample.case, dump(sample.kept))
            if key not in known:
                known[key] = _passes(by_id[sample.case], sample, metrics, resources)
            found[sample.number] = known[key]
    return found


def _passes(case: Case, sample: Sample, metrics: Sequence[Metric], resources: Resources) -> bool | None:
    seen = Observation(case.id, case.suite, case.split, case.question, sample.kept)
    told = {row.verdict for row in score([case], {case.id: seen}, metrics, None, resources, 0.0)}
    if "FAIL" in told:
        return False
    return None if "UNMEASURED" in told else True
