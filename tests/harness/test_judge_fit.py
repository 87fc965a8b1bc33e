"""Fitting repeats to the byte, reads no test split, and the shipped weights say what they come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cases import ConfigError
from harness.judging import fit as fitting
from harness.judging.features import features, scaled
from harness.judging.fit import constrained
from harness.judging.look import look
from harness.judging.offline import WEIGHTS
from harness.judging.sets import PUBLIC
from harness.judging.signs import SIGNS
from harness.judging.training import Material, fitted, material, own_files
from harness.runs import digest
from tests.harness.judged_pairs import SUPPORTED, UNSUPPORTED
from tests.harness.support import write_rows

ROOT = Path(__file__).resolve().parents[2]
TAUGHT = ("mutants_ko",)
CLOSES = "The cap closes."
PUBLIC_ROWS: dict[str, dict[str, Any]] = {
    "expertqa": {"question": "What closes?", "context": [CLOSES], "claim": CLOSES, "supported": True},
    "halueval": {
        "id": "h", "question": "Who?", "context": ["Petty did."], "right_answer": "Petty", "hallucinated_answer": "Bo",
    },
    "summedits": {"id": "a_1", "context": ["Two cans fell."], "claim": "Three cans fell.", "supported": False},
    "begin": {"question": "hi", "context": ["Cans rust."], "claim": "cans rust", "label": "Fully attributable"},
    "xnli_ko_dev": {"premise": "비가 온다.", "hypothesis": "날씨가 맑다.", "label": "contradiction"},
}  # fmt: skip


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Material:
    """A few claims of every set; fewer steps, since only the way is tested."""
    monkeypatch.setattr(fitting, "_STEPS", 60)
    pairs = [(c, claim, True, None) for c, claim in SUPPORTED[:12]] + [
        (c, t, False, k.split()[0]) for c, t, k in UNSUPPORTED[:12]
    ]
    own = [
        {"id": f"own-{at}", "context": [c] if isinstance(c, str) else list(c), "claim": claim, "supported": supported,
         "kind": kind, "group": str(c)[:20], "split": "dev"}
        for at, (c, claim, supported, kind) in enumerate(pairs)
    ]  # fmt: skip
    write_rows(tmp_path / "datasets" / "judge_dev.jsonl", [*own, {**own[0], "id": "held-1", "split": "test"}])
    for name in PUBLIC:
        write_rows(tmp_path / "data" / "grounding_dev" / f"{name}.jsonl", [PUBLIC_ROWS[name]])
    return Material((tmp_path / "datasets" / "judge_dev.jsonl",), tmp_path / "data" / "grounding_dev")


def test_the_same_claims_give_the_same_bytes(small: Material) -> None:
    assert fitted(small) == fitted(small)


def test_the_file_says_what_it_was_fitted_on_and_how_well_that_does(small: Material) -> None:
    made = json.loads(fitted(small))
    assert made["data"]["datasets/judge_dev.jsonl"] == digest(small.own[0])
    assert set(made["out_of_fold"]) == {"own", *PUBLIC, *TAUGHT} == set(made["controls"])
    assert made["controls"]["own"]["withheld"]["abstain"] == 1.0
    assert made["band"] == [0.47, 0.53]


def test_a_test_split_is_never_fitted_on(small: Material) -> None:
    assert {row.set for row in small.rows()} == {"own", *PUBLIC, *TAUGHT}
    assert not [row for row in small.rows() if row.group.startswith("held")]


def test_a_set_that_is_not_there_is_named(small: Material, tmp_path: Path) -> None:
    (small.public / "begin.jsonl").unlink()
    with pytest.raises(ConfigError, match=r"begin\.jsonl is not there; .* --data"):
        small.rows()


def test_the_folder_of_the_public_sets_or_one_above_may_be_given(small: Material, tmp_path: Path) -> None:
    assert material(tmp_path, tmp_path / "data").public == material(tmp_path, small.public).public == small.public


def test_the_shipped_weights_belong_to_the_development_claims_beside_them() -> None:
    shipped = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    stale = [
        path.name for path in own_files(ROOT) if shipped["data"][f"{path.parent.name}/{path.name}"] != digest(path)
    ]
    assert stale == [], "run `harness judge fit`"


def test_no_shipped_weight_goes_against_its_sign() -> None:
    heads = json.loads(WEIGHTS.read_text(encoding="utf-8"))["heads"]
    against = [(h, f) for h, head in heads.items() for f, weight in head["weights"].items() if weight * SIGNS[f] < 0]
    assert against == []


def test_signs_count_as_far_as_the_evidence_speaks_of_the_claim() -> None:
    beside = features(look(None, ("캔은 반드시 눌러서 내놓아요.",), "병은 절대 팔지 마세요."))
    assert beside["absolute"] == 1.0
    assert scaled(beside)["absolute"] == beside["covered_context"] < 0.5
    assert scaled(beside)["novel_nouns"] == beside["novel_nouns"]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_signs_are_kept_whatever_the_data(seed: int) -> None:
    random = np.random.default_rng(seed)
    values, truth = random.normal(size=(30, 3)), np.where(random.random(30) < 0.5, 1.0, -1.0)
    weights, _ = constrained(values, truth, np.full(30, 1 / 30), np.array([1, -1, 0]), 0.01)
    assert weights[0] >= 0 >= weights[1]
