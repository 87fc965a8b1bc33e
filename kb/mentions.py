"""Where citations stand in a text: marks, places, links to lines, and JSON objects that carry path and lines.

`[adr:0007]`, `[rule:pet-bottle]`, `[incident:…]`, `[world:…]`, `docs/x.md:3-9`, `docs/x.md:3`, `(docs/x.md#L3-L9)`,
each also with a pin behind an @. A code fence whose info string holds the word `example` is passed over; others count.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from kb.cite import Mention, Place
from kb.mentions_json import json_mentions, json_regions

_PATH = r"[^\s\[\](){}<>\"'`:,;|*=\\#?&!“”‘’「」『』《》〈〉…、。，：；（）→—–·•]"
_MARK = re.compile(r"\[(?P<id>(?:adr|rule|incident|world):[^\[\]\s@,;|]*\w)(?:@(?P<pin>\w*))?\](?!\()")
_PLACE = re.compile(
    rf"(?<!{_PATH})(?<!…)(?!\.\.\.)(?P<path>{_PATH}+)(?P<sign>:|\#L)(?P<first>\d{{1,9}})(?:C\d+)?(?:-L?(?P<last>\d{{1,9}})(?:C\d+)?)?"
    r"(?:@(?P<pin>\w*))?(?![0-9A-Za-z_])"
)
_SUFFIX = re.compile(r"\.(?P<suffix>[A-Za-z][A-Za-z0-9]{0,9})$")
_FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)$", re.MULTILINE)
_EXAMPLE = re.compile(r"\bexample\b", re.IGNORECASE)
# What a word before a colon and a number must end in to be a file for sure; `example.com:443` is a host.
_FILES = frozenset(
    "md markdown mdx rst txt adoc yaml yml json jsonl ndjson toml ini cfg conf env csv tsv xml html css scss svg tex "
    "py pyi ipynb js jsx mjs cjs ts tsx vue java kt kts go rs c h cc cpp hpp cs rb php swift scala lua r jl sql sh "
    "bash zsh ps1 bat tf tfvars proto graphql gradle lock log diff patch dockerfile j2 jinja".split()
)


def mentions(text: str) -> list[Mention]:
    """Every citation in a text, in order.

    Args:
        text: as it lies on disk; lines are counted by line feeds alone.
    """
    at = _locator(text)
    prose = _masked(text, _examples(text))
    regions = json_regions(prose)
    found = [mention for start, end in regions for mention in json_mentions(prose, start, end, at, strings)]
    found += _written(_masked(prose, regions), at)
    return sorted(found, key=lambda mention: (mention.start, mention.end))


def strings(text: str) -> list[Mention]:
    """The citations in a string of a JSON document; a string that is an id as a whole counts without brackets."""
    whole = _MARK.fullmatch(f"[{text}]")
    bare = f"[{text}]" if whole else text
    at = _locator(bare)
    return _written(bare, at)


def _written(text: str, at: Callable[[int], tuple[int, int]]) -> list[Mention]:
    marks = list(_marks(text, at))
    return [*marks, *_places(_masked(text, [(mark.start, mark.end) for mark in marks]), at)]


def _marks(text: str, at: Callable[[int], tuple[int, int]]) -> Iterator[Mention]:
    for found in _MARK.finditer(text):
        yield Mention("mark", *at(found.start()), *found.span(), found.group(), found["id"], pin=_pin(found["pin"]))


def _places(text: str, at: Callable[[int], tuple[int, int]]) -> Iterator[Mention]:
    for found in _PLACE.finditer(text):
        is_link = found["sign"] == "#L"
        is_target = text.endswith("](", 0, found.start())
        path = unquote(found["path"]) if is_target else found["path"]
        sureness = _sureness(path, text.endswith("[", 0, found.start()) and text.startswith("]", found.end()))
        if sureness is None:
            continue
        first = int(found["first"])
        place = Place(path, first, int(found["last"] or first))
        yield Mention(
            "link" if is_link or is_target else "place", *at(found.start()), *found.span(), found.group(), path, place,
            pin=_pin(found["pin"]), is_sure=sureness,
        )  # fmt: skip


def _sureness(path: str, is_bracketed: bool) -> bool | None:
    """True: a file for sure; False: perhaps; None: an address or a bare number."""
    if path.startswith("//") or path.endswith(("/", ".")) or not re.search(r"[^\W\d]", path):
        return None
    suffix = _SUFFIX.search(PurePosixPath(path).name)
    if path.startswith("../") or (suffix and (is_bracketed or suffix["suffix"].lower() in _FILES)):
        return True
    if is_bracketed and "/" in path:
        return True
    return False if suffix else None


def _pin(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _examples(text: str) -> list[tuple[int, int]]:
    """The fences that are marked as example; one that never ends runs to the end of the text."""
    spans: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    for line in _FENCE.finditer(text):
        if opened is None:
            opened = line
        elif line["fence"].startswith(opened["fence"]) and not line["info"].strip():
            spans += [(opened.start(), line.end())] if _EXAMPLE.search(opened["info"]) else []
            opened = None
    if opened is not None and _EXAMPLE.search(opened["info"]):
        spans.append((opened.start(), len(text)))
    return spans


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with spans blanked, line feeds kept, so that places in it stay what they are."""
    parts: list[str] = []
    done = 0
    for start, end in spans:
        parts += [text[done:start], re.sub(r"[^\n]", " ", text[start:end])]
        done = end
    return "".join([*parts, text[done:]])


def _locator(text: str) -> Callable[[int], tuple[int, int]]:
    """From an offset to line and column; a byte order mark takes no column."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    shift = 1 if text.startswith("\ufeff") else 0

    def locate(offset: int) -> tuple[int, int]:
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1 - (shift if line == 1 else 0)

    return locate
