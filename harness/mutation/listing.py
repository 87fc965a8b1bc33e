"""A mutation test as people and programs read it: tables, survivors, JSON."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

from harness.mutation.measure import Outcome, Rate, Trialled, rates

SCHEMA = "mutations/1"
_TITLES = {"mutation": ("mutation", "killed"), "rewrite": ("rewrite", "false kills")}


def tables(outcome: Outcome) -> list[list[tuple[str, ...]]]:
    """Two tables with heads: kills of mutations and false kills of rewrites, by operator and language, then all."""
    found = rates(outcome.tried)
    return [_table(title, [rate for rate in found if rate.family == family]) for family, title in _TITLES.items()]


def starts_line(outcome: Outcome) -> str:
    """How many claims were true and accepted as they stand, by source."""
    parts = (
        f"{source} {outcome.accepted.get(source, 0)} of {count}" for source, count in sorted(outcome.asked.items())
    )
    return f"starts that the judge accepts unmutated: {', '.join(parts)}"


def told(trial: Trialled) -> str:
    """One mutant with the claim it was made of and what the judge made of it."""
    mutant, judgement = trial.mutant, trial.judgement
    verdict = f"{judgement.verdict} {judgement.p_supported:.2f}"
    head = f"{mutant.operator} {mutant.language} {verdict} [{mutant.start.id}] {mutant.note}"
    return f"{head}\n  - {mutant.start.text}\n  + {mutant.text}"


def shown(outcome: Outcome, count: int) -> list[Trialled]:
    """The first so many survivors and false kills of each operator and language, the surest mistakes first."""
    found: dict[tuple[str, str], list[Trialled]] = defaultdict(list)
    for trial in (*outcome.survivors(), *outcome.false_kills()):
        found[(trial.mutant.operator, trial.mutant.language)].append(trial)
    return [trial for trials in found.values() for trial in sorted(trials, key=_sureness)[:count]]


def as_json(outcome: Outcome) -> str:
    """The whole result; the same input gives the same text."""
    return json.dumps(as_rows(outcome), ensure_ascii=False, indent=2) + "\n"


def as_rows(outcome: Outcome) -> dict[str, object]:
    """The result as plain JSON types."""
    return {
        "schema": SCHEMA,
        "starts": {
            source: {"asked": count, "accepted": outcome.accepted.get(source, 0)}
            for source, count in sorted(outcome.asked.items())
        },
        "rates": [_rate_row(rate) for rate in rates(outcome.tried)],
        "survivors": [_trial_row(trial) for trial in outcome.survivors()],
        "false_kills": [_trial_row(trial) for trial in outcome.false_kills()],
    }


def _sureness(trial: Trialled) -> float:
    p_supported = trial.judgement.p_supported
    return -p_supported if trial.mutant.family == "mutation" else p_supported


def _table(title: tuple[str, str], found: Sequence[Rate]) -> list[tuple[str, ...]]:
    rows = [(title[0], "language", "mutants", title[1], "rate", "95 %", "abstained")]
    cells = [rate for rate in found if rate.operator and rate.language]
    return rows + [_cells(rate) for rate in (*cells, *(rate for rate in found if not rate.operator))]


def _cells(rate: Rate) -> tuple[str, ...]:
    low, high = rate.bounds
    return (
        rate.operator or "all", rate.language or "all", str(rate.n), str(rate.killed), f"{rate.value:.1%}",
        f"{low:.1%}-{high:.1%}", str(rate.abstained),
    )  # fmt: skip


def _rate_row(rate: Rate) -> dict[str, object]:
    low, high = rate.bounds
    return {
        "family": rate.family, "operator": rate.operator, "language": rate.language, "n": rate.n, "killed": rate.killed,
        "abstained": rate.abstained, "rate": round(rate.value, 6), "low": round(low, 6), "high": round(high, 6),
    }  # fmt: skip


def _trial_row(trial: Trialled) -> dict[str, object]:
    mutant, judgement = trial.mutant, trial.judgement
    return {
        "operator": mutant.operator, "language": mutant.language, "start": mutant.start.id, "claim": mutant.start.text,
        "mutant": mutant.text, "span": list(mutant.span), "note": mutant.note, "verdict": judgement.verdict,
        "p_supported": round(judgement.p_supported, 6),
    }  # fmt: skip
