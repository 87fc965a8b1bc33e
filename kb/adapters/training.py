"""Train the bilingual static embedder with sentence-transformers and write it as a model folder.

Needs the `dense` extra (torch, sentence-transformers). Texts come from `kb.adapters.parallel`, pairs from `kb.pairs`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.sentence_transformer.losses import MatryoshkaLoss, MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Lowercase, Replace
from tokenizers.normalizers import Sequence as Normalizers
from tokenizers.pre_tokenizers import Split
from tokenizers.trainers import UnigramTrainer
from torch.nn.functional import embedding_bag
from transformers import PrinterCallback

from datasets import Dataset  # type: ignore[attr-defined]  # the folder of that name here, to mypy
from kb.adapters.parallel import read_sections
from kb.adapters.static_model import WORDS, compact, save
from kb.documents import KbError
from kb.pairs import Pair, Section, split, training_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNKNOWN = "[UNK]"
# A longer text adds little to a mean of token vectors and most of the training time.
_LONGEST_TEXT = 800


@dataclass(frozen=True)
class TrainingReport:
    """What was trained on and what came out; `loss` is the mean over all steps."""

    name: str
    revision: str
    sections: int
    held_out: int
    pairs: int
    vocabulary: int
    dimension: int
    loss: float
    seconds: float
    bytes: int


def train(
    pairs_path: Path,
    out_dir: Path,
    *,
    vocabulary: int = 16_000,
    dimension: int = 256,
    epochs: float = 8,
    batch: int = 1024,
    learning_rate: float = 0.02,
    dropout: float = 0.4,
    scale: float = 12.0,
    held_out: float = 0.1,
    seed: int = 7,
    threads: int = 1,
) -> TrainingReport:
    """Train a tokenizer and an embedder on aligned sections and write the model folder `out_dir`, named after it.

    Args:
        pairs_path: aligned sections, JSONL.gz as `kb embedder fetch` writes them.
        out_dir: the model folder; its last part is the model's name.
        vocabulary: number of subwords, the unknown one included; fewer come out where the text has fewer.
        dimension: length of a vector; nested vectors of half of it are trained with it.
        epochs: how often each pair is seen.
        batch: pairs a step; each text is told apart from all others of its batch.
        learning_rate: of AdamW at the end of the warm-up, then a cosine down to 0.
        dropout: share of tokens that a step leaves out of each text; helps on domains that were not trained on.
        scale: what similarities are multiplied by in the loss; larger looks at the nearest rivals alone.
        held_out: share of documents kept out, for `benchmarks/embedder.py`.
        seed: of everything random; the same seed, machine and versions give the same revision.
        threads: CPU threads; more than 1 makes sums, hence the weights, differ in the last bits.

    Raises:
        KbError: `pairs_path` cannot be read or holds too little for one batch.
    """
    started = time.monotonic()
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    training, kept = split(read_sections(pairs_path), held_out)
    pairs = [(first[:_LONGEST_TEXT], second[:_LONGEST_TEXT]) for first, second in training_pairs(training, seed)]
    if len(pairs) < 2:
        raise KbError(f"{pairs_path} gives {len(pairs)} pairs to train on; fetch more with `kb embedder fetch`")
    module = TokenDropout(subwords(_texts(training), vocabulary), dimension, dropout)
    schedule = _Schedule(epochs, min(batch, len(pairs)), learning_rate, scale, seed)
    loss = _fit(module, pairs, schedule)
    config = save(out_dir, out_dir.name, module.tokenizer, module.vectors())
    return TrainingReport(
        name=config.name,
        revision=config.revision,
        sections=len(training),
        held_out=len(kept),
        pairs=len(pairs),
        vocabulary=config.vocabulary,
        dimension=config.dimension,
        loss=loss,
        seconds=round(time.monotonic() - started, 1),
        bytes=sum(path.stat().st_size for path in out_dir.iterdir() if path.suffix in {".npy", ".json"}),
    )


class TokenDropout(StaticEmbedding):
    """A `StaticEmbedding` that leaves out tokens at random while it trains and remembers how texts were tokenised."""

    def __init__(self, tokenizer: Tokenizer, dimension: int, dropout: float) -> None:
        super().__init__(tokenizer, embedding_dim=dimension)
        # A small start lets the length of a vector, hence the weight of its token, be learnt in few steps.
        torch.nn.init.normal_(self.embedding.weight, std=0.1)
        self.dropout = dropout
        self._ids: dict[str, NDArray[np.int64]] = {}

    def preprocess(  # type: ignore[override]  # the library's own override narrows to texts as well
        self, inputs: list[str], prompt: str | None = None, **kwargs: object
    ) -> dict[str, torch.Tensor]:
        new = [text for text in inputs if text not in self._ids]
        for text, encoding in zip(new, self.tokenizer.encode_batch_fast(new, add_special_tokens=False), strict=True):
            self._ids[text] = np.array(encoding.ids or [0], np.int64)
        ids = [self._ids[text] for text in inputs]
        offsets = np.cumsum([0, *(len(row) for row in ids[:-1])])
        return {"input_ids": torch.from_numpy(np.concatenate(ids)), "offsets": torch.from_numpy(offsets)}

    def forward(self, features: dict[str, torch.Tensor], **kwargs: object) -> dict[str, torch.Tensor]:
        if not self.training:
            return super().forward(features, **kwargs)
        ids, weights = features["input_ids"], self.embedding.weight
        kept = (torch.rand(len(ids)) >= self.dropout) & (ids != 0)
        # Never quite 0: a text whose tokens are all left out would have no direction, its gradient is NaN.
        shares = torch.where(kept, 1.0, 1e-6)
        # Sums, not means: the loss compares by cosine, and means cannot leave tokens out.
        features["sentence_embedding"] = embedding_bag(
            ids, weights, features["offsets"], mode="sum", per_sample_weights=shares
        )
        return features

    def vectors(self) -> NDArray[np.float32]:
        """(vocabulary, dimension) float32; the unknown token's row is zero, so that it says nothing."""
        weights: NDArray[np.float32] = self.embedding.weight.detach().numpy().copy()
        weights[0] = 0
        return weights


def subwords(texts: Iterable[str], vocabulary: int) -> Tokenizer:
    """Train a Unigram tokenizer on the words of texts: lower-cased, split at camelCase, between scripts and digits.

    Everything else is dropped: the rules of Markdown's tables, fences and diagrams drown prose in a mean of token
    vectors. No mark for the start of a word: a Korean stem is one subword alone, in a compound, before a particle.
    """
    tokenizer = Tokenizer(Unigram())
    camel = Replace(Regex("(?<=[a-z])(?=[A-Z])"), " ")
    tokenizer.normalizer = Normalizers([NFKC(), camel, Lowercase()])
    tokenizer.pre_tokenizer = Split(Regex(WORDS), "removed", invert=True)
    trainer = UnigramTrainer(
        vocab_size=vocabulary, special_tokens=[_UNKNOWN], unk_token=_UNKNOWN, show_progress=False, shrinking_factor=0.75
    )
    tokenizer.train_from_iterator(texts, trainer)
    # What is shipped, rounded and in its order, is what is trained with.
    return Tokenizer.from_str(compact(tokenizer))


def _texts(sections: Sequence[Section]) -> Iterable[str]:
    for section in sections:
        yield from (section.heading_ko, section.heading_en, *section.paragraphs_ko, *section.paragraphs_en)


@dataclass(frozen=True)
class _Schedule:
    epochs: float
    batch: int
    learning_rate: float
    scale: float
    seed: int


def _fit(module: TokenDropout, pairs: Sequence[Pair], schedule: _Schedule) -> float:
    model = SentenceTransformer(modules=[module], device="cpu")
    columns: Mapping[str, list[str]] = {"anchor": [a for a, _ in pairs], "positive": [b for _, b in pairs]}
    ranking = MultipleNegativesRankingLoss(model, scale=schedule.scale, directions=("query_to_doc", "doc_to_query"))
    dimension = module.embedding_dim
    with tempfile.TemporaryDirectory() as scratch:
        trainer = SentenceTransformerTrainer(
            model=model,
            args=SentenceTransformerTrainingArguments(
                output_dir=scratch,
                num_train_epochs=schedule.epochs,
                per_device_train_batch_size=schedule.batch,
                learning_rate=schedule.learning_rate,
                warmup_steps=0.1,
                lr_scheduler_type="cosine",
                dataloader_drop_last=True,
                seed=schedule.seed,
                use_cpu=True,
                save_strategy="no",
                logging_strategy="no",
                report_to="none",
                disable_tqdm=True,
            ),
            train_dataset=Dataset.from_dict(columns),
            loss=MatryoshkaLoss(model, ranking, [dimension, dimension // 2]),
        )
        # What the command prints is its report alone.
        trainer.remove_callback(PrinterCallback)
        return round(float(trainer.train().training_loss), 4)
