"""Everything the report tells of one dev case, as plain values for `case.html.j2`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.cases import Score, Turn
from harness.markdown import number
from harness.reporting.claim_marks import claims_of, marked, place_of
from harness.reporting.lanes import lanes_svg
from harness.reporting.told import Told

_LONGEST = 300
"""Characters of an injected passage that are shown; the file and its lines stand beside it."""
_LONGEST_ANSWER = 4_000
"""Characters of an answer that are shown; what searches answer is all that they found."""
MOST_CLAIMS = 100
"""Claims of a case that are listed, those that somebody objects to before others; more are counted."""
LONGEST_REASON = 600
"""Characters of a reason, of a claim and of the line beside it: some reasons list every claim."""
SIGNS = {"PASS": "✓", "FAIL": "✗", "UNMEASURED": "?", "N/A": "–"}


def detail(told: Told, blame: Mapping[str, Any] | None, before: Mapping[str, float]) -> dict[str, Any]:
    """The view of a case.

    Args:
        told: the case with its answer.
        blame: its row of `blame.json`, None where there is none.
        before: the accepted value of each metric that the baseline has one of for this case.
    """
    case, answer = told.case, told.answer
    said = answer.answer if answer else ""
    every = claims_of(told)
    claims = _most_telling(every)
    return {
        "suite": case.suite, "id": case.id, "place": f"{case.path}:{case.line}", "tags": case.tags,
        "intents": case.intents, "turns": [_turn(turn) for turn in case.turns], "question": case.question,
        "verdict": told.verdict, "sign": SIGNS[told.verdict], "repeats": _repeats(told),
        "error": "no observation" if answer is None else answer.error or "",
        "pieces": marked(said[:_LONGEST_ANSWER], claims), "cut": max(0, len(said) - _LONGEST_ANSWER),
        "claims": [_short(claim) for claim in claims], "more_claims": len(every) - len(claims), "blame": blame,
        "scores": [_score(score, before) for score in told.scores if score.verdict in ("FAIL", "UNMEASURED")],
        "passed": [_score(score, before) for score in told.scores if score.verdict == "PASS"],
        "lanes": lanes_svg(told.response), **_answered(told.response),
    }  # fmt: skip


def shortened(text: str, longest: int = LONGEST_REASON) -> str:
    """Text as it is, or its beginning."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def _most_telling(claims: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first claims that somebody objects to, then others while there is room; in the order of the answer."""
    chosen = sorted(claims, key=lambda claim: (claim["look"] == "good", claim["number"]))[:MOST_CLAIMS]
    return sorted(chosen, key=lambda claim: claim["number"])


def _short(claim: Mapping[str, Any]) -> dict[str, Any]:
    lines = {
        name: line and {key: shortened(text) for key, text in line.items()}
        for name in ("evidence", "against")
        for line in (claim[name],)
    }
    return {**claim, "text": shortened(claim["text"]), "reason": shortened(claim["reason"]), **lines}


def _turn(turn: Turn) -> dict[str, str]:
    where = turn.location
    place = where if isinstance(where, str) else "" if where is None else f"{where[0]}, {where[1]}"
    return {"text": turn.text, "image": turn.image or "", "location": place}


def _repeats(told: Told) -> str:
    """How the repeats came out; empty where there was one."""
    if len(told.verdicts) < 2:
        return ""
    return f"{told.verdicts.count('FAIL')} of {len(told.verdicts)} answers failed"


def _score(score: Score, before: Mapping[str, float]) -> dict[str, str]:
    then, now = before.get(score.metric), score.value
    moved = "" if then is None or now is None or abs(now - then) < 1e-9 else f"{now - then:+.3f}"
    return {
        "metric": score.metric, "sign": SIGNS[score.verdict], "verdict": score.verdict,
        "reason": shortened(score.reason),
        "shown": number(score.value, score.metric), "moved": moved,
        "before": "" if then is None else number(then, score.metric),
    }  # fmt: skip


def _answered(response: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of the response that explain the answer."""
    return {
        "said_intents": [str(word) for word in _rows(response, "intents")],
        "agents": [str(word) for word in _rows(response, "agents")],
        "passages": [_passage(row) for row in _rows(response, "passages") if isinstance(row, Mapping)],
        "citations": [_passage(row) for row in _rows(response, "citations") if isinstance(row, Mapping)],
        "degraded": [str(word) for word in _rows(response, "degraded")],
        "usage": list(_usage(response.get("usage"))),
    }


def _passage(row: Mapping[str, Any]) -> dict[str, str]:
    text = str(row.get("text") or "")
    return {
        "id": str(row.get("id") or ""), "place": place_of(row), "agent": str(row.get("agent") or ""),
        "text": shortened(text, _LONGEST),
    }  # fmt: skip


def _usage(usage: object) -> Iterator[str]:
    if isinstance(usage, Mapping):
        yield from (f"{name} {value}" for name, value in usage.items() if isinstance(value, int | float | str))


def _rows(response: Mapping[str, Any], part: str) -> list[Any]:
    rows = response.get(part)
    return list(rows) if isinstance(rows, list | tuple) else []
