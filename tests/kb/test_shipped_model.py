"""The shipped weights on documents that their training left out; floors lie well below the model card's figures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from kb.adapters.parallel import read_sections
from kb.adapters.static_model import StaticModel, load
from kb.pairs import Section, split

SHIPPED = Path(__file__).resolve().parents[2] / "kb" / "models" / "eco2-static-16k"


@pytest.fixture(scope="module")
def model() -> StaticModel:
    return load(SHIPPED)


@cache
def kept(shared_data: Path) -> tuple[Section, ...]:
    sections = split(read_sections(shared_data / "parallel_ko_en" / "sections.jsonl.gz"), 0.1)[1]
    return tuple(one for one in sections if one.heading_ko and one.heading_en and min(map(len, one.bodies)) >= 60)


def mean_reciprocal_rank(model: StaticModel, queries: Sequence[str], texts: Sequence[str]) -> float:
    """Of the text at each query's own place, without a cut-off."""
    scores = model.embed(queries) @ model.embed(texts).T
    return float((1 / (scores >= np.diag(scores)[:, None]).sum(axis=1)).mean())


def test_korean_headings_find_their_english_sections(shared_data: Path, model: StaticModel) -> None:
    sections = kept(shared_data)
    assert len(sections) > 700
    found = mean_reciprocal_rank(model, [one.heading_ko for one in sections], [one.bodies[1] for one in sections])
    assert found > 0.38


def test_english_headings_find_their_korean_sections(shared_data: Path, model: StaticModel) -> None:
    sections = kept(shared_data)
    found = mean_reciprocal_rank(model, [one.heading_en for one in sections], [one.bodies[0] for one in sections])
    assert found > 0.38


def test_half_of_a_vector_is_still_a_vector_of_the_same_kind(shared_data: Path, model: StaticModel) -> None:
    sections = kept(shared_data)
    half = StaticModel(model.config, model.tokenizer, model.weights.copy())
    half.weights[:, model.dimension // 2 :] = 0
    found = mean_reciprocal_rank(half, [one.heading_ko for one in sections], [one.bodies[1] for one in sections])
    assert found > 0.35
