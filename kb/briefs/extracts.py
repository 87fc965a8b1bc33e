"""A document as an agent reads it: all of its lines in parts that a page can hold, or an outline of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LONGEST_PART = 2_000
_PREVIEW = 180
_FENCE = re.compile(r"\s*(?:```|~~~)")
_HEADING = re.compile(r"#{1,6}\s")


@dataclass(frozen=True)
class Part:
    """A line, or a part of a long one. `number` is 1-based; `goes_on` where the line is not at its end."""

    number: int
    text: str
    goes_on: bool = False


def parts(text: str, first: int) -> list[Part]:
    """All lines of a text whose first line has the number `first`; one that no page would hold comes in parts."""
    return [part for number, line in enumerate(text.split("\n"), start=first) for part in _parts_of(number, line)]


def outline(text: str, first: int) -> list[Part]:
    """Headings and the first line of each paragraph, each with its number before it and cut to a line."""
    return [Part(number, f"{number}: {preview(line)}") for number, line in _telling(text.split("\n"), first)]


def joined(shown: Sequence[Part]) -> str:
    """Parts as one text, without the line end of the last."""
    return "".join(part.text if part.goes_on else f"{part.text}\n" for part in shown).removesuffix("\n")


def preview(line: str) -> str:
    """The first words of a line."""
    line = line.strip()
    return line if len(line) <= _PREVIEW else f"{line[: _PREVIEW - 2].rstrip()} …"


def _parts_of(number: int, line: str) -> Iterator[Part]:
    while len(line) > _LONGEST_PART:
        yield Part(number, line[:_LONGEST_PART], goes_on=True)
        line = line[_LONGEST_PART:]
    yield Part(number, line)


def _telling(lines: Sequence[str], first: int) -> Iterator[tuple[int, str]]:
    is_code, before = False, ""
    for number, line in enumerate(lines, start=first):
        is_fence = _FENCE.match(line) is not None
        opens_paragraph = bool(line.strip()) and (not before.strip() or _HEADING.match(before) is not None)
        if not is_code and (opens_paragraph or _HEADING.match(line)):
            yield number, line
        is_code, before = is_code != is_fence, line
