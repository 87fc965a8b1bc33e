"""Markdown body -> passages by heading, small enough to cite, large enough to answer. Reads text only, no files.

A passage is a run of whole lines of one section; tiny neighbours below the same heading are joined. What the legs read
is `indexed`: the prose as it stands, and of code blocks and diagrams each word once, so that they drown nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.documents import Kind, Passage
from kb.markdown import Block

VERSION = "heading-1500-2"
LIMIT = 1_500
TINY = 400
_THIN = 40
_TELLING = 150
_URL = re.compile(r"\(?https?://[^\s)>\]]+\)?")
_LINK = re.compile(r"\[[^\[\]]*\]\((?!https?:)(?:[^()]|\([^()]*\))*\)")
_HEADING = re.compile(r"^#{1,6}\s.*$", re.MULTILINE)
_WORD = re.compile(r"[\w./:-]*\w")


@dataclass(frozen=True)
class Origin:
    """What all passages of a file share."""

    path: str
    kind: Kind
    title: str
    doc_id: str | None = None


@dataclass(frozen=True)
class _Piece:
    """Blocks that become one passage; `path` is the headings above, title left out."""

    path: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def size(self) -> int:
        return sum(len(block.text) + 1 for block in self.blocks)


def title_of(blocks: Sequence[Block]) -> str | None:
    """The first heading, when no text stands before it or it is of the first level; None without one."""
    first = next((block for block in blocks if block.kind == "heading"), None)
    if first is None or (first.level > 1 and blocks[0] is not first):
        return None
    return first.text or None


def passages(
    origin: Origin, lines: Sequence[str], blocks: Sequence[Block], limit: int = LIMIT, tiny: int = TINY
) -> list[Passage]:
    """Cut a document into passages.

    Args:
        origin: path, kind, title and id of the file.
        lines: all its lines.
        blocks: its body's blocks, in order.
        limit: characters a passage holds at most; only a single line may be longer.
        tiny: a piece below this many characters joins its neighbour where both fit.

    Returns:
        Passages in file order with ids "path:first-last", unique; none overlaps another.
    """
    sections = _sections(_cut(blocks, limit), origin.title)
    pieces = _joined((piece for section in sections for piece in _filled(section, limit)), limit, tiny)
    return [_passage(origin, lines, piece) for piece in pieces]


def is_thin(passage: Passage) -> bool:
    """True for text of nothing but headings and links inside the workspace: it may say which document, never what."""
    if passage.kind == "rule":
        return False
    # Most texts say enough before their first link, and patterns take long over a whole one.
    start = passage.text[:_TELLING].partition("[")[0]
    return _characters(start) < _THIN and _characters(_LINK.sub(" ", passage.text)) < _THIN


def _characters(text: str) -> int:
    """How many characters the words have that stand in no heading."""
    return sum(map(len, _WORD.findall(_HEADING.sub(" ", text))))


def _cut(blocks: Iterable[Block], limit: int) -> Iterator[Block]:
    """Split blocks that are longer than the limit at line ends."""
    for block in blocks:
        if len(block.text) <= limit:
            yield block
        else:
            yield from _lines_of(block, limit)


def _lines_of(block: Block, limit: int) -> Iterator[Block]:
    held: list[str] = []
    start = block.line_start
    for number, line in enumerate(block.text.split("\n"), start=block.line_start):
        if held and sum(map(len, held)) + len(held) + len(line) > limit:
            yield replace(block, line_start=start, line_end=number - 1, text="\n".join(held))
            held, start = [], number
        held.append(line)
    yield replace(block, line_start=start, text="\n".join(held))


def _sections(blocks: Iterable[Block], title: str) -> Iterator[_Piece]:
    """Group blocks under their heading; the path leaves out the heading that is the title."""
    path: list[tuple[int, str]] = []
    held: list[Block] = []
    for block in blocks:
        if block.kind == "heading":
            if held:
                yield _Piece(_names(path, title), tuple(held))
            path = [step for step in path if step[0] < block.level] + [(block.level, block.text)]
            held = []
        held.append(block)
    if held:
        yield _Piece(_names(path, title), tuple(held))


def _names(path: Iterable[tuple[int, str]], title: str) -> tuple[str, ...]:
    return tuple(name for _, name in path if name and name != title)


def _filled(section: _Piece, limit: int) -> Iterator[_Piece]:
    """Cut a section into pieces within the limit; a heading never stands alone at the end of one."""
    held: list[Block] = []
    size = 0
    for block in section.blocks:
        length = len(block.text) + 1
        if held and size + length > limit and held[-1].kind != "heading":
            yield _Piece(section.path, tuple(held))
            held, size = [], 0
        held.append(block)
        size += length
    yield _Piece(section.path, tuple(held))


def _joined(pieces: Iterable[_Piece], limit: int, tiny: int) -> Iterator[_Piece]:
    """Join a tiny piece with the next one, where they are siblings or the next lies below it."""
    held: _Piece | None = None
    for piece in pieces:
        if held is not None and _belong(held, piece, limit, tiny):
            path = piece.path if _is_bare(held) else _common(held.path, piece.path)
            held = _Piece(path, held.blocks + piece.blocks)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def _belong(first: _Piece, second: _Piece, limit: int, tiny: int) -> bool:
    if first.size + second.size > limit or min(first.size, second.size) >= tiny:
        return False
    return _is_bare(first) or len(_common(first.path, second.path)) >= min(len(first.path), len(second.path)) - 1


def _is_bare(piece: _Piece) -> bool:
    return all(block.kind == "heading" for block in piece.blocks)


def _common(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    shared = 0
    while shared < min(len(first), len(second)) and first[shared] == second[shared]:
        shared += 1
    return first[:shared]


def _passage(origin: Origin, lines: Sequence[str], piece: _Piece) -> Passage:
    start, end = piece.blocks[0].line_start, piece.blocks[-1].line_end
    return Passage(
        id=f"{origin.path}:{start}-{end}",
        path=origin.path,
        line_start=start,
        line_end=end,
        kind=origin.kind,
        title=origin.title,
        heading=" > ".join(piece.path),
        text="\n".join(lines[start - 1 : end]),
        doc_id=origin.doc_id,
        indexed=_indexed(piece.blocks),
    )


def _indexed(blocks: Iterable[Block]) -> str:
    # A link inside the workspace says its target's title: a list of related documents would answer for all of them.
    prose = [_unlinked(block.text) for block in blocks if block.kind in {"prose", "heading"}]
    words = (word for block in blocks if block.kind == "code" for word in _WORD.findall(block.text))
    return "\n".join([*prose, " ".join(dict.fromkeys(words))])


def _unlinked(text: str) -> str:
    """Without addresses and links inside the workspace; most texts have neither, which is seen faster than matched."""
    if "://" in text:
        text = _URL.sub(" ", text)
    return _LINK.sub(" ", text) if "](" in text else text
