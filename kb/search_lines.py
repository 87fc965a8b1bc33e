"""Looks through a workspace for quoted lines: the same ones elsewhere, or the most similar ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from kb.cite import PIN_DIGITS, Mention, Place, quote_hash
from kb.nearest import (
    TELLING,
    Window,
    added,
    aligned,
    best_in,
    changed,
    hashes,
    is_telling,
    occurrences,
    refined,
    similarity,
)
from kb.quoted import Quoted
from kb.states import Lines, Worktree, cut, taken

_SIMILAR = 0.5
_SIMILAR_ELSEWHERE = 0.8
# In a whole workspace something is like any short line.
_TELLING_ELSEWHERE = 16
_LISTED = 3
_KEPT_SIZES = 8
_PREVIEW = 48


class Search:
    """A search that leaves out the text that cites, since that may quote the lines."""

    def __init__(self, now: Worktree, without: str | None) -> None:
        self._now = now
        self._without = without
        self._hashes: dict[int, dict[str, dict[str, list[int]]]] = {}

    def exact(self, quoted: Quoted, mention: Mention, own: Place | None) -> tuple[Place, ...]:
        """Every place that holds exactly the quoted lines, nearest first."""
        if mention.place is None and not mention.name.startswith(("rule:", "world:")):
            found = [self._whole(path, quoted) for path in self._paths(None)]
            return _nearest_first([place for place in found if place], quoted.place or own)
        anchor = mention.place or quoted.place or own
        paths = self._paths(anchor.path if anchor else None)
        places = [place for path in paths for place in self._runs(path, quoted, mention, anchor)]
        kept = [place for place in places if mention.place is not None or own is None or not _overlap(place, own)]
        return _nearest_first(kept, anchor)

    def holds(self, quoted: Quoted, lines: Lines) -> bool:
        """True when lines that are known only in part may be these."""
        place, sparse = quoted.place, quoted.file
        if place is None or sparse is None or place.last is None:
            return False
        known = [sparse[number - 1] if number <= len(sparse) else None for number in range(place.first, place.last + 1)]
        return len(known) == len(lines) and all(old in (None, new) for old, new in zip(known, lines, strict=True))

    def nearest(self, quoted: Quoted, own: Place | None, is_id: bool) -> tuple[Place, float, str] | None:
        """What became of the lines, with how similar it is and the first line that changed; None: nothing like them."""
        quote = quoted.lines or ()
        path = quoted.place.path if quoted.place else (own.path if own else None)
        place, window = self._in_place(quoted, own if is_id else None, path)
        if window is None:
            place, window = self._elsewhere(quoted, path)
        if window is None or place is None:
            return None
        found = Place(place, window.first, window.last)
        return found, window.similarity, _difference(quote, taken(self._now.lines(place) or (), found))

    @staticmethod
    def described(places: Sequence[Place]) -> str:
        named = ", ".join(spelled(place) for place in places[:_LISTED])
        return f"to {named}" + (f" and {len(places) - _LISTED} more" if len(places) > _LISTED else "")

    def _in_place(self, quoted: Quoted, own: Place | None, path: str | None) -> tuple[str | None, Window | None]:
        quote = quoted.lines or ()
        if own is not None:
            return own.path, refined(self._now.lines(own.path) or (), quote, own.first, own.last or own.first)
        lines = self._now.lines(path) if path else None
        if lines is None or quoted.place is None:
            return path, None
        return path, _followed(quoted, lines) or _similar(quoted, lines)

    def _elsewhere(self, quoted: Quoted, path: str | None) -> tuple[str | None, Window | None]:
        """The same in another file: first in what the file was renamed to, then in any."""
        quote = quoted.lines or ()
        if path is not None and self._now.lines(path) is None and (name := self._renamed(quoted)) is not None:
            return name, _followed(quoted, self._now.lines(name) or ())
        if not is_telling(quote, _TELLING_ELSEWHERE):
            return None, None
        found = [(other, best_in(self._now.lines(other) or (), quote)) for other in self._paths(None) if other != path]
        good = [(other, window) for other, window in found if window and window.similarity >= _SIMILAR_ELSEWHERE]
        return max(good, key=lambda pair: pair[1].similarity, default=(None, None)) if good else (None, None)

    def _renamed(self, quoted: Quoted) -> str | None:
        """The file that holds most of the old file's lines, if that is most of them."""
        telling = {line for line in quoted.file or () if line and is_telling([line])}
        shares = {path: len(telling.intersection(self._now.lines(path) or ())) for path in self._paths(None)}
        best = max(shares, key=lambda path: (shares[path], path), default=None)
        return best if best is not None and telling and shares[best] >= _SIMILAR * len(telling) else None

    def _paths(self, first: str | None) -> Iterator[str]:
        """A file first, even one that git ignores, then all others but the text that cites."""
        if first is not None and first not in self._now.paths:
            yield first
        yield from (path for path in self._now.paths if path != self._without or path == first)

    def _whole(self, path: str, quoted: Quoted) -> Place | None:
        lines = self._now.lines(path)
        return Place(path, 1, len(lines)) if lines is not None and quoted.is_equal(lines) else None

    def _runs(self, path: str, quoted: Quoted, mention: Mention, anchor: Place | None) -> list[Place]:
        lines = self._now.lines(path)
        if lines is None:
            return []
        if quoted.lines is None:
            runs = self._hashed(path, lines, quoted, mention)
        else:
            size = len(quoted.lines)
            runs = [Place(path, start, start + size - 1) for start in occurrences(lines, quoted.lines)]
        # A brace or a rule stands in every file; only in its own does it say anything. A blank line never does.
        is_near = anchor is not None and path == anchor.path
        return [run for run in runs if is_telling(taken(lines, run), 1 if is_near else TELLING)]

    def _hashed(self, path: str, lines: Lines, quoted: Quoted, mention: Mention) -> list[Place]:
        """The runs whose hash is the pin's, where nothing else is known of the lines."""
        if mention.place is None or mention.place.last is None or quoted.digest is None:
            return []
        size = mention.place.last - mention.place.first
        starts = self._by_hash(path, lines, size + 1).get(quoted.digest[:PIN_DIGITS], [])
        runs = (Place(path, first, first + size) for first in starts)
        return [run for run in runs if quote_hash(taken(lines, run)).startswith(quoted.digest)]

    def _by_hash(self, path: str, lines: Lines, size: int) -> dict[str, list[int]]:
        """Where runs of so many lines begin, by the beginning of their hash; kept for a few sizes."""
        if size not in self._hashes:
            while len(self._hashes) >= _KEPT_SIZES:
                self._hashes.pop(next(iter(self._hashes)))
            self._hashes[size] = {}
        known = self._hashes[size]
        if path not in known:
            known[path] = {}
            for first, digest in hashes(lines, size):
                known[path].setdefault(digest[:PIN_DIGITS], []).append(first)
        return known[path]


def _followed(quoted: Quoted, lines: Lines) -> Window | None:
    """Where the lines went, by what stands around them; None where the old file is not known, or they were deleted."""
    if quoted.file is None or quoted.place is None:
        return None
    span = aligned(quoted.file, lines, quoted.place.first, quoted.place.last or len(quoted.file))
    return refined(lines, quoted.lines or (), *span) if span is not None and span[0] <= span[1] else None


def _similar(quoted: Quoted, lines: Lines) -> Window | None:
    """The lines most like the quoted ones, or those in their place where some of them are still there."""
    quote, place = quoted.lines or (), quoted.place
    window = best_in(added(quoted.file, lines) if quoted.file is not None else lines, quote)
    if window is not None and window.similarity >= _SIMILAR:
        return window
    here = taken(lines, place) if place and quoted.file is None and cut(lines, place) else ()
    kept = sum(is_telling([old], 1) and old == new for old, new in zip(quote, here, strict=False))
    if place is None or 3 * kept < sum(is_telling([line], 1) for line in quote) or not kept:
        return None
    return Window(place.first, place.first + len(here) - 1, similarity(quote, here))


def spelled(place: Place) -> str:
    """A place as it is cited."""
    return f"{place.path}:{place.first}" + (f"-{place.last}" if place.last not in (None, place.first) else "")


def _nearest_first(places: list[Place], anchor: Place | None) -> tuple[Place, ...]:
    if anchor is None:
        return tuple(places)
    name = PurePosixPath(anchor.path).name

    def distance(place: Place) -> tuple[bool, int, bool, int, str]:
        is_same = place.path == anchor.path
        shared = _shared(PurePosixPath(place.path).parts, PurePosixPath(anchor.path).parts)
        lines = abs(place.first - anchor.first)
        return not is_same, lines if is_same else 0, PurePosixPath(place.path).name != name, -shared, place.path

    return tuple(sorted(places, key=distance))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many folders two paths have in common."""
    pairs = list(zip(one, other, strict=False))
    return next((count for count, (a, b) in enumerate(pairs) if a != b), len(pairs))


def _overlap(one: Place, other: Place) -> bool:
    return one.path == other.path and one.first <= (other.last or one.first) and other.first <= (one.last or one.first)


def _difference(old: Lines, new: Lines) -> str:
    before, after = changed(old, new)
    return f"{_preview(before)} is now {_preview(after)}" if after else f"{_preview(before)} is no longer there"


def _preview(line: str) -> str:
    """A line, shortened, with what cannot be seen spelled out."""
    short = line.strip() if len(line.strip()) <= _PREVIEW else f"{line.strip()[: _PREVIEW - 1]}…"
    return ascii(line) if short == "" or not short.isprintable() else f'"{short}"'
