"""Read a static embedding model: one vector a subword, a text is the normalised sum of its subwords' vectors.

A model is a folder: `weights.npy` (int8, one row a token), `scales.npy` (float32, one a row), `tokenizer.json` and
`config.json`. Needs numpy and tokenizers alone; `kb.adapters.training` makes such folders.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kb.documents import KbError

FORMAT = 1
# What a model knows, in lower case; everything between is a boundary. `tokenizer.json` splits by the same pattern.
WORDS = "[a-z]+|[0-9]+|[가-힣]+"
_FILES = ("weights.npy", "scales.npy", "tokenizer.json")
# The same words before lowering, cut at camelCase, which the tokenizer does in two steps.
_WORDS = re.compile("[A-Z]*[a-z]+|[A-Z]+|[0-9]+|[가-힣]+")
# Distinct words whose subwords are remembered: a few tens of megabytes at most.
_REMEMBERED = 200_000
# So many words are cut up one by one: a batch goes to several threads, which take their time on a busy machine.
_FEW = 64
# So many texts share a batch.
_TOGETHER = 256
# The trainer gives characters that it did not score at most this much more than the lowest score.
_UNSCORED = 0.2


@dataclass(frozen=True)
class Config:
    """What `config.json` says; `revision` is a hash of weights and tokenizer, `tokenizer` of the tokenizer alone."""

    name: str
    revision: str
    dimension: int
    vocabulary: int
    tokenizer: str
    normalisation: str = "l2"
    format: int = FORMAT


class StaticModel:
    """An embedder of `kb.ports`; a query costs microseconds, loading a few tens of milliseconds."""

    def __init__(self, config: Config, tokenizer: Tokenizer, weights: NDArray[np.float32]) -> None:
        self.config = config
        self.tokenizer = tokenizer
        self.weights = weights
        self._ids: dict[str, list[int]] = {}

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def revision(self) -> str:
        return self.config.revision

    @property
    def dimension(self) -> int:
        return self.config.dimension

    @property
    def normalisation(self) -> str:
        return self.config.normalisation

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts of any length; nothing is cut off.

        Returns:
            (len(texts), dimension) float32, rows of length 1 in the order of `texts`. A text without a known subword
            (empty, only punctuation, only emoji) gives a row of zeros, whose similarity to everything is 0. A text's
            row does not depend on the texts beside it.
        """
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _TOGETHER):
            some = slice(start, start + _TOGETHER)
            for row, ids in zip(rows[some], self._ids_of(texts[some]), strict=True):
                numbers, counts = np.unique(np.array(ids, np.int64), return_counts=True)
                (self.weights.take(numbers, axis=0) * counts[:, None].astype(np.float32)).sum(axis=0, out=row)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        np.divide(rows, lengths, out=rows, where=lengths > 0)
        return rows

    def ids(self, text: str) -> list[int]:
        """Give the tokens of a text as `tokenizer` does, but cut each distinct word up once; words repeat."""
        return self._ids_of([text])[0]

    def _ids_of(self, texts: Sequence[str]) -> list[list[int]]:
        # The one letter beyond ASCII whose lower case begins with an ASCII letter.
        split = [_WORDS.findall(unicodedata.normalize("NFKC", text).replace("İ", "i\u0307")) for text in texts]
        known = self._ids
        if not all(word in known for words in split for word in words):
            known = self._learnt([word for words in split for word in words])
        return [[number for word in words for number in known[word]] for words in split]

    def _learnt(self, words: Sequence[str]) -> dict[str, list[int]]:
        """Cut up the words not met before; starts over when too many are remembered. Threads may call at once."""
        known = self._ids if len(self._ids) <= _REMEMBERED else {}
        new = list(dict.fromkeys(word for word in words if word not in known))
        if len(new) <= _FEW:
            known.update((word, self.tokenizer.encode(word, add_special_tokens=False).ids) for word in new)
        else:
            encodings = self.tokenizer.encode_batch_fast(new, add_special_tokens=False)
            known.update((word, encoding.ids) for word, encoding in zip(new, encodings, strict=True))
        self._ids = known
        return known


def load(folder: Path) -> StaticModel:
    """Open a model folder.

    Raises:
        KbError: a file is missing or unreadable, or the weights are not those that `config.json` names.
    """
    config = read_config(folder)
    try:
        codes, scales = (np.load(folder / name, allow_pickle=False) for name in _FILES[:2])
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        found = revision(folder)
    except Exception as error:  # what tokenizers raises for a file that it cannot read
        raise KbError(
            f"the model in {folder} cannot be read ({error}); restore it or run `kb embedder train`"
        ) from error
    shape = (config.vocabulary, config.dimension)
    if found != config.revision or codes.shape != shape or scales.shape != shape[:1]:
        raise KbError(
            f"the model in {folder} is revision {found} with weights {codes.shape}, its config.json says "
            f"{config.revision} and {shape}; restore the folder or run `kb embedder train`"
        )
    return StaticModel(config, tokenizer, dequantise(codes, scales))


def save(folder: Path, name: str, tokenizer: Tokenizer, weights: NDArray[np.float32]) -> Config:
    """Write a model folder, weights rounded to int8 by row, and return its config.

    Args:
        folder: made where it is missing; files of the same names are overwritten, others stay.
        name: what an index is stamped with beside the revision.
        tokenizer: made from `compact`; its ids are the rows of `weights`.
        weights: (vocabulary, dimension); rows of zeros stay exactly zero.
    """
    folder.mkdir(parents=True, exist_ok=True)
    codes, scales = quantise(weights)
    np.save(folder / "weights.npy", codes)
    np.save(folder / "scales.npy", scales)
    (folder / "tokenizer.json").write_text(compact(tokenizer), encoding="utf-8")
    vocabulary, dimension = weights.shape
    config = Config(name, revision(folder), dimension, vocabulary, _digest(folder / "tokenizer.json"))
    text = json.dumps(config.__dict__, indent=2, ensure_ascii=False)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")
    return config


def read_config(folder: Path) -> Config:
    """Read `config.json` alone: enough to compare a model with the stamp of an index.

    Raises:
        KbError: it is missing, not JSON, or of another format.
    """
    path = folder / "config.json"
    try:
        config = Config(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise KbError(f"no model config at {path} ({error}); name a model folder or run `kb embedder train`") from error
    if config.format != FORMAT:
        raise KbError(f"{path} is of format {config.format}, this version reads {FORMAT}; run `kb embedder train`")
    return config


def quantise(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round rows to 255 levels: (codes int8, scales float32 by row) with `codes * scales` within half a level."""
    scales = (np.abs(weights).max(axis=1) / 127).astype(np.float32)
    levels = np.divide(weights, scales[:, None], out=np.zeros_like(weights), where=scales[:, None] > 0)
    return np.rint(levels).astype(np.int8), scales


def dequantise(codes: NDArray[np.int8], scales: NDArray[np.float32]) -> NDArray[np.float32]:
    """Undo `quantise`: (vocabulary, dimension) float32."""
    return codes.astype(np.float32) * scales[:, None]


def revision(folder: Path) -> str:
    """Hash the files that decide a vector; sixteen hexadecimal digits."""
    return hashlib.sha256("".join(_digest(folder / name) for name in _FILES).encode()).hexdigest()[:16]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def compact(tokenizer: Tokenizer) -> str:
    """Serialise a Unigram tokenizer small and repeatably: scores of four decimals, no white space, ties by token.

    The trainer puts characters that it did not score .0001 apart in the order of a hash table, new in every run; here
    they share the lowest score. The unknown token stays first.
    """
    data = json.loads(tokenizer.to_str())
    unknown, *known = data["model"]["vocab"]
    lowest = min((score for _, score in known), default=0.0)
    scores = {token: lowest if len(token) == 1 and score < lowest + _UNSCORED else score for token, score in known}
    ordered = sorted(scores.items(), key=lambda entry: (-round(entry[1], 4), entry[0]))
    data["model"]["vocab"] = [unknown, *([token, round(score, 4)] for token, score in ordered)]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
