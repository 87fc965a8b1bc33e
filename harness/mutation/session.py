"""The mutation test of a workspace: its starts gathered, its operators tried, its result written down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cases import ReportMissing
from harness.jsonl import write_text
from harness.mutation.listing import as_json
from harness.mutation.measure import PER_CELL, Outcome, mutation_test
from harness.mutation.mutants import Pool, Start
from harness.mutation.scoring.names import names_of
from harness.mutation.scoring.table import OPERATORS
from harness.mutation.starts import answer_starts, labelled_starts, rule_starts, unique
from harness.ports import Judge

if TYPE_CHECKING:
    from harness.app import Site

LABELLED = "datasets/judge_dev.jsonl"
FILE = "mutations.json"


def mutate(site: Site, folder: Path | None, judge: Judge | None = None) -> Outcome:
    """Test a judge on the answers of a run, the rules and the labelled claims; write `mutations.json` beside the run.

    Args:
        site: the workspace.
        folder: of the run; the newest when None. Without any run only rules and labelled claims are mutated.
        judge: the judge of the workspace if not given.

    Raises:
        ReportMissing: a folder was named and holds no run.
        DataError: a row is damaged.
    """
    run = site.run_folder(folder)
    if folder is not None and not run.manifest.is_file():
        raise ReportMissing(f"no run in {run.path}; call `harness run`, or name its folder")
    answers = list(_of_run(site, folder)) if run.manifest.is_file() else []
    found = mutation_test(judge or site.judge, pool_of(site, answers), OPERATORS)
    if run.manifest.is_file():
        write_text(run.path / FILE, as_json(found))
    return found


def outcome_without_run(site: Site, per_cell: int = PER_CELL) -> Outcome:
    """The same of rules and labelled claims alone."""
    return mutation_test(site.judge, pool_of(site, []), OPERATORS, per_cell)


def pool_of(site: Site, answers: list[Start]) -> Pool:
    """The starts of a workspace behind those of a run, and the names that they and the rules have."""
    labelled = labelled_starts(site.root / LABELLED)
    starts = unique([*labelled, *answers, *rule_starts(site.provenance.sentences)])
    return Pool(tuple(starts), names_of(site.provenance.rulebook, starts))


def _of_run(site: Site, folder: Path | None) -> Iterator[Start]:
    run = site.run_folder(folder)
    suites = site.bench().cases(run.read_manifest())
    cases = {(suite, case.id): case for suite, found in suites.items() for case in found if case.kind == "turn"}
    yield from answer_starts(cases, run.read_observations(), site.resources)
