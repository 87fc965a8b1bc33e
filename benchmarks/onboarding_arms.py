"""One question, two ways to an answer within a budget of tokens: the MCP tools through a real client, and grep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.case_files import request_of
from harness.cases import Case
from harness.metrics.retrieval import says
from kb.context import estimate_tokens

BUDGETS = (500, 1_500, 4_000)
WIDEST = BUDGETS[-1]
Ask = Callable[[Mapping[str, object]], Mapping[str, Any]]


@dataclass(frozen=True)
class Outcome:
    """What one way gave for one case. Ranks are those of the widest budget; None where a case does not ask for it.

    Attributes:
        hit_at_1: the first document answers.
        passage_first: so does the first passage, by the words that mark it.
        mrr: one over the rank of the first document that answers.
        barred_first: the first document is one that must not be.
        hits: of the widest budget.
        found: by budget, whether a document that answers was read in it.
        facts: by budget, share of the answer's facts that stand in what was read in it.
        tokens: by budget, what all results came to, read or not.
    """

    hit_at_1: float | None
    passage_first: float | None
    mrr: float | None
    barred_first: float | None
    hits: Sequence[Mapping[str, object]]
    found: Mapping[int, float]
    facts: Mapping[int, float]
    tokens: Mapping[int, float]
    calls: float
    ms: float
    first: str
    answerable: bool | None


def outcome(case: Case, ask: Ask) -> Outcome:
    """Ask once a budget."""
    responses = {budget: ask(_request(case, budget)) for budget in BUDGETS}
    widest = responses[WIDEST]
    ranking = list(dict.fromkeys(str(hit["path"]) for hit in widest["hits"]))
    first = ranking[0] if ranking else ""
    seen = {budget: read_within(response, budget) for budget, response in responses.items()}
    wanted = case.relevant
    return Outcome(
        hit_at_1=float(first in wanted) if wanted else None,
        passage_first=_passage_first(case, widest) if case.passages else None,
        mrr=next((1 / rank for rank, path in enumerate(ranking, 1) if path in wanted), 0.0) if wanted else None,
        barred_first=float(first in case.not_first) if case.not_first else None,
        hits=widest["hits"],
        found={budget: float(any(path in text for path in wanted)) for budget, text in seen.items()} if wanted else {},
        facts={budget: _facts(case, text) for budget, text in seen.items()} if case.answer_facts else {},
        tokens={budget: _tokens(response) for budget, response in responses.items()},
        calls=float(len(widest["tool_calls"])),
        ms=float(widest["timings_ms"]["total"]),
        first=first,
        answerable=widest.get("answerable"),
    )


def _request(case: Case, budget: int) -> dict[str, object]:
    return {**request_of(case), "overrides": {"budget_tokens": budget, "verify": False}}


def read_within(response: Mapping[str, Any], budget_tokens: int) -> str:
    """What a reader has seen when its tokens are spent: a result as it is sent where it is kept, else the hits."""
    sent = [
        str(call["text"]).replace("\\n", "\n").replace('\\"', '"') for call in response["tool_calls"] if "text" in call
    ]
    read = sent or [f"{hit['path']}\n{hit['text']}\n" for hit in response["hits"]]
    return cut("\n".join(read), budget_tokens)


def cut(text: str, budget_tokens: int) -> str:
    """The longest beginning of a text within a budget."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if estimate_tokens(text[:middle]) <= budget_tokens else (low, middle - 1)
    return text[:low]


def _passage_first(case: Case, response: Mapping[str, Any]) -> float:
    first = next(iter(response["hits"]), {"path": "", "text": ""})
    return float(any(path == first["path"] and says(str(first["text"]), words) for path, words in case.passages))


def _facts(case: Case, text: str) -> float:
    return sum(says(text, fact) for fact in case.answer_facts) / len(case.answer_facts)


def _tokens(response: Mapping[str, Any]) -> float:
    return float(sum(call["tokens"] for call in response["tool_calls"]))
