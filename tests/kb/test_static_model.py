"""The shipped embedder, read with numpy and tokenizers alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.adapters.static_model import StaticModel, dequantise, load, quantise, read_config, revision
from kb.documents import KbError

SHIPPED = Path(__file__).resolve().parents[2] / "kb" / "models" / "eco2-static-16k"
AWKWARD = {
    "empty": "",
    "one character": "물",
    "korean": "레디스 스트림의 소비자 지연을 줄인 결정은 무엇인가요?",
    "english": "Why was the consumer lag of Redis streams reduced?",
    "emoji": "🙂 배포 성공 🎉",
    "identifiers": "CrashLoopBackOff in `chat_worker`, EventRouter v1.2.3 → HTTPServer",
    "decomposed": "한국어",
    "full width": "ＡＰＩ １２３",
    "turkish": "aİstanbulİA",
    "control characters": "a\x00b\u200b\ufeff\u202e뒤집힌",
    "very long": "파드 재시작 정책 pod restart " * 20_000,
}


@pytest.fixture(scope="module")
def model() -> StaticModel:
    return load(SHIPPED)


def test_rows_are_float32_of_length_one_in_the_order_of_the_texts(model: StaticModel) -> None:
    rows = model.embed(list(AWKWARD.values()))
    assert rows.shape == (len(AWKWARD), model.dimension)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows[1:], axis=1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(rows[::-1], model.embed(list(AWKWARD.values())[::-1]))


def test_no_texts_give_no_rows(model: StaticModel) -> None:
    assert model.embed([]).shape == (0, model.dimension)


@pytest.mark.parametrize("text", ["", " \n\t", "🙂", "—…|```", "Ωμέγα", "漢字", "\ud800"])
def test_a_text_without_a_known_subword_is_a_row_of_zeros(model: StaticModel, text: str) -> None:
    assert not model.embed([text]).any()


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD.keys())
def test_a_text_embeds_the_same_alone_and_in_a_batch(model: StaticModel, text: str) -> None:
    alone = load(SHIPPED).embed([text])[0]
    assert np.array_equal(alone, model.embed([*AWKWARD.values(), text])[-1])


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_texts_are_cut_up_as_the_tokenizer_does(model: StaticModel, text: str) -> None:
    assert model.ids(text) == model.tokenizer.encode(text, add_special_tokens=False).ids


def test_forgetting_words_when_too_many_were_met_changes_no_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load(SHIPPED).embed(list(AWKWARD.values()))
    monkeypatch.setattr("kb.adapters.static_model._REMEMBERED", 3)
    assert np.array_equal(load(SHIPPED).embed(list(AWKWARD.values())), before)


@settings(deadline=None)
@given(st.text() | st.text("aZéßİﬁ한글ㄱ가0９-_ \n"))
def test_any_text_is_cut_up_as_the_tokenizer_does(text: str) -> None:
    shipped = _shared()
    assert shipped.ids(text) == shipped.tokenizer.encode(text, add_special_tokens=False).ids


@pytest.mark.parametrize(
    ("korean", "english", "other"),
    [
        (
            "컨테이너가 계속 다시 시작하는 문제를 해결하는 방법",
            "How to fix a container that keeps restarting",
            "How to write a test",
        ),
        ("비밀번호를 안전하게 저장합니다", "Store passwords securely", "Draw a chart of the results"),
        ("데이터베이스 연결 수를 제한한다", "Limit the number of database connections", "Translate the documentation"),
        ("함수의 기본 인자 값", "Default values of function arguments", "Network connection timeout"),
    ],
)
def test_a_korean_sentence_is_nearer_to_its_translation(
    model: StaticModel, korean: str, english: str, other: str
) -> None:
    query, near, far = model.embed([korean, english, other])
    assert query @ near > query @ far + 0.1


@settings(deadline=None)
@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_rounding_to_int8_stays_within_half_a_level(rows: int, columns: int, seed: int) -> None:
    weights = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    codes, scales = quantise(weights)
    assert (np.abs(dequantise(codes, scales) - weights) <= scales[:, None] * 0.501).all()


def test_a_row_of_zeros_stays_zero() -> None:
    assert not dequantise(*quantise(np.zeros((2, 3), np.float32))).any()


def test_the_shipped_model_is_what_its_config_says_and_within_six_megabytes(model: StaticModel) -> None:
    parts = [SHIPPED / name for name in ("weights.npy", "scales.npy", "tokenizer.json")]
    assert sum(part.stat().st_size for part in parts) <= 6_000_000
    assert (model.name, model.revision) == (SHIPPED.name, revision(SHIPPED))
    assert read_config(SHIPPED) == model.config


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("config.json", None, "no model config"),
        ("config.json", b"{", "no model config"),
        ("config.json", b'{"name": "x"}', "no model config"),
        ("weights.npy", None, "cannot be read"),
        ("weights.npy", b"\x93NUMPY", "cannot be read"),
        ("tokenizer.json", b"{}", "cannot be read"),
    ],
)
def test_a_broken_folder_is_one_line_that_says_what_to_do(
    tmp_path: Path, file: str, content: bytes | None, says: str
) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "model"))
    (folder / file).unlink() if content is None else (folder / file).write_bytes(content)
    with pytest.raises(KbError, match=says) as caught:
        load(folder)
    assert "\n" not in str(caught.value)
    assert "kb embedder train" in str(caught.value)


def test_weights_of_another_revision_are_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "model"))
    codes = np.load(folder / "weights.npy")
    codes[1, 0] += 1
    np.save(folder / "weights.npy", codes)
    with pytest.raises(KbError, match="is revision"):
        load(folder)


def test_a_config_of_another_format_is_refused(tmp_path: Path) -> None:
    config = json.loads((SHIPPED / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "format": 99}))
    with pytest.raises(KbError, match="format 99"):
        read_config(tmp_path)


def test_reading_a_model_loads_neither_torch_nor_its_libraries() -> None:
    code = "import sys, kb.adapters.static_model; print({'torch', 'sentence_transformers', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


_LOADED: list[StaticModel] = []


def _shared() -> StaticModel:
    """One model for a property test, which may not take a fixture anew for each example."""
    if not _LOADED:
        _LOADED.append(load(SHIPPED))
    return _LOADED[0]
