"""How a run stands: its figures, held against gates and baseline. Scores that are out of date are made anew first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from textwrap import shorten
from types import MappingProxyType

from harness.aggregate import figures as aggregated
from harness.baseline import Baseline
from harness.bench import Bench
from harness.cases import Direction, Figure, Gate, GateResult
from harness.failures import Cells, Reasons, Worst
from harness.flakes import Flakes, notes
from harness.gate import Evidence, complete, held
from harness.judging.figures import DIRECTIONS as JUDGE_DIRECTIONS
from harness.latency import latency_figures
from harness.margins import Members, comparisons, members, wanted
from harness.margins import Run as Compared
from harness.mutation.directions import DIRECTIONS as MUTATION_DIRECTIONS
from harness.reading import CaseResult, Run
from harness.rescoring import rescore
from harness.score import lacking
from harness.stats.pairs import values_by_case
from harness.summary import Outcome, SuiteOutcome
from harness.timing.own_time import METRIC as OWN_TIME
from harness.timing.own_time import own_time_figures

_NAMED, _LETTERS = 5, 200
LATENCIES = ("latency_p50_ms", "latency_p95_ms", "latency_p99_ms")
OTHER_DIRECTIONS: Mapping[str, Direction] = MappingProxyType(
    {
        **dict.fromkeys(LATENCIES, "lower"),
        "knowledge_drift": "lower",
        OWN_TIME: "lower",
        **JUDGE_DIRECTIONS,
        **MUTATION_DIRECTIONS,
    }
)
"""Of figures that are no metric of a case; higher is better for the rest of them."""


def outcome(bench: Bench, run: Run, gates: Sequence[Gate], baseline: Baseline, only: Sequence[str] = ()) -> Outcome:
    """Tell how a run stands.

    Args:
        bench: the world.
        run: an opened run.
        gates: all of them; those of other suites than `only`, where it names some, are passed over.
        baseline: what was accepted, or `NO_BASELINE`.
        only: names of suites.

    Raises:
        DataError: a row of the scores is damaged.
    """
    _score_if_needed(bench, run)
    suites = [_suite(bench, run, name) for name in run.cases]
    others = run.folder.read_others()
    wanted_gates = [gate for gate in gates if not only or gate.suite in only]
    results = held(wanted_gates, _evidence(bench, run, suites, others, wanted_gates, baseline))
    results += [_complete(suite, run, baseline) for suite in suites if not only or suite.name in only]
    unsteady = [line for suite in suites for line in notes(suite.name, suite.flakes)]
    return Outcome(run, suites, others, results, (*_notes(run, suites), *_changed_questions(run, baseline), *unsteady))


def _score_if_needed(bench: Bench, run: Run) -> None:
    """See to it that the scores are those of the observations, the cases and the knowledge as they stand now."""
    if not run.folder.is_scored(run.manifest, bench.inputs_digest(run.cases)):
        if run.manifest.digests:
            bench.tell("cases, observations or knowledge changed since they were scored: scoring again")
        rescore(bench, run)


def _suite(bench: Bench, run: Run, name: str) -> SuiteOutcome:
    """Walk once through the scores of a suite; all that is told of it is folded on the way."""
    seen, metrics = run.observations[name], bench.metrics(run.manifest.metrics)
    worst, cells, reasons, verdicts = Worst(), Cells(), Reasons(), Counter[str]()
    flakes = Flakes(run.manifest.repeat, metrics)

    def shown() -> Iterator[CaseResult]:
        for result in run.results(name):
            worst.show(result)
            cells.show(result)
            reasons.show(result)
            if run.manifest.repeat > 1:
                flakes.show(result, run.answers(result.case))
            verdicts.update(score.verdict for score in result.scores)
            yield result

    found = aggregated(shown())
    given = seen.given(gold=bool(bench.resources().gold.texts))
    return SuiteOutcome(
        name=name,
        target=run.manifest.suite(name).target,
        cases=len(seen.cases),
        observed=len(seen),
        failed=dict(seen.errors),
        verdicts=dict(verdicts),
        reasons=dict(reasons.counts),
        figures=[*found, *latency_figures(name, seen), *own_time_figures(name, seen)],
        lacking=lacking(metrics, seen.cases, given),
        missing=list(seen.missing()),
        gone=list(seen.strangers),
        cells=cells.rows(name),
        failures=worst.rows(run),
        flakes=flakes.rows(),
    )


def _evidence(
    bench: Bench,
    run: Run,
    suites: Sequence[SuiteOutcome],
    others: Sequence[Figure],
    gates: Sequence[Gate],
    baseline: Baseline,
) -> Evidence:
    absent = [(suite.name, part, names) for suite in suites for part, names in suite.lacking.items()]
    metrics = bench.metrics(run.manifest.metrics)
    directions = {**OTHER_DIRECTIONS, **{row.name: row.direction for row in metrics}}
    figures = [*(figure for suite in suites for figure in suite.figures), *others]
    return Evidence(
        figures=figures,
        baseline=baseline.figures,
        not_applicable={
            **{(suite.name, name): "timings_ms" for suite in suites if not _is_timed(suite) for name in LATENCIES},
            **{(suite, name): part for suite, part, names in absent for name in names},
        },
        suites={suite.name for suite in suites} | {figure.suite for figure in others},
        directions=directions,
        comparisons=comparisons(gates, _compared(run, gates, figures, directions, baseline), baseline),
    )


def _compared(
    run: Run,
    gates: Sequence[Gate],
    figures: Sequence[Figure],
    directions: Mapping[str, Direction],
    baseline: Baseline,
) -> Compared:
    """What gates with a margin compare; without such gates nothing is read for them."""
    asked = wanted(gates)
    named: dict[str, Members] = {
        suite: members(cases) for suite, cases in run.cases.items() if any(place[0] == suite for place in asked)
    }
    reworded = {suite: _reworded(run, baseline, suite) for suite in named}
    return Compared(named, figures, values_by_case(run.scores(), asked) if asked else {}, directions, reworded)


def _reworded(run: Run, baseline: Baseline, suite: str) -> list[str]:
    """Cases of the run that asked something else when the baseline was accepted, though their ids are the same."""
    cases = run.cases[suite]
    return [id_ for id_ in baseline.reworded(suite, cases.asks) if cases.number(id_) is not None]


def _is_timed(suite: SuiteOutcome) -> bool:
    return any(figure.metric in LATENCIES for figure in suite.figures)


def _complete(suite: SuiteOutcome, run: Run, baseline: Baseline) -> GateResult:
    asked, cases = run.manifest.suite(suite.name), run.cases[suite.name]
    accepted = () if asked.split or asked.limit else baseline.cases.get(suite.name, ())
    gone = [id_ for id_ in dict.fromkeys((*accepted, *suite.gone)) if cases.number(id_) is None]
    return complete(suite.name, suite.cases, [id_ for id_, _ in suite.missing], gone)


def _changed_questions(run: Run, baseline: Baseline) -> Iterator[str]:
    for suite in run.cases:
        if found := _reworded(run, baseline, suite):
            told = f"{', '.join(found[:_NAMED])}{' …' if len(found) > _NAMED else ''}"
            yield (
                f"{suite}: {len(found)} cases ask something else than when the baseline was accepted: {told}; margins"
                " leave them out, max_drop does not: call `harness baseline accept --reason …`"
            )


def _notes(run: Run, suites: Sequence[SuiteOutcome]) -> Iterator[str]:
    beside = run.manifest.concurrency
    if beside > 1:
        yield f"{beside} cases were asked at a time: latencies measure the neighbours too"
    for suite in suites:
        if suite.failed:
            told = ", ".join(f"{reason} {count}" for reason, count in suite.failed.items())
            yield f"{suite.name}: {sum(suite.failed.values())} of {suite.observed} answers failed: {told}"
            for reason, message in run.observations[suite.name].examples.items():
                yield f"{suite.name}: {reason}, for one: {shorten(message, _LETTERS, placeholder=' …')}"
        if suite.reasons:
            reason, count = max(suite.reasons.items(), key=lambda item: item[1])
            yield f"{suite.name}: {suite.verdicts['UNMEASURED']} scores unmeasured, {count} of them: {reason}"
