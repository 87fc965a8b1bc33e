"""A cross-encoder behind the judge's port: by a fake that anyone can follow, and by a tiny one of random weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.cases import ConfigError, TargetUnusable
from harness.judging.remote.asked import AskedJudge
from harness.judging.remote.cache import Store
from harness.judging.remote.labels import roles_of
from harness.judging.remote.model import JudgeFailed
from harness.judging.remote.nli_judge import NliJudge, premises_of, probabilities
from tests.harness.support import CAP

if TYPE_CHECKING:
    from harness.adapters.cross_encoder import PairCrossEncoder

THREE = ("CONTRADICTION", "ENTAILMENT", "NEUTRAL")


class Fake:
    """Logits by (word of the premise, word of the hypothesis); all else is neutral."""

    identity = name = "fake"

    def __init__(self, said: Mapping[tuple[str, str], str], labels: Sequence[str] = THREE) -> None:
        self.labels, self._said = labels, said
        self.pairs: list[tuple[str, str]] = []

    def logits(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        self.pairs += pairs
        return np.array([[4.0 if label == self._label(pair) else 0.0 for label in self.labels] for pair in pairs])

    def _label(self, pair: tuple[str, str]) -> str:
        found = [label for (one, other), label in self._said.items() if one in pair[0] and other in pair[1]]
        return found[0] if found else "NEUTRAL"


OPEN = {("닫", "닫"): "ENTAILMENT", ("닫", "떼"): "CONTRADICTION"}


@pytest.mark.parametrize(
    ("claim", "verdict", "kind"),
    [("뚜껑을 닫아요.", "supported", None), ("뚜껑을 떼요.", "unsupported", "polarity"),
     ("병은 파래요.", "unsupported", "addition")],
    ids=["entailment", "contradiction", "neutral"],
)  # fmt: skip
def test_the_best_premise_decides(claim: str, verdict: str, kind: str | None) -> None:
    found = NliJudge(Fake(OPEN)).judge(None, ["라벨을 비워요.", CAP], claim)
    assert (found.verdict, found.kind) == (verdict, kind)
    assert found.p_supported == pytest.approx(0.965 if verdict == "supported" else 0.0177, abs=0.02)


def test_it_points_at_the_premise_that_entails_and_at_the_one_that_contradicts() -> None:
    yes = NliJudge(Fake(OPEN)).judge(None, ["라벨을 비워요.", CAP], "뚜껑을 닫아요.")
    no = NliJudge(Fake(OPEN)).judge(None, ["라벨을 비워요.", CAP], "뚜껑을 떼요.")
    assert (yes.evidence_index, yes.evidence_quote, yes.against_index) == (1, CAP, None)
    assert (no.against_index, no.against_quote) == (1, CAP)


def test_sentences_that_disagree_leave_it_undecided() -> None:
    said = {("닫", "뚜껑"): "ENTAILMENT", ("떼", "뚜껑"): "CONTRADICTION"}
    assert NliJudge(Fake(said)).judge(None, ["닫아요.", "떼요."], "뚜껑을 닫아요.").verdict == "abstain"


def test_the_least_supported_statement_decides() -> None:
    found = NliJudge(Fake(OPEN)).judge(None, [CAP], "뚜껑을 닫아요. 병은 파래요.")
    assert (found.verdict, found.kind) == ("unsupported", "addition")


def test_a_short_answer_is_read_with_its_question() -> None:
    model = Fake(OPEN)
    NliJudge(model).judge("뚜껑은 어떻게?", [CAP], "닫아요.")
    assert model.pairs == [(CAP, "뚜껑은 어떻게? 닫아요.")]


def test_each_sentence_and_each_longer_passage_is_a_premise() -> None:
    found = [(premise.index, premise.text) for premise in premises_of(["One is. Two is.", "Three is."])]
    assert found == [(0, "One is."), (0, "Two is."), (0, "One is. Two is."), (1, "Three is.")]


@pytest.mark.parametrize(
    ("labels", "roles"),
    [
        (("entailment", "neutral", "contradiction"), ("entailment", "neutral", "contradiction")),
        (("CONTRADICTION", "NEUTRAL", "ENTAILMENT"), ("contradiction", "neutral", "entailment")),
        (("Entailment", "not_entailment"), ("entailment", "neutral")),
        (("inconsistent", "consistent"), ("contradiction", "entailment")),
        (("함의", "모순", "중립"), ("entailment", "contradiction", "neutral")),
        (("SUPPORTS", "REFUTES", "NOT ENOUGH INFO"), ("entailment", "contradiction", "neutral")),
        (("LABEL_0",), ("entailment",)),
    ],
    ids=["usual", "upside down", "two", "consistency", "korean", "fever", "one score"],
)
def test_labels_are_read_by_their_names(labels: tuple[str, ...], roles: tuple[str, ...]) -> None:
    assert roles_of(labels, "m") == roles


@pytest.mark.parametrize(
    "labels", [("LABEL_0", "LABEL_1", "LABEL_2"), ("neutral", "contradiction"), ("entailment", "supports")],
    ids=["numbered", "none entails", "two entail"],
)  # fmt: skip
def test_labels_that_say_nothing_are_refused_with_the_way_out(labels: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="--judge 'nli:m#entailment,neutral,contradiction'"):
        roles_of(labels, "m")


def test_labels_of_the_user_win_over_those_of_the_model() -> None:
    numbered = Fake({}, ("LABEL_0", "LABEL_1", "LABEL_2"))
    assert "entailment,neutral,contradiction" in NliJudge(numbered, ("entailment", "neutral", "contradiction")).identity


def test_one_score_goes_through_the_logistic_function_and_several_through_softmax() -> None:
    assert probabilities(np.array([0.0, 2.0]), 2, 1)[:, 0] == pytest.approx([0.5, 0.8808], abs=1e-4)
    assert probabilities(np.array([[1.0, 1.0], [900.0, 0.0]]), 2, 2).tolist() == [[0.5, 0.5], [1.0, 0.0]]


@pytest.mark.parametrize("logits", [[[np.nan, 0.0, 0.0]], [[0.0, 1.0]], []], ids=["nan", "too few", "none"])
def test_a_model_that_gives_no_scores_leaves_the_claim_unmeasured(logits: list[list[float]]) -> None:
    model = Fake({})
    model.logits = lambda pairs: np.array(logits)  # type: ignore[method-assign]
    with pytest.raises(JudgeFailed, match="the judge failed: ValueError"):
        AskedJudge(NliJudge(model), Store(None)).judge(None, ["One is."], "One is.")


WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *"abcdefghijklmnopqrstuvwxyz",
    *(f"##{c}" for c in "abcdeinorst"),
]


@pytest.fixture(scope="module", params=[3, 1], ids=["three labels", "one score"])
def tiny(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> PairCrossEncoder:
    """A cross-encoder of random weights, made here: its verdicts mean nothing, its shapes and labels do."""
    pytest.importorskip("sentence_transformers", reason="no extra: pip install 'eco2-agent-kb[dense]'")
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    from harness.adapters.cross_encoder import PairCrossEncoder

    folder = tmp_path_factory.mktemp("tiny")
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    labels = dict(enumerate(THREE if request.param == 3 else ("LABEL_0",)))
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, id2label=labels, label2id={name: at for at, name in labels.items()},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return PairCrossEncoder(str(folder))


def test_a_real_cross_encoder_has_the_labels_of_its_file_and_scores_of_their_shape(tiny: PairCrossEncoder) -> None:
    found = tiny.logits([("one is", "one is"), ("two", "one"), ("", "x")])
    assert found.shape == (3, len(tiny.labels))
    assert np.isfinite(found).all()
    assert tiny.labels in (THREE, ("LABEL_0",))


def test_a_real_cross_encoder_judges_the_same_twice(tiny: PairCrossEncoder) -> None:
    one, other = (NliJudge(tiny).judge(None, ["One is. Two is.", "Three is."], "Two is.") for _ in range(2))
    assert one == other
    assert 0.0 < one.p_supported < 1.0
    assert one.evidence_quote is not None


def test_other_weights_are_another_judge(tiny: PairCrossEncoder) -> None:
    from harness.adapters.cross_encoder import PairCrossEncoder

    before = PairCrossEncoder(tiny.name).identity
    assert before == tiny.identity
    config = Path(tiny.name) / "config.json"
    text = config.read_text(encoding="utf-8")
    config.write_text(text + "\n", encoding="utf-8")
    assert PairCrossEncoder(tiny.name).identity != before
    config.write_text(text, encoding="utf-8")


def test_a_folder_without_a_model_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="no extra: pip install 'eco2-agent-kb[dense]'")
    from harness.adapters.cross_encoder import PairCrossEncoder

    with pytest.raises(TargetUnusable, match="cannot load the cross-encoder"):
        PairCrossEncoder(str(tmp_path))
