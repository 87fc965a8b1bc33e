"""What live language models add to `ports`: answers that arrive in pieces, and how an answer came about.

Errors of a live model, beside `ports.LanguageModel`'s own:

ModelError (eco2.turns)
└── Refused        the model declines to answer; an answer of its own kind, never asked of another model silently
CallFailed (eco2.policy)
└── Garbled        it answered, with something else than it was asked for
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

from eco2.policy import CallFailed, Deadline
from eco2.ports import Completion, Prompt
from eco2.turns import ModelError


class Refused(ModelError):
    """A model, or the moderation before it, declines. `reason` is the provider's word for it, never its prose."""

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(f"{provider} declines to answer this ({reason}); say so, or ask in other words")
        self.provider, self.reason = provider, reason


class Garbled(CallFailed):
    """An answer that is cut off, is no JSON, or has another shape than asked for. Asking again may help."""


@dataclass(frozen=True)
class Switch:
    """A provider that was left for the next one, and why, in words without keys or addresses."""

    provider: str
    reason: str


@dataclass(frozen=True)
class Answered(Completion):
    """A completion with how it came about.

    `notes` are for the reader of the bill, `switches` say who was left on the way, `cut` why the answer is not whole.
    """

    notes: tuple[str, ...] = ()
    switches: tuple[Switch, ...] = ()
    cut: str = ""


@dataclass(frozen=True)
class Chunk:
    """A piece of an answer that is being written: text to append to one sentence.

    Sentences are numbered within their paragraph, both from 0, and arrive in order. `citations` are the whole
    sentence's and the same in each of its chunks. `ends` says that nothing is added to the sentence any more. The last
    chunk of a stream has no text and carries the completion.
    """

    text: str = ""
    paragraph: int = 0
    sentence: int = 0
    citations: tuple[str, ...] = ()
    ends: bool = False
    completion: Completion | None = None


@dataclass(frozen=True)
class Picture:
    """A picture to look at, with its media type."""

    data: bytes
    media_type: str


@runtime_checkable
class Streams(Protocol):
    """A language model that can hand over an answer while it is written."""

    def stream(self, prompt: Prompt) -> Iterator[Chunk]:
        """Yield what can be shown, in order, then one chunk with the completion.

        The texts of a sentence put together are the completion's text of it. Closing the iterator ends the call. A
        task other than `compose` yields the completion alone.

        Raises:
            ModelError: as `LanguageModel.complete`; also after chunks were yielded.
        """
        ...


@runtime_checkable
class Hurries(Protocol):
    """A language model that can be told when its answer is of no more use."""

    def within(self, deadline: Deadline) -> Self:
        """Return the same model, bound to a deadline."""
        ...


@runtime_checkable
class LeavesOut(Protocol):
    """Several language models of which some need not be asked again in a turn."""

    def without(self, names: Iterable[str]) -> Self:
        """Return the same models but for those of these names."""
        ...


@runtime_checkable
class Bills(Protocol):
    """A model of which the caller wants to know what each answer used."""

    def billed(self, used: Callable[[Completion], None]) -> Self:
        """Return the same model, telling `used` each completion."""
        ...


@runtime_checkable
class Sees(Protocol):
    """A language model that can look at a picture."""

    @property
    def name(self) -> str: ...

    def see(self, prompt: Prompt, picture: Picture) -> Completion:
        """Do a task about a picture.

        Raises:
            ModelError: as `LanguageModel.complete`.
            SourceUnavailable: it cannot be asked now.
        """
        ...


def chunks_of(completion: Completion) -> Iterator[Chunk]:
    """Yield a finished completion as a stream: whole sentences, then the completion."""
    paragraphs = completion.output.get("paragraphs")
    for number, paragraph in enumerate(paragraphs if isinstance(paragraphs, list) else []):
        for place, sentence in enumerate(paragraph if isinstance(paragraph, list) else []):
            yield _whole(sentence, number, place)
    yield Chunk(completion=completion)


def _whole(sentence: object, paragraph: int, place: int) -> Chunk:
    row: Mapping[str, object] = sentence if isinstance(sentence, Mapping) else {}
    citations = row.get("citations")
    ids = tuple(str(id_) for id_ in citations) if isinstance(citations, list) else ()
    return Chunk(str(row.get("text", "")), paragraph, place, ids, ends=True)
