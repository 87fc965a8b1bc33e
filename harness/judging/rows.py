"""`harness judge score FILE.jsonl`: one judgement a row, in order. A bad row gives its error and the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.cases import DataError, Judgement
from harness.judging.offline import offline_judge
from harness.ports import Judge
from harness.trial import UnmeasurableError


def score_rows(path: Path, judge: Judge | None = None) -> Iterator[dict[str, object]]:
    """Judge every row of a JSONL file of `{"id", "question"?, "context": [str], "claim": str}`.

    Args:
        path: the file; blank lines are passed over.
        judge: the judge to ask; the shipped offline one if not given.

    Yields:
        `{"id", "p_supported", "verdict", "kind", "evidence", "against", "reason"}`, both `{"index", "quote"}` or None,
        or `{"id", "error"}` for a row that cannot be judged; its id is its line number when it has none. Where the
        judge failed, `"unmeasured": true` stands beside the error.

    Raises:
        DataError: the file cannot be read.
    """
    asked = judge or offline_judge()
    for number, line in _lines(path):
        try:
            row = _row(line)
        except ValueError as error:
            yield {"id": number, "error": f"{path.name}:{number}: {error}"}
            continue
        yield _scored(row, number, asked, path.name)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, line
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error}); give a UTF-8 JSONL file") from error


def _row(line: str) -> Mapping[str, object]:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError(f"a row must be an object, got {type(row).__name__}")
    return row


def _scored(row: Mapping[str, object], number: int, judge: Judge, shown: str) -> dict[str, object]:
    id_ = row.get("id", number)
    question, context, claim = row.get("question"), row.get("context"), row.get("claim")
    if not isinstance(claim, str):
        return {"id": id_, "error": f"{shown}:{number}: 'claim' must be text, got {type(claim).__name__}"}
    if not isinstance(context, list) or not all(isinstance(text, str) for text in context):
        return {"id": id_, "error": f"{shown}:{number}: 'context' must be a list of texts"}
    if question is not None and not isinstance(question, str):
        return {"id": id_, "error": f"{shown}:{number}: 'question' must be text, got {type(question).__name__}"}
    try:
        return {"id": id_, **as_row(judge.judge(question, context, claim))}
    except UnmeasurableError as error:
        return {"id": id_, "error": str(error), "unmeasured": True}


def as_row(judgement: Judgement) -> dict[str, object]:
    """A judgement in the shape of the contract."""
    evidence = against = None
    if judgement.evidence_index is not None:
        evidence = {"index": judgement.evidence_index, "quote": judgement.evidence_quote}
    if judgement.against_quote is not None:
        against = {"index": judgement.against_index, "quote": judgement.against_quote}
    return {
        "p_supported": round(judgement.p_supported, 6),
        "verdict": judgement.verdict,
        "kind": judgement.kind,
        "evidence": evidence,
        "against": against,
        "reason": judgement.reason,
    }
