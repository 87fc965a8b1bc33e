"""What the harness needs of a language model: a prompt goes in, text or parsed JSON comes out, with what it used.

Any object with a method `complete` that takes a `Prompt` does, `eco2.app:language_model` for one; so does a function
from text to text. JudgeFailed is what every failure of a judge or its model becomes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from harness.cases import ConfigError
from harness.trial import UnmeasurableError


class JudgeFailed(UnmeasurableError):
    """A judge came to no judgement: its model raised, was late, spoke nonsense, or the budget is spent."""


@dataclass(frozen=True)
class Prompt:
    """A task for a model: words that never change, the input as data, the JSON Schema to answer in.

    `input` holds nothing but plain JSON; a model that reads text is given `text`.
    """

    task: str
    instructions: str
    input: Mapping[str, object]
    schema: Mapping[str, object] = field(default_factory=dict)


class Completed(Protocol):
    """What a model answered: JSON, parsed or as text, and what it used. `cost_usd` is 0 where nobody knows it."""

    @property
    def output(self) -> Mapping[str, object] | str: ...

    @property
    def input_tokens(self) -> int: ...

    @property
    def output_tokens(self) -> int: ...

    @property
    def cost_usd(self) -> float: ...


class LanguageModel(Protocol):
    """Answers prompts. `usd_per_million` (input, output), where a model has it, prices a run before it starts."""

    @property
    def name(self) -> str: ...

    def complete(self, prompt: Prompt) -> Completed: ...


@dataclass(frozen=True)
class Reply:
    """The plain `Completed`."""

    output: Mapping[str, object] | str
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


@dataclass(frozen=True)
class Spoken:
    """A function from text to text as a language model; it counts no tokens."""

    name: str
    speak: Callable[[str], object]

    def complete(self, prompt: Prompt) -> Reply:
        """Raises: TypeError: the function returned no text."""
        said = self.speak(text_of(prompt))
        if not isinstance(said, str):
            raise TypeError(f"{self.name} returned {type(said).__name__}, not text")
        return Reply(said)


def text_of(prompt: Prompt) -> str:
    """A prompt as one text."""
    return f"{prompt.instructions}\n\n{message_of(prompt)}"


def message_of(prompt: Prompt) -> str:
    """The part of a prompt that changes; its `text` where it has one."""
    return "\n".join(str(value) for value in prompt.input.values())


def model_from(found: object, name: str) -> LanguageModel:
    """Make a model of what a `module:attribute` is.

    Args:
        found: an object with `complete`, something that returns one when it is called with nothing, or a function of
            one text that returns text.
        name: the string it came by; the name of a model that has none.

    Raises:
        ConfigError: it is none of these.
    """
    made = found() if callable(found) and not hasattr(found, "complete") and _takes_nothing(found) else found
    made = made() if isinstance(made, type) else made
    if callable(getattr(made, "complete", None)):
        return cast(LanguageModel, made) if hasattr(made, "name") else _Named(name, cast(LanguageModel, made))
    if callable(made):
        return Spoken(name, made)
    raise ConfigError(
        f"{name!r} is no language model: a {type(made).__name__} has no method complete(prompt) and takes no text; "
        "see harness/judging/remote/model.py"
    )


@dataclass(frozen=True)
class _Named:
    """A model that says no name of its own."""

    name: str
    model: LanguageModel

    def complete(self, prompt: Prompt) -> Completed:
        return self.model.complete(prompt)


def _takes_nothing(found: Callable[..., object]) -> bool:
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return False
    return all(one.default is not one.empty or one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD) for one in parameters)
