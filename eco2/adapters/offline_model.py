"""The language model that needs no key, no server and no weights: it understands by cues and composes by choosing,
ordering and filling the rules' own sentences. Deterministic; it knows two tasks and refuses every other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import lru_cache

from eco2.apart import together
from eco2.chat import in_plain_words
from eco2.compose import draft
from eco2.intake import read_request
from eco2.items import name
from eco2.parts import Reader
from eco2.ports import Completion, Prompt
from eco2.route import Reading, read
from eco2.turns import ModelError
from eco2.understand import understand
from eco2.vocabulary import Vocabulary

_CACHED_READINGS = 512


class OfflineModel:
    """Meets `ports.LanguageModel` with the cue tables and the composer of this room."""

    name = "offline"

    def __init__(self, words: Vocabulary) -> None:
        self._reader = reader(words)
        self._tasks: Mapping[str, Callable[[Mapping[str, object]], Mapping[str, object]]] = {
            "understand": self._understand,
            "compose": draft,
        }

    def complete(self, prompt: Prompt) -> Completion:
        if prompt.task not in self._tasks:
            raise ModelError(
                f"the offline model does {', '.join(self._tasks)}, not {prompt.task!r}; configure another model for it"
            )
        return Completion(self._tasks[prompt.task](prompt.input), self.name)

    def _understand(self, given: Mapping[str, object]) -> Mapping[str, object]:
        return asdict(understand(read_request(given).turns, self._reader))


def reader(words: Vocabulary) -> Reader:
    """Return how pieces of messages are read with a vocabulary; readings are cached."""

    @lru_cache(maxsize=_CACHED_READINGS)
    def _read(text: str) -> Reading:
        return read(text, name(text, words))

    def _conditions(reading: Reading) -> str:
        return " ".join(words.tag_words[tag] for tag in reading.named.tags[:2] if tag in words.tag_words)

    def _classes(reading: Reading) -> frozenset[str]:
        return frozenset(words.classes[key] for mention in reading.named.things for key in mention.keys[:1])

    @lru_cache(maxsize=_CACHED_READINGS)
    def _mend(text: str) -> str:
        return together(words.speller.mend(in_plain_words(text)), words.things)

    return Reader(_mend, _read, _conditions, _classes)
