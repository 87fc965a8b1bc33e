"""Align the Korean and English text of one document: Markdown and notebooks by their headings, .po files by message.

Pure text in, sections out. Code, tables, markup and whatever has no counterpart are left out; nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kb.documents import DocumentError
from kb.pairs import Section

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_FENCE = re.compile(r"^([ >]*)(```+|~~~+).*?(?:^[ >]*\2[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
# Anchors after a heading, shared by both languages: `{ #name }`, `{: #name}`, `{#name}`.
_ANCHOR = re.compile(r"\s*\{[:\s]*#[^}]*\}")
_LEFT_OUT = re.compile(r"^(\||import |export |:{3}|/{3}|!{3}|\{[%{*])")
_MARKUP = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])"), r"\1"),
    (re.compile(r"</?[A-Za-z][^>]*>"), ""),
    (re.compile(r"\*\*|__|`+"), ""),
)
_RST = (
    (re.compile(r":[\w:.+-]+:`[!~]?([^`<]*?)(?:\s*<[^`>]*>)?`(?:\\ )?"), r"\1"),
    (re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?"), r"\1"),
    (re.compile(r"`+|\*\*|\\(?= )"), ""),
)
_MESSAGE = re.compile(
    r'^(?P<notes>(?:#.*\n)*)(?:msgctxt .*\n)?msgid (?P<id>"(?:.*"\n")*.*")\nmsgstr (?P<text>"(?:.*"\n")*.*")$',
    re.MULTILINE,
)
_ESCAPE = re.compile(r"\\(.)")
# A translation is rarely shorter or longer than this many times its original; beyond it the paragraphs do not match.
_LENGTHS = (0.2, 4.0)
# One section alone matches by chance where a translation lags behind; two in a row seldom do.
_SHORTEST_RUN = 2


@dataclass(frozen=True)
class _Part:
    level: int
    heading: str
    paragraphs: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int]:
        return self.level, len(self.paragraphs)


def align_markdown(korean: str, english: str, repo: str, path: str) -> list[Section]:
    """Align two Markdown texts section by section, in their order.

    Sections match in runs of equal heading level and equal number of paragraphs; what one language lacks drops out.
    """
    ours, theirs = _parts(korean), _parts(english)
    shapes = [part.shape for part in ours], [part.shape for part in theirs]
    whole = shapes[0] == shapes[1]
    runs = SequenceMatcher(None, shapes[0], shapes[1], autojunk=False).get_matching_blocks()
    return [
        _section(ours[run.a + step], theirs[run.b + step], repo, path)
        for run in runs
        if whole or run.size >= _SHORTEST_RUN
        for step in range(run.size)
    ]


def align_po(text: str, repo: str, path: str) -> list[Section]:
    """Turn each translated message of a gettext file into a section without a heading; fuzzy ones are left out."""
    sections = []
    for message in _MESSAGE.finditer(text.replace("\r\n", "\n")):
        english, korean = (_clean(_unquoted(message[part]), _RST) for part in ("id", "text"))
        if english and korean and "fuzzy" not in message["notes"]:
            sections.append(_section(_Part(0, "", (korean,)), _Part(0, "", (english,)), repo, path))
    return [section for section in sections if section.aligned]


def notebook_text(text: str, where: str) -> str:
    """Join the Markdown cells of a Jupyter notebook.

    Raises:
        DocumentError: not a notebook; names `where`.
    """
    try:
        cells = json.loads(text)["cells"]
        return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError(f"{where}: not a Jupyter notebook ({error!r}); leave it out of the layout") from error


def _section(korean: _Part, english: _Part, repo: str, path: str) -> Section:
    low, high = _LENGTHS
    aligned = tuple(
        (ours, theirs)
        for ours, theirs in zip(korean.paragraphs, english.paragraphs, strict=True)
        if low <= len(theirs) / len(ours) <= high and ours != theirs
    )
    return Section(
        repo, path, korean.level, korean.heading, english.heading, korean.paragraphs, english.paragraphs, aligned
    )


def _parts(text: str) -> list[_Part]:
    """Split at headings; the text above the first one is a part of level 0 without a heading."""
    for pattern in (_FRONT_MATTER, _FENCE, _COMMENT):
        text = pattern.sub("", text.replace("\r\n", "\n"))
    parts = [(0, "", list[str]())]
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            parts.append((len(heading[1]), _clean(_ANCHOR.sub("", heading[2])), []))
        else:
            parts[-1][2].append(line)
    found = [_Part(level, heading, tuple(_paragraphs(lines))) for level, heading, lines in parts]
    return [part for part in found if part.heading or part.paragraphs]


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", "\n".join(lines)):
        if not _LEFT_OUT.match(block.strip()) and (paragraph := _clean(block)):
            yield paragraph


def _clean(text: str, markup: Sequence[tuple[re.Pattern[str], str]] = _MARKUP) -> str:
    for pattern, kept in markup:
        text = pattern.sub(kept, text)
    return " ".join(text.split())


def _unquoted(lines: str) -> str:
    joined = "".join(line[1:-1] for line in lines.split("\n"))
    return _ESCAPE.sub(lambda escape: {"n": "\n", "t": "\t"}.get(escape[1], escape[1]), joined)
