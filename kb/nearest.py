"""Where lines stand now that stood elsewhere, or nearly the same ones. Works on lines; knows no files and no git."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from itertools import accumulate

from rapidfuzz import process
from rapidfuzz.distance import Indel

# Alignment costs the product of both lengths at worst; beyond it only similarity is looked at.
_LARGEST_ALIGNMENT = 25_000_000
_LONG_QUOTE = 20_000
_VOTED = 5
# Below this many letters and digits a line (`}`, `---`) stands everywhere and says nothing about where it came from.
TELLING = 8
# What became of a span of old lines: how, from and to before in the old lines, from and to before in the new ones.
_Step = tuple[str, int, int, int, int]


@dataclass(frozen=True)
class Window:
    """Lines `first` to `last` of a file, and how similar they are to the quoted ones, 0 to 1."""

    first: int
    last: int
    similarity: float


def is_telling(lines: Iterable[str], least: int = TELLING) -> bool:
    """True for lines that can be recognised: they hold that many letters and digits."""
    return sum(character.isalnum() for line in lines for character in line) >= least


def occurrences(lines: Sequence[str], quote: Sequence[str]) -> list[int]:
    """The first lines (1-based) of every run that equals the quote."""
    size = len(quote)
    starts = (place for place, line in enumerate(lines[: len(lines) - size + 1]) if line == quote[0])
    return [place + 1 for place in starts if tuple(lines[place : place + size]) == tuple(quote)]


def hashes(lines: Sequence[str], size: int) -> Iterator[tuple[int, str]]:
    """The first line (1-based) and the `kb.cite.quote_hash` of every run of so many lines."""
    encoded = [line.encode("utf-8", "surrogatepass") for line in lines]
    starts = [0, *accumulate(len(line) + 1 for line in encoded)]
    whole = b"\n".join(encoded)
    for first in range(len(lines) - size + 1):
        yield first + 1, sha256(whole[starts[first] : starts[first + size] - 1]).hexdigest()


def similarity(first: Sequence[str], second: Sequence[str]) -> float:
    """1 minus the share of characters (of lines, for very long ones) that are inserted or deleted."""
    one, other = "\n".join(first), "\n".join(second)
    if one == other:
        return 1.0
    if max(len(one), len(other)) > _LONG_QUOTE:
        return float(Indel.normalized_similarity(list(first), list(second)))
    return float(Indel.normalized_similarity(one, other))


def aligned(old: Sequence[str | None], new: Sequence[str], first: int, last: int) -> tuple[int, int] | None:
    """Where lines `first` to `last` of an old file went in the new one.

    Returns:
        The lines that took their place, 1-based and inclusive; None where they were deleted, or nothing of the old
        file is left around them, so that no line can be said to have taken their place.
    """
    steps = _steps(old, new)
    kept = any(is_telling(new[step[3] : step[4]]) for step in steps if step[0] == "equal")
    found = [_mapped(step, first - 1, last) for step in steps if step[1] < last and step[2] > first - 1]
    spans = [span for span in found if span is not None]
    return (spans[0][0] + 1, spans[-1][1]) if spans and kept else None


def added(old: Sequence[str | None], new: Sequence[str]) -> list[str]:
    """The new lines with those emptied that the old file held in the same order: they were others then."""
    lines = list(new)
    for tag, _, _, start, end in _steps(old, new):
        if tag == "equal":
            lines[start:end] = [""] * (end - start)
    return lines


def _steps(old: Sequence[str | None], new: Sequence[str]) -> list[_Step]:
    """What became of the old lines, in order; where comparing costs too much, the middle is one replacement."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    a, b = list(old[head : len(old) - tail]), list(new[head : len(new) - tail])
    middle = [("replace", 0, len(a), 0, len(b))]
    if len(a) * len(b) <= _LARGEST_ALIGNMENT:
        middle = [*SequenceMatcher(None, a, b, autojunk=False).get_opcodes()]
    moved = [(tag, i + head, j + head, k + head, m + head) for tag, i, j, k, m in middle]
    end = ("equal", len(old) - tail, len(old), len(new) - tail, len(new))
    return [("equal", 0, head, 0, head), *moved, end]


def _mapped(step: _Step, start: int, end: int) -> tuple[int, int] | None:
    """The part of a step's new lines that stands for the old lines from `start` to before `end`."""
    tag, a, b, c, d = step
    if tag == "equal":
        return max(start, a) - a + c, min(end, b) - a + c
    return (c, d) if tag == "replace" else None


def best_in(lines: Sequence[str], quote: Sequence[str]) -> Window | None:
    """The run of lines most similar to the quote; None for a quote that cannot be recognised."""
    if not is_telling(quote) or not lines:
        return None
    size = min(len(quote), len(lines))
    starts = {min(max(start, 0), len(lines) - size) for start in _votes(lines, quote) + _alike(lines, quote)}
    windows = (Window(start + 1, start + size, similarity(quote, lines[start : start + size])) for start in starts)
    return max(windows, key=lambda window: (window.similarity, -window.first), default=None)


def refined(lines: Sequence[str], quote: Sequence[str], first: int, last: int) -> Window:
    """Narrow a region down to the run most similar to the quote where it is much longer."""
    region = lines[first - 1 : last]
    found = best_in(region, quote) if len(region) > 2 * len(quote) + 2 else None
    if found is None:
        return Window(first, last, similarity(quote, region))
    return Window(found.first + first - 1, found.last + first - 1, found.similarity)


def changed(old: Sequence[str], new: Sequence[str]) -> tuple[str, str]:
    """The first line that differs, before and after; empty where there is none."""
    place = _common(old, new)
    before, after = old[place : place + 1], new[place : place + 1]
    return (before[0] if before else "", after[0] if after else "")


def _votes(lines: Sequence[str], quote: Sequence[str]) -> list[int]:
    """The starts that most of the quote's lines speak for by standing where they would."""
    wanted: dict[str, list[int]] = {}
    for place, line in enumerate(quote):
        if is_telling([line]):
            wanted.setdefault(line, []).append(place)
    votes = Counter(here - place for here, line in enumerate(lines) for place in wanted.get(line, ()))
    return [start for start, _ in votes.most_common(_VOTED)]


def _alike(lines: Sequence[str], quote: Sequence[str]) -> list[int]:
    """The starts where a line is most like the quote's longest one."""
    place = max(range(len(quote)), key=lambda number: len(quote[number]))
    scorer = Indel.normalized_similarity
    found = process.extract(quote[place], lines, scorer=scorer, score_cutoff=0.5, limit=_VOTED, processor=None)
    return [start - place for _, _, start in found]


def _common(first: Sequence[str | None], second: Sequence[str]) -> int:
    shared = 0
    while shared < min(len(first), len(second)) and first[shared] == second[shared]:
        shared += 1
    return shared
