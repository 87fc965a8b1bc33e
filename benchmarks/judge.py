"""Measure the offline judge on labelled claims it was not fitted on: `python -m benchmarks.judge`.

Reads the project's development claims and the public sets (SHARED_DATA, else ../shared/data). Every claim is judged by
weights that were fitted without its document or question. Printed for each set: AUROC, balanced accuracy, calibration
error, pairs told right (HaluEval, swapped Korean answers), abstentions, with 95 % intervals over documents; then the
controls (no context, a foreign context), each kind of error, and the time a claim takes. With `--left-out` also what
remains of each set when all of it is kept from the fit. Takes two minutes, with `--left-out` five, on an idle machine.
Nothing sealed is read.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence

from benchmarks.commands import REPOSITORY
from benchmarks.console import say, shared_data
from harness.cases import ConfigError, Judgement
from harness.judging.calibration import calibration
from harness.judging.controls import controls
from harness.judging.fit import Example, examples, fit, out_of_fold
from harness.judging.measures import describe
from harness.judging.offline import OfflineJudge, offline_judge
from harness.judging.recipe import BAND
from harness.judging.sets import Labelled
from harness.judging.sheet import sheets
from harness.judging.training import material

OWN = ("rules", "guide", "strangers", "observed", "answers")
_HEAD = f"{'set':<12} {'claims':>6}  {'AUROC':<22} {'balanced accuracy':<22} {'ECE':>5} {'pairs':>6} {'abstains':>8}\n"


def main() -> None:
    """Print the tables, or one line that says what is missing."""
    try:
        rows = material(REPOSITORY, shared_data()).rows()
    except ConfigError as error:
        say(f"the judge is not measured: {error}\n")
        return
    known = examples(rows)
    judged = out_of_fold(known)
    say(f"out of fold\n{_HEAD}")
    _sets(rows, judged)
    if "--left-out" in sys.argv[1:]:
        say(f"\nthe whole set kept from the fit\n{_HEAD}")
        _sets(rows, _set_left_out(known))
    _controls(rows)
    _kinds(rows, judged)
    _speed(rows)


def _sets(rows: Sequence[Labelled], judged: Sequence[Judgement]) -> None:
    for name, found in describe(rows, [one.p_supported for one in judged], BAND).items():
        say(
            f"{name:<12} {found['claims']:>6}  {_interval(found['auroc']):<22} "
            f"{_interval(found['balanced_accuracy']):<22} {found['calibration_error']:>5} "
            f"{found.get('pairwise', ''):>6} {found['abstains']:>8}\n"
        )


def _interval(found: object) -> str:
    value, low, high = found if isinstance(found, list) else (0.0, 0.0, 0.0)
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _set_left_out(known: Sequence[Example]) -> list[Judgement]:
    judges = {
        name: OfflineJudge(fit([one for one in known if one.row.set != name])) for name in {e.row.set for e in known}
    }
    return [judges[one.row.set].judge(one.row.question, one.row.context, one.row.claim) for one in known]


def _controls(rows: Sequence[Labelled]) -> None:
    say("\ncontrols by the shipped weights: AUROC must be .5, without a context every claim abstained on\n")
    for name in dict.fromkeys(row.set for row in rows):
        found = controls(offline_judge(), [row for row in rows if row.set == name])
        say(f"{name:<12} {'; '.join(f'{which}: {_shares(shares)}' for which, shares in found.items())}\n")


def _shares(found: Mapping[str, object]) -> str:
    return f"AUROC {_interval(found['auroc'])}, supported {found['supported']}, abstains {found['abstain']}"


def _kinds(rows: Sequence[Labelled], judged: Sequence[Judgement]) -> None:
    own = [(row, found) for row, found in zip(rows, judged, strict=True) if row.set in OWN]
    found = calibration("out of fold, own claims", [row for row, _ in own], [one for _, one in own])
    for title, table in sheets([found]):
        say(f"\n{title}\n")
        for line in table:
            say("  ".join(f"{cell:<12}" for cell in line).rstrip() + "\n")


def _speed(rows: Sequence[Labelled]) -> None:
    say("\nmilliseconds of processor time a claim, by the length of its context\n")
    judge = offline_judge()
    for low, high in ((0, 200), (200, 500), (500, 1000), (1000, 100_000)):
        chosen = [row for row in rows if low <= sum(map(len, row.context)) < high][:500]
        started = time.process_time()
        for row in chosen:
            judge.judge(row.question, row.context, row.claim)
        say(f"{low:>6} to {high:<7} characters {(time.process_time() - started) / len(chosen) * 1000:.2f}\n")


if __name__ == "__main__":
    main()
