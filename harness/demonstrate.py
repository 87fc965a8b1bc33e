"""`harness demo`: answers with mistakes that an earlier evaluation of the same bot let pass, held against the rules.

The mistakes are those of its reports, the wording is ours. Truth is the knowledge itself, so nothing has to be set up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from harness.blame import described
from harness.case_files import case_from
from harness.cases import Case, Observation
from harness.cells import judged_claims
from harness.gold import Gold
from harness.jsonl import read_rows
from harness.trial import Resources, Trial

Line = tuple[str, bool]


def demo_rows() -> list[dict[str, Any]]:
    """The answers that ship with the package."""
    return [row for _, row in read_rows(Path(str(files("harness") / "demo" / "answers.jsonl")), "demo")]


def needed_rules() -> set[str]:
    """The citation ids of all rules that the demonstration leans on."""
    return {rule for row in demo_rows() for rule in row["rules"]}


def demonstrated(sentences: Mapping[str, tuple[str, ...]], resources: Resources) -> Iterator[Line]:
    """Yield (line, whether it is bad news), ready to print.

    Args:
        sentences: the rules' sentences by citation id; they are the truth here.
        resources: what a run leans on.
    """
    resources = replace(resources, gold=Gold(sentences))
    wrong = 0
    for row in demo_rows():
        lines = list(_told(row, sentences, resources))
        wrong += any(is_wrong for _, is_wrong in lines)
        yield from lines
    yield f"{wrong} of {len(demo_rows())} answers that passed are wrong; `harness gate` would leave with 1", wrong > 0


def _told(row: Mapping[str, Any], sentences: Mapping[str, tuple[str, ...]], resources: Resources) -> Iterator[Line]:
    case = case_from({**row, "split": "dev", "answerable": True}, "demo", "demo", 1)
    trial = Trial(case, _observation(row, case, sentences), resources)
    yield f"{row['id']}: passed by the {row['passed_by']}", False
    yield f"  asked     {' / '.join(turn.text for turn in case.turns)}", False
    yield f"  answered  {trial.answer}", False
    for claim in judged_claims(trial):
        if claim.cell == "grounded-true":
            yield f"  true      {claim.claim.text}", False
        else:
            yield from _broken(described(trial, claim))
    yield "", False


def _broken(claim: Mapping[str, Any]) -> Iterator[Line]:
    evidence = claim["evidence"]
    place = f"{evidence['path']}:{evidence['line_start']}" if evidence and "path" in evidence else "no rule comes near"
    kind = f" ({claim['kind']})" if claim["kind"] else ""
    yield f"  WRONG     {claim['text']}{kind}", True
    yield f"  breaks    {evidence['text'] if evidence else ''}  [{place}]", False
    yield f"  where     intent {claim['intent']}, node {claim['node']}", False


def _observation(row: Mapping[str, Any], case: Case, sentences: Mapping[str, tuple[str, ...]]) -> Observation:
    passages = [
        {"id": rule, "text": text, "agent": row["agents"][0]} for rule in row["rules"] for text in sentences[rule]
    ]
    response = {key: row[key] for key in ("answer", "intents", "agents")}
    return Observation(case.id, "demo", "dev", case.question, {**response, "passages": passages})
