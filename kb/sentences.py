"""Prose of a Markdown file -> sentences with their lines and headings. Code, comments and link definitions are left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.markdown import Block

_ITEM = re.compile(r"^[\s>]*(?:[-*+]\s|\d+[.)]\s|\||\[[^\]]+\]:\s)")
_DEFINITION = re.compile(r"^\s{0,3}\[[^\]]+\]:\s")
# A period ends a sentence before a capital or Hangul; "e.g. ADR-3" and "v1.2" do not end one.
_END = re.compile(
    r"[.!?](?<!\be\.g.)(?<!\bi\.e.)(?<!\bcf.)(?<!\bvs.)(?<!\bNo.)[\"”’')\]*_]*\s+(?=[\"“‘'(\[*_⟦]*[A-Z가-힣⟦\[])"
)
_LONGEST_ITEM = 5_000  # a paragraph beyond this is data, and slow for patterns


@dataclass(frozen=True)
class Sentence:
    """A sentence as it stands, on one line; `line` is where it begins, `section` counts headings from the top."""

    text: str
    line: int
    headings: tuple[str, ...]
    section: int


def sentences(body: Sequence[Block]) -> list[Sentence]:
    """All sentences of prose, in file order. List items, table rows and paragraphs begin one; headings are none."""
    return list(_sentences(body))


def _sentences(body: Sequence[Block]) -> Iterator[Sentence]:
    path: list[tuple[int, str]] = []
    section = 0
    for block in body:
        if block.kind == "heading":
            section += 1
            path = [step for step in path if step[0] < block.level] + [(block.level, block.text)]
        elif block.kind == "prose":
            headings = tuple(name for _, name in path)
            for pieces in _items(block):
                yield from (Sentence(text, line, headings, section) for text, line in _split(pieces))


def _items(block: Block) -> Iterator[list[tuple[str, int]]]:
    """Lines that belong together: a paragraph, a list item with its continuation, a table row."""
    held: list[tuple[str, int]] = []
    for number, line in enumerate(block.text.split("\n"), start=block.line_start):
        if held and _ITEM.match(line):
            yield held
            held = []
        if not _DEFINITION.match(line):
            held.append((line.strip(" >\t"), number))
    if held:
        yield held


def _split(pieces: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    text = ""
    starts: list[tuple[int, int]] = []
    for line, number in pieces:
        starts.append((len(text), number))
        text += line + " "
    text = text[:_LONGEST_ITEM]
    begin = 0
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        if sentence := text[begin:end].strip():
            yield sentence, max(number for start, number in starts if start <= begin)
        begin = end
