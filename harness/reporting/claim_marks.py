"""The claims of an answer as a report shows them: numbered, in their cell, each beside the line that decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.case_files import full_id, normalised
from harness.cases import Score
from harness.cells import stated_in
from harness.claims import split_claims
from harness.reporting.told import Told

_CELLS = "hallucination_rate"
LOOKS = {
    "grounded-true": ("good", "✓", "injected and true"),
    "true": ("good", "✓", "true"),
    "grounded": ("good", "✓", "injected"),
    "ungrounded-true": ("luck", "◇", "true, but not injected"),
    "grounded-false": ("fault", "⚠", "injected, but not true"),
    "ungrounded-false": ("bad", "✗", "neither injected nor true"),
    "false": ("bad", "✗", "not true"),
    "ungrounded": ("bad", "✗", "not injected"),
    "undecided": ("open", "?", "the judge abstains"),
}
"""By cell: the class of its colour, a sign for those who see none, and what it means."""


def claims_of(told: Told) -> list[dict[str, Any]]:
    """All claims of the answer in order. Where the cells of all are not known, those that a metric objects to.

    Each has `number`, `text`, `span`, `cell`, `look`, `sign`, `meaning`, `kind`, `reason`, `node`, `intent`, `evidence`
    and `against`; of a claim that nobody objects to the evidence is the passage that it cites.
    """
    blamed, cells = _blamed(told.scores), _cells(told.scores)
    answer = told.answer.answer if told.answer else ""
    citations = tuple(row for row in told.response.get("citations") or () if isinstance(row, Mapping))
    found = stated_in(answer, citations, split_claims(answer)) if cells else []
    if len(found) == len(cells):
        for (claim, ids), cell in zip(found, cells, strict=True):
            plain = {"text": claim.text, "span": list(claim.span), "evidence": _cited(told.response, ids, claim.text)}
            span = (claim.span[0], claim.span[1])
            blamed[span] = {**plain, **blamed.get(span, {}), "cell": cell}
    ordered = sorted(blamed.values(), key=lambda claim: claim["span"])
    return [_shown(number, claim) for number, claim in enumerate(ordered, start=1)]


def marked(answer: str, claims: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any] | None]]:
    """Cut an answer into (text, claim) pieces, None between claims. Overlaps go to the earlier claim."""
    pieces: list[tuple[str, Mapping[str, Any] | None]] = []
    at = 0
    for claim in sorted(claims, key=lambda claim: claim["span"][0]):
        start, end = max(at, claim["span"][0]), claim["span"][1]
        if start < end <= len(answer):
            pieces += [(answer[at:start], None), (answer[start:end], claim)]
            at = end
    return [piece for piece in [*pieces, (answer[at:], None)] if piece[0]]


def place_of(row: Mapping[str, Any]) -> str:
    """`path:line` or `path:first–last`; empty where no file is known."""
    first, last = row.get("line_start"), row.get("line_end")
    if not row.get("path"):
        return ""
    lines = f"{first}" if last in (None, first) else f"{first}–{last}"
    return str(row["path"]) if first is None else f"{row['path']}:{lines}"


def _shown(number: int, claim: Mapping[str, Any]) -> dict[str, Any]:
    cell = str(claim.get("cell") or "undecided")
    look, sign, meaning = LOOKS.get(cell, LOOKS["undecided"])
    told = {name: claim.get(name) or "" for name in ("kind", "reason", "node", "intent")}
    return {
        "number": number, "text": claim["text"], "span": claim["span"], "cell": cell, "look": look, "sign": sign,
        "meaning": meaning, **told, "evidence": _line(claim.get("evidence")), "against": _line(claim.get("against")),
    }  # fmt: skip


def _line(row: object) -> dict[str, str] | None:
    if not isinstance(row, Mapping):
        return None
    text = row.get("text") or row.get("quote") or ""
    return {
        "id": str(row.get("id") or ""),
        "place": place_of(row),
        "text": str(text),
        "quote": str(row.get("quote") or ""),
    }


def _blamed(scores: Sequence[Score]) -> dict[tuple[int, int], dict[str, Any]]:
    """The claims that metrics object to, by span; the first that says something of a claim is heard."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for score in scores:
        for claim in _listed(score.details.get("claims")):
            if isinstance(claim, Mapping) and isinstance(span := claim.get("span"), list | tuple) and len(span) == 2:
                found.setdefault((int(span[0]), int(span[1])), dict(claim))
    return found


def _cells(scores: Sequence[Score]) -> list[str]:
    details = [score.details for score in scores if score.metric == _CELLS]
    return [str(cell) for one in details for cell in _listed(one.get("cells"))]


def _cited(response: Mapping[str, Any], ids: Sequence[str], text: str) -> dict[str, Any] | None:
    """The first cited passage, with the line in it that says the claim where one does word for word."""
    for passage in _passages(response):
        if full_id(str(passage.get("id"))) in ids:
            lines = str(passage.get("text") or "").splitlines()
            said = next((line for line in lines if normalised(text) in normalised(line)), "")
            return {**passage, "text": said}
    return None


def _passages(response: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for part in ("passages", "citations"):
        yield from (row for row in response.get(part) or () if isinstance(row, Mapping))


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
