"""Markdown -> front matter and blocks with exact lines. Finds headings, fences and paragraphs; renders nothing.

Headings are ATX, or a single line underlined with === or ---; not those in code fences, HTML comments or front matter.
One deviation from CommonMark: `---` below a paragraph of several lines is a rule, since that is what authors mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

# A title is said again with every passage, and people write none of this length.
LONGEST_HEADING = 500
BlockKind = Literal["heading", "prose", "code", "comment"]

# All of these take time in proportion to the line, whatever it holds: no two repeats can share a character.
_ATX = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_FENCE = re.compile(r"\s*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}(?=[^`]*$)|~{3,})")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_NOT_A_TITLE = re.compile(r"\s{4}|\s*(?:[-*+>|#]|\d+[.)]\s|```|~~~)")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_DECORATION = re.compile(rf"{_LINK.pattern}|[*`]{{1,3}}|(?<!\w)_{{1,2}}(?=\S)|(?<=\S)_{{1,2}}(?!\w)")
_RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")


@dataclass(frozen=True)
class Block:
    """Neighbouring lines of one kind, 1-based and inclusive; `level` is 1-6 for a heading, else 0."""

    kind: BlockKind
    line_start: int
    line_end: int
    text: str
    level: int = 0


@dataclass(frozen=True)
class FrontMatter:
    """The YAML between the opening `---` and its end; the body begins on line `body_start` (1-based)."""

    yaml: str
    body_start: int


def front_matter(lines: Sequence[str]) -> FrontMatter:
    """Find the front matter of a file; empty text and line 1 where there is none or it never ends."""
    if lines and lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:], start=2):
            if line.rstrip() in {"---", "..."}:
                return FrontMatter("\n".join(lines[1 : number - 1]), number + 1)
    return FrontMatter("", 1)


def blocks(lines: Sequence[str], first_line: int = 1) -> list[Block]:
    """Cut lines into headings, paragraphs (lists, tables and quotes are paragraphs), code fences and HTML comments.

    Args:
        lines: all lines of the file, without line ends.
        first_line: where the body begins; what stands before is left out.

    Returns:
        Blocks in file order; blank lines and horizontal rules belong to none. An open fence runs to the end.
    """
    return list(_scan(lines, first_line - 1))


def plain(heading: str) -> str:
    """A heading's words without emphasis, code ticks and link targets; the first of them where it is no heading."""
    return _DECORATION.sub(lambda match: match.group(1) or "", heading[:LONGEST_HEADING]).strip()


def without_links(text: str) -> str:
    """A text with the words of its links and pictures, without their targets."""
    return _LINK.sub(r"\1", text)


def _scan(lines: Sequence[str], position: int) -> Iterator[Block]:
    while position < len(lines):
        line = lines[position]
        if not line.strip() or _RULE.match(line):
            position += 1
            continue
        found = _fenced(lines, position) or _heading(lines, position) or _comment(lines, position)
        block = found or _paragraph(lines, position)
        yield block
        position = block.line_end


def _fenced(lines: Sequence[str], start: int) -> Block | None:
    opening = _FENCE.match(lines[start])
    if opening is None:
        return None
    mark = opening.group(1)
    closing = re.compile(rf"\s*{re.escape(mark[0])}{{{len(mark)},}}\s*$")
    end = next((number for number in range(start + 1, len(lines)) if closing.match(lines[number])), len(lines) - 1)
    return _block("code", lines, start, end)


def _heading(lines: Sequence[str], start: int) -> Block | None:
    if match := _ATX.match(lines[start]):
        return Block("heading", start + 1, start + 1, plain(_said(lines[start][match.end() :])), len(match.group(1)))
    below = _UNDERLINE.match(lines[start + 1]) if start + 1 < len(lines) else None
    if below is None or _NOT_A_TITLE.match(lines[start]):
        return None
    return Block("heading", start + 1, start + 2, plain(lines[start]), 1 if "=" in below.group(1) else 2)


def _said(rest: str) -> str:
    """What stands behind the opening marks, without the closing ones, which need a blank before them."""
    rest = rest.rstrip(" \t")
    unclosed = rest.rstrip("#")
    is_closed = not unclosed or unclosed[-1] in " \t"
    return (unclosed if is_closed else rest).strip(" \t")


def _comment(lines: Sequence[str], start: int) -> Block | None:
    if not lines[start].lstrip().startswith("<!--"):
        return None
    end = next((number for number in range(start, len(lines)) if "-->" in lines[number]), len(lines) - 1)
    return _block("comment", lines, start, end)


def _paragraph(lines: Sequence[str], start: int) -> Block:
    end = start
    while end + 1 < len(lines) and _continues(lines[end + 1]):
        end += 1
    return _block("prose", lines, start, end)


def _continues(line: str) -> bool:
    return bool(line.strip()) and not (_ATX.match(line) or _FENCE.match(line) or _RULE.match(line))


def _block(kind: BlockKind, lines: Sequence[str], start: int, end: int) -> Block:
    return Block(kind, start + 1, end + 1, "\n".join(lines[start : end + 1]))
