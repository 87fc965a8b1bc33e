"""A language model behind HTTP, whatever its dialect: asks, streams, looks at pictures, counts what it used.

What differs between providers is a `Dialect`: four functions from prompts to JSON and from JSON to what was said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from eco2.adapters.model_wire import Wire
from eco2.completions import Answered, Chunk, Garbled, Picture, Refused
from eco2.model_output import parsed
from eco2.partial_answer import PartialAnswer
from eco2.policy import Deadline
from eco2.ports import Completion, Prompt
from eco2.pricing import Prices
from eco2.turns import SettingsError


@dataclass(frozen=True)
class Said:
    """What one answer, or one event of a stream, says. `cut` is why the text is not whole; `ended` that it is."""

    text: str = ""
    refusal: str = ""
    model: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    ended: bool = False
    cut: str = ""

    def __add__(self, later: Said) -> Said:
        """Join what was said with what came later; counts are totals, so that the later ones hold."""
        return Said(
            self.text + later.text,
            self.refusal or later.refusal,
            later.model or self.model,
            self.input_tokens if later.input_tokens is None else later.input_tokens,
            self.output_tokens if later.output_tokens is None else later.output_tokens,
            self.ended or later.ended,
            self.cut or later.cut,
        )


class Dialect(Protocol):
    """How one API is spoken. What it reads is foreign: a missing field is empty, never an exception."""

    def path(self, model: str, *, stream: bool) -> str: ...

    def body(self, model: str, prompt: Prompt, picture: Picture | None, *, stream: bool) -> Mapping[str, object]: ...

    def whole(self, answer: Mapping[str, Any]) -> Said: ...

    def piece(self, event: Mapping[str, Any]) -> Said: ...


@dataclass(frozen=True)
class HttpModel:
    """Meets `ports.LanguageModel` and `Streams`, `Hurries` and `Sees` of `completions` over HTTP.

    `name` is how people call it ("openai:…"), `model` what its provider calls it; `timeout_s` holds without a deadline.
    """

    name: str
    model: str
    wire: Wire
    dialect: Dialect
    prices: Prices = field(default_factory=Prices)
    timeout_s: float = 60.0
    deadline: Deadline | None = None

    def within(self, deadline: Deadline) -> HttpModel:
        return replace(self, deadline=deadline)

    def complete(self, prompt: Prompt) -> Completion:
        return self._complete(prompt, None)

    def see(self, prompt: Prompt, picture: Picture) -> Completion:
        return self._complete(prompt, picture)

    def stream(self, prompt: Prompt) -> Iterator[Chunk]:
        partial, said = PartialAnswer(self.name), Said()
        path, body = (
            self.dialect.path(self.model, stream=True),
            self.dialect.body(self.model, prompt, None, stream=True),
        )
        with closing(self.wire.events(path, body, self._until())) as events:
            for event in events:
                piece = self._heard(event, self.dialect.piece(event))
                said += piece
                self._not_refused(said)
                yield from partial.feed(piece.text)
        yield Chunk(completion=self._completion(said, prompt))

    def _complete(self, prompt: Prompt, picture: Picture | None) -> Completion:
        path = self.dialect.path(self.model, stream=False)
        answer = self.wire.post(path, self.dialect.body(self.model, prompt, picture, stream=False), self._until())
        return self._completion(self._heard(answer, self.dialect.whole(answer)), prompt)

    def _until(self) -> Deadline:
        return self.deadline or Deadline.after(self.timeout_s)

    def _heard(self, answer: Mapping[str, Any], said: Said) -> Said:
        """Pass on what was said, unless it is an error that came with HTTP 200."""
        if error := answer.get("error"):
            code = part(error, "code") or part(error, "type") or "no code"
            raise Garbled(f"{self.name} broke off with an error ({code!s:.60}); try again")
        return said

    def _not_refused(self, said: Said) -> None:
        if said.refusal:
            raise Refused(self.name, said.refusal)

    def _completion(self, said: Said, prompt: Prompt) -> Completion:
        self._not_refused(said)
        if said.cut or not said.ended:
            raise Garbled(f"{self.name}: the answer is cut off ({said.cut or 'the stream ended early'}); try again")
        output = parsed(said.text, prompt.schema, self.name)
        return self._billed(said, output)

    def _billed(self, said: Said, output: Mapping[str, object]) -> Completion:
        """Count what the provider counted. Nothing is estimated: what is unknown is 0 and has a note."""
        given, taken = said.input_tokens, said.output_tokens
        if given is None or taken is None:
            uncounted = f"{self.name} did not say how many tokens it used"
            return Answered(output, self.name, given or 0, taken or 0, 0.0, (uncounted,))
        cost = self._cost_usd(said.model, given, taken)
        if cost is None:
            unknown = f"no price is known for {said.model or self.model}: cost is not counted"
            return Answered(output, self.name, given, taken, 0.0, (unknown,))
        return Answered(output, self.name, given, taken, cost)

    def _cost_usd(self, answered: str, given: int, taken: int) -> float | None:
        """Take the price of the version that answered, else that of the name that was asked for."""
        cost = self.prices.cost_usd(answered, given, taken)
        return self.prices.cost_usd(self.model, given, taken) if cost is None else cost


def one_line(schema: Mapping[str, object]) -> str:
    """Return a schema as text, for providers that may not enforce it."""
    return json.dumps(schema, ensure_ascii=False)


def part(value: object, *keys: str | int) -> Any:
    """Return what lies deep in foreign JSON; None where the way ends."""
    for key in keys:
        if isinstance(key, int) and isinstance(value, list) and len(value) > key:
            value = value[key]
        elif isinstance(key, str) and isinstance(value, Mapping):
            value = value.get(key)
        else:
            return None
    return value


def count(value: object) -> int | None:
    """Return a count of tokens; None where there is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def base_address(url: str) -> str:
    """Return an address of the settings.

    Raises:
        SettingsError: it is no http(s) address.
    """
    if not url.startswith(("http://", "https://")) or any(character.isspace() for character in url):
        raise SettingsError("the base address of a model must begin with http:// or https://; check ECO2_MODEL")
    return url


def checked_key(key: str) -> str:
    """Return a key that can be sent in a header.

    Raises:
        SettingsError: it is empty, or holds a space, a line end or a letter outside ASCII. The key is not shown.
    """
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError("the key of a model is empty or holds characters that no key has; check how it was set")
    return key
