"""How a run stands: its figures, held against gates and baseline. Scores that are out of date are made anew first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from harness.aggregate import figures as aggregated
from harness.baseline import Baseline
from harness.cases import Case, Direction, Figure, Gate, GateResult
from harness.evaluation import Bench, cases_by_suite, inputs_digest, matching, rescore
from harness.gate import Evidence, complete, held
from harness.jsonl import read_rows
from harness.judging.figures import DIRECTIONS as JUDGE_DIRECTIONS
from harness.latency import latency_figures
from harness.records import figure_from
from harness.runs import Manifest, RunFolder
from harness.score import lacking, parts_given
from harness.summary import Outcome, SuiteOutcome

LATENCIES = ("latency_p50_ms", "latency_p95_ms")
OTHER_DIRECTIONS: Mapping[str, Direction] = MappingProxyType(
    {
        **dict.fromkeys(LATENCIES, "lower"),
        "knowledge_drift": "lower",
        **JUDGE_DIRECTIONS,
    }
)
"""Of figures that are no metric of a case; higher is better for the rest of them."""


def outcome(
    bench: Bench, folder: RunFolder, gates: Sequence[Gate], baseline: Baseline, only: Sequence[str] = ()
) -> Outcome:
    """Tell how a run stands.

    Args:
        bench: the world.
        folder: of the run.
        gates: all of them; those of other suites than `only`, where it names some, are passed over.
        baseline: what was accepted, or `NO_BASELINE`.
        only: names of suites.

    Raises:
        ReportMissing: nothing was run here.
        DataError: a file of the run or of the data is damaged.
    """
    manifest = folder.read_manifest()
    cases = cases_by_suite(bench, manifest)
    if not folder.is_scored(manifest, inputs_digest(bench, cases)):
        bench.tell("cases, observations or knowledge changed since they were scored: scoring again")
        rescore(bench, folder)
    suites = _suites(bench, folder, manifest, cases)
    others = [figure_from(row) for _, row in read_rows(folder.others)]
    wanted = [gate for gate in gates if not only or gate.suite in only]
    results = held(wanted, _evidence(bench, manifest, suites, others, baseline))
    results += [_complete(suite, manifest, baseline) for suite in suites if not only or suite.name in only]
    return Outcome(manifest.started_at, manifest.profile, suites, others, results)


def _suites(
    bench: Bench, folder: RunFolder, manifest: Manifest, cases: Mapping[str, Sequence[Case]]
) -> list[SuiteOutcome]:
    observations, scores = folder.read_observations(), folder.read_scores()
    metrics, gold = bench.metrics(manifest.metrics), bool(bench.resources().gold.texts)
    found = []
    for suite in manifest.suites:
        seen = matching(observations.get(suite.name, {}), cases[suite.name])
        own = [score for score in scores if score.suite == suite.name]
        by_id = {case.id: case for case in cases[suite.name]}
        found.append(
            SuiteOutcome(
                name=suite.name,
                target=suite.target,
                cases=cases[suite.name],
                observations=seen,
                scores=own,
                figures=[*aggregated(own, by_id), *latency_figures(suite.name, list(seen.values()))],
                lacking=lacking(metrics, cases[suite.name], parts_given(seen.values(), gold=gold)),
            )
        )
    return found


def _evidence(
    bench: Bench, manifest: Manifest, suites: Sequence[SuiteOutcome], others: Sequence[Figure], baseline: Baseline
) -> Evidence:
    absent = [(suite.name, part, names) for suite in suites for part, names in suite.lacking.items()]
    return Evidence(
        figures=[*(figure for suite in suites for figure in suite.figures), *others],
        baseline=baseline.figures,
        not_applicable={
            **{(suite.name, name): "timings_ms" for suite in suites if not _is_timed(suite) for name in LATENCIES},
            **{(suite, name): part for suite, part, names in absent for name in names},
        },
        suites={suite.name for suite in suites} | {figure.suite for figure in others},
        directions={**OTHER_DIRECTIONS, **{row.name: row.direction for row in bench.metrics(manifest.metrics)}},
    )


def _is_timed(suite: SuiteOutcome) -> bool:
    return any(figure.metric in LATENCIES for figure in suite.figures)


def _complete(suite: SuiteOutcome, manifest: Manifest, baseline: Baseline) -> GateResult:
    run = next(part for part in manifest.suites if part.name == suite.name)
    ids = [case.id for case in suite.cases]
    gone = [] if run.split or run.limit else baseline.gone(suite.name, ids)
    return complete(suite.name, len(ids), [case.id for case in suite.missing], gone)
