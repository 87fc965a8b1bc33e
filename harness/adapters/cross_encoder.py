"""Any cross-encoder of sentence-transformers as a model of premise and hypothesis. Loading it takes seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import CrossEncoder

from harness.cases import TargetUnusable

_WEIGHTS = ("*.safetensors", "*.bin", "config.json", "tokenizer.json", "vocab.txt")


class PairCrossEncoder:
    """One model, on one device. See `harness.judging.remote.nli_judge.PairModel`.

    Args:
        name: a folder, or the name of a model that the library knows where to find.

    Raises:
        TargetUnusable: it cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        try:
            self._model = CrossEncoder(name)
        except (OSError, ValueError, RuntimeError) as error:
            line = str(error).partition("\n")[0]
            raise TargetUnusable(f"cannot load the cross-encoder {name!r}: {line}; give a folder or a name") from error
        config = self._model.config
        self.name = name
        labels = getattr(config, "id2label", None) or {0: "score"}
        self.labels = tuple(str(labels[index]) for index in sorted(labels))
        self.identity = f"{name} {_digest(Path(name)) or getattr(config, '_commit_hash', None) or 'unversioned'}"

    def logits(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Return (len(pairs), len(labels))."""
        raw = self._model.predict(list(pairs), activation_fn=torch.nn.Identity(), show_progress_bar=False)
        return np.asarray(raw, dtype=np.float64).reshape(len(pairs), -1)


def _digest(folder: Path) -> str:
    """SHA-256 over the files that decide, 12 hex digits; empty where the name is no folder."""
    if not folder.is_dir():
        return ""
    whole = hashlib.sha256()
    for path in sorted({path for pattern in _WEIGHTS for path in folder.glob(pattern)}):
        with path.open("rb") as stream:
            whole.update(f"{path.name} {hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()[:12]
