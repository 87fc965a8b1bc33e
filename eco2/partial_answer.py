"""Follow the JSON of an answer while it arrives: what can be shown of its sentences, as early as it is certain.

A sentence is shown as it is written once its citations are known; citations that come after the text hold it back, so
that a claim is never on the screen before the bot can check what it rests on. What is read here is checked again as a
whole at the end (`model_output`).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

from eco2.completions import Chunk, Garbled

_SPACE = " \t\r\n"
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_DEEPEST = 40
_HIGH, _LOW, _ASTRAL = range(0xD800, 0xDC00), range(0xDC00, 0xE000), 0x10000

Path = tuple[str | int, ...]
Reading = Generator[None, str, str]
"""Asks for one character after the other; returns the first character that it did not read, "" for none."""


@dataclass
class _Sentence:
    text: str = ""
    citations: list[str] = field(default_factory=list)
    cited: bool = False
    shown: int = 0


class PartialAnswer:
    """Feed it the pieces of an answer; it returns what can be shown of `paragraphs` -> sentences -> `text`."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._sentence = _Sentence()
        self._found: list[Chunk] = []
        self._reading = self._document()
        next(self._reading)

    def feed(self, text: str) -> list[Chunk]:
        """Read on; chunks of one piece are joined sentence by sentence.

        Raises:
            Garbled: this is no JSON.
        """
        for character in text:
            self._reading.send(character)
        found, self._found = self._found, []
        return found

    def _document(self) -> Reading:
        character = ""
        while character != "{":  # code fences, a sentence before the JSON
            character = yield
        yield from self._object(())
        while True:
            yield

    def _value(self, first: str, path: Path) -> Reading:
        if len(path) > _DEEPEST:
            raise Garbled(f"{self._provider}: the JSON is nested deeper than {_DEEPEST}; use another model")
        if first == "{":
            return (yield from self._object(path))
        if first == "[":
            return (yield from self._array(path))
        if first == '"':
            return (yield from self._string(path))
        if first in "-0123456789tfn":
            return (yield from self._scalar())
        raise self._broken(first)

    def _object(self, path: Path) -> Reading:
        if _is_sentence(path):
            self._sentence = _Sentence()
        character = yield from self._next("")
        while character != "}":
            if character != '"':
                raise self._broken(character)
            key = yield from self._key()
            if (character := (yield from self._next(""))) != ":":
                raise self._broken(character)
            first = yield from self._next("")
            character = yield from self._next((yield from self._value(first, (*path, key))))
            if character == ",":
                character = yield from self._next("")
            elif character != "}":
                raise self._broken(character)
        if _is_sentence(path):
            if not self._sentence.cited:
                raise Garbled(f"{self._provider}: a sentence has no 'citations'; try again or use another model")
            self._show(path, ends=True)
        return ""

    def _array(self, path: Path) -> Reading:
        character, index = (yield from self._next("")), 0
        while character != "]":
            character = yield from self._next((yield from self._value(character, (*path, index))))
            index += 1
            if character == ",":
                character = yield from self._next("")
            elif character != "]":
                raise self._broken(character)
        if _is_sentence(path[:-1]) and path[-1] == "citations":
            self._sentence.cited = True
        return ""

    def _string(self, path: Path) -> Reading:
        is_text = _is_sentence(path[:-1]) and path[-1] == "text"
        read: list[str] = []
        while (part := (yield from self._character())) is not None:
            if is_text:
                self._sentence.text += part
                self._show(path[:-1])
            else:
                read.append(part)
        if _is_sentence(path[:-2]) and path[-2] == "citations":
            self._sentence.citations.append("".join(read))
        return ""

    def _key(self) -> Generator[None, str, str]:
        read = []
        while (part := (yield from self._character())) is not None:
            read.append(part)
        return "".join(read)

    def _scalar(self) -> Reading:
        while (character := (yield)) not in ",]}" + _SPACE:
            pass
        return character

    def _character(self) -> Generator[None, str, str | None]:
        """Return the next character of a string; None at its end. A pair of surrogates is one character."""
        character = yield
        if character == '"':
            return None
        if character != "\\":
            return self._sound(character, raw=True)
        code = ord((yield from self._escape()))
        if code not in _HIGH:
            return self._sound(chr(code))
        if (following := (yield)) != "\\":
            raise self._broken(following)
        low = ord((yield from self._escape()))
        if low not in _LOW:
            raise self._broken(chr(low))
        return chr(_ASTRAL + ((code - _HIGH.start) << 10) + (low - _LOW.start))

    def _sound(self, character: str, *, raw: bool = False) -> str:
        """Refuse half a surrogate pair, and control characters that JSON wants escaped."""
        if ord(character) in _LOW or (raw and character < " "):
            raise self._broken(character)
        return character

    def _escape(self) -> Generator[None, str, str]:
        kind = yield
        if kind != "u":
            if kind not in _ESCAPES:
                raise self._broken(kind)
            return _ESCAPES[kind]
        digits = ""
        for _ in range(4):
            digits += yield
        try:
            return chr(int(digits, 16))
        except ValueError:
            raise self._broken(digits) from None

    def _next(self, unread: str) -> Generator[None, str, str]:
        """Return the next character that is no space, beginning with one that was not read."""
        character = unread or (yield)
        while character in _SPACE:
            character = yield
        return character

    def _show(self, path: Path, *, ends: bool = False) -> None:
        """Give out what is new of the sentence at `path`."""
        one = self._sentence
        if not one.cited:
            return
        chunk = Chunk(one.text[one.shown :], _number(path[1]), _number(path[2]), tuple(one.citations), ends=ends)
        one.shown = len(one.text)
        if self._found and (last := self._found[-1]).paragraph == chunk.paragraph and last.sentence == chunk.sentence:
            chunk = Chunk(last.text + chunk.text, chunk.paragraph, chunk.sentence, chunk.citations, chunk.ends)
            self._found.pop()
        self._found.append(chunk)

    def _broken(self, character: str) -> Garbled:
        return Garbled(f"{self._provider}: the JSON is malformed at {character!r}; try again or use another model")


def _is_sentence(path: Path) -> bool:
    return len(path) == 3 and path[0] == "paragraphs" and isinstance(path[1], int) and isinstance(path[2], int)


def _number(part: str | int) -> int:
    return part if isinstance(part, int) else 0
