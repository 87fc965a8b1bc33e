"""The runtime reader against its oracle: the same weights in sentence-transformers' own `StaticEmbedding`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.adapters.static_model import load

pytest.importorskip("sentence_transformers", reason="pip install 'eco2-agent-kb[dense]'")

SHIPPED = Path(__file__).resolve().parents[2] / "kb" / "models" / "eco2-static-16k"
TEXTS = [
    "페트병은 라벨을 떼고 찌그러뜨려 버려요.",
    "Why does the EventRouter drop messages when `chat_worker` restarts?",
    "ADR-0012: Redis Streams → 컨슈머 그룹, p95 300ms, ＡＰＩ v1.2.3",
    "🙂 이모지와 한글, emoji and English 🎉",
    "쀍뷁",
    "ﬁnal ſtraße İstanbul ①②③ ㎏ ½",
    "| 표 | table |\n|---|---|\n| `a_b` | camelCase HTTPServer |",
    "파드 재시작 정책 pod restart policy " * 2_000,
]


def test_vectors_equal_those_of_the_library() -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    ours = load(SHIPPED)
    module = StaticEmbedding(ours.tokenizer, embedding_weights=ours.weights)
    library = SentenceTransformer(modules=[module], device="cpu")
    theirs = library.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    rows = ours.embed(TEXTS)
    known = np.linalg.norm(rows, axis=1) > 0
    assert ((rows * theirs).sum(axis=1)[known] >= 0.9999).all()
    assert not theirs[~known].any()
