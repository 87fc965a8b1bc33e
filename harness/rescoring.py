"""Score what a run folder holds, a row at a time: what is asked for, observation by observation, straight to disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from harness.bench import Bench
from harness.cases import Case, Observation, Score
from harness.jsonl import dump
from harness.metrics import METRICS
from harness.observations import Observations
from harness.reading import Run
from harness.records import score_row
from harness.score import score
from harness.trial import Metric


def rescore(bench: Bench, run: Run) -> None:
    """Score the observations of a run by the cases, metrics and truth as they stand now. Asks no target.

    Scores count only when all of them were written; a crash before that has them made anew.
    """
    folder, metrics = run.folder, bench.metrics(run.manifest.metrics)
    bench.afford(lambda: _rehearse(bench, run, metrics))
    with folder.scores.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(dump(score_row(found)) + "\n" for found in _scores(bench, run, metrics))
    folder.write_others(bench.others())
    folder.vouch(run.manifest, bench.inputs_digest(run.cases))


def _rehearse(bench: Bench, run: Run, metrics: Sequence[Metric]) -> None:
    """Ask all that our metrics will ask; writes nothing. A metric of the user's own may cost what nobody here knows."""
    ours = [row for row in metrics if METRICS.get(row.name) is row]
    deque(_scores(bench, run, ours), maxlen=0)
    bench.others()


def _scores(bench: Bench, run: Run, metrics: Sequence[Metric]) -> Iterator[Score]:
    manifest, resources = run.manifest, bench.resources()
    for suite, of_suite in run.cases.items():
        seen = run.observations[suite]
        given = seen.given(gold=bool(resources.gold.texts))
        for case in of_suite:
            for repeat in range(manifest.repeat):
                yield from score(
                    [case], _only(seen, case, repeat), metrics, given, resources, manifest.timeout_s, repeat
                )


def _only(seen: Observations, case: Case, repeat: int) -> dict[str, Observation]:
    found = seen.get(case.id, repeat)
    return {} if found is None else {case.id: found}
