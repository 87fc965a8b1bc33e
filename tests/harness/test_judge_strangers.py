"""Claims of strangers: written before any of them was judged, of five domains, beside contexts that are not ours.

Half are paraphrases, half share nearly all words with their context and are false. None is fitted on. Rows that were
`looked_at` one by one while features were chosen stand apart from those of which only the score was read. The floors
lie well below what was measured (.80 in all, .81 not looked at), so that a refit may move a few claims.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.jsonl import read_rows
from harness.judging.measures import auroc
from harness.judging.offline import offline_judge

ROWS = Path(__file__).with_name("judge_strangers.jsonl")


@lru_cache(maxsize=1)
def judged() -> tuple[tuple[dict[str, Any], str, float], ...]:
    judge = offline_judge()
    rows: list[dict[str, Any]] = [dict(row) for _, row in read_rows(ROWS)]
    found = [judge.judge(row.get("question"), row["context"], row["claim"]) for row in rows]
    return tuple((row, one.verdict, one.p_supported) for row, one in zip(rows, found, strict=True))


def of(**wanted: Any) -> list[tuple[dict[str, Any], str, float]]:
    return [one for one in judged() if all(one[0][name] == value for name, value in wanted.items())]


def right(found: Sequence[tuple[dict[str, Any], str, float]], *, supported: bool) -> float:
    """Share of the true or false claims that are called so; an abstention is not right."""
    verdicts = [verdict for row, verdict, _ in found if row["supported"] is supported]
    return verdicts.count("supported" if supported else "unsupported") / len(verdicts)


@pytest.mark.parametrize(
    ("wanted", "floor"),
    [
        ({}, 0.73), ({"looked_at": False}, 0.73), ({"looked_at": True}, 0.68), ({"lang": "ko"}, 0.73),
        ({"lang": "en"}, 0.62), ({"lang": "ko", "domain": "waste"}, 0.73), ({"lang": "ko", "domain": "other"}, 0.70),
    ],
    ids=["all", "not looked at", "looked at", "Korean", "English", "Korean, waste", "Korean, other"],
)  # fmt: skip
def test_strangers_are_told_apart_in_both_directions(wanted: dict[str, Any], floor: float) -> None:
    found = of(**wanted)
    assert (right(found, supported=True) + right(found, supported=False)) / 2 >= floor
    assert min(right(found, supported=True), right(found, supported=False)) >= floor - 0.1


def test_a_paraphrase_gets_more_than_a_false_claim_in_the_same_words() -> None:
    truth = np.array([row["supported"] for row, _, _ in judged()])
    assert auroc(truth, np.array([p for _, _, p in judged()])) >= 0.82


def test_half_of_the_rows_of_each_language_and_domain_are_false() -> None:
    cells = {(row["lang"], row["domain"]) for row, _, _ in judged()}
    assert len(cells) == 4
    for lang, domain in cells:
        supported = [row["supported"] for row, _, _ in of(lang=lang, domain=domain)]
        assert supported.count(True) == supported.count(False)
