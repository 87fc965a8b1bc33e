"""What every embedder does, whichever library is behind it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.adapters.choose import embedder as choose
from kb.documents import BackendMissing
from kb.ports import Embedder

MODELS = Path(__file__).resolve().parents[2] / "kb" / "models"
STATIC = "eco2-static-16k"
TEXTS = ["파드 재시작 정책", "pod restart policy", "오늘 날씨", "🙂 …", "", "가" * 20_000, "a\x00b"]


@pytest.fixture(scope="module", params=[STATIC, f"sentence-transformers:{STATIC}"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param != STATIC:
        pytest.importorskip("sentence_transformers", reason="install the `dense` extra")
    made, warnings = choose(request.param, MODELS)
    assert made is not None
    assert warnings == ()
    return made


def test_rows_come_in_order_as_float32_of_length_one_or_zero(embedder: Embedder) -> None:
    rows = embedder.embed(TEXTS)
    assert rows.shape == (len(TEXTS), embedder.dimension)
    assert rows.dtype == np.float32
    lengths = np.linalg.norm(rows, axis=1)
    assert np.allclose(lengths[[0, 1, 2, 5]], 1, atol=1e-5)
    assert np.allclose(lengths[[3, 4]], 0)


def test_a_row_does_not_depend_on_its_neighbours(embedder: Embedder) -> None:
    assert np.allclose(embedder.embed(TEXTS)[1], embedder.embed([TEXTS[1]])[0], atol=1e-6)


def test_no_texts_are_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_a_translation_is_nearer_than_another_subject(embedder: Embedder) -> None:
    pod, english, weather = embedder.embed(TEXTS[:3])
    assert pod @ english > pod @ weather


def test_it_says_who_it_is(embedder: Embedder) -> None:
    assert embedder.name.endswith(STATIC)
    assert len(embedder.revision) == 16


def test_our_weights_in_the_library_give_our_vectors() -> None:
    pytest.importorskip("sentence_transformers", reason="install the `dense` extra")
    ours, _ = choose(STATIC, MODELS)
    theirs, _ = choose(f"sentence-transformers:{STATIC}", MODELS)
    assert ours is not None
    assert theirs is not None
    assert np.allclose(ours.embed(TEXTS), theirs.embed(TEXTS), atol=1e-4)
    assert ours.revision == theirs.revision


def test_a_model_that_the_library_cannot_load_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="install the `dense` extra")
    with pytest.raises(BackendMissing, match="give a folder that holds it"):
        choose(f"sentence-transformers:{tmp_path / 'nowhere'}", MODELS)


def test_none_is_no_embedder_and_no_warning() -> None:
    assert choose("none", MODELS) == (None, ())
