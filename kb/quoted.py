"""What a citation quoted when it was written: by its pin, else by the commit of its line, else by the index.

A citation that nothing of these can tell about has no `Quoted`: it cannot be verified, and is never called ok.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kb import files
from kb.cite import Mention, Place, quote_hash
from kb.held import Held
from kb.history import History
from kb.states import Ids, Lines, State, Worktree, cut, lines_of, taken

Basis = Literal["pin", "commit", "index", "existence"]
BOM = "\ufeff"
# What a citation of these in JSON means is the entry, wherever its lines are said to be.
RENDERED = ("rule:", "world:")


@dataclass(frozen=True)
class Quoted:
    """The cited lines: their hash or its beginning, and where they could be found again the lines and their file.

    `is_partial`: some of the lines are not known (empty in `lines`), so nothing can be said to be equal to them.
    """

    basis: Basis
    place: Place | None = None
    digest: str | None = None
    lines: Lines | None = None
    file: Sequence[str | None] | None = None
    is_partial: bool = False

    def is_equal(self, lines: Lines) -> bool:
        """True when these are the cited lines, exactly."""
        if self.is_partial:
            return False
        return quote_hash(lines).startswith(self.digest) if self.digest else self.lines == lines


class Quotes:
    """Finds out what was quoted, from all that remembers."""

    def __init__(self, now: Worktree, history: History, held: Held | None, ids: Ids) -> None:
        self._now = now
        self._history = history
        self.held = held
        self._ids = ids

    def pinned(self, mention: Mention) -> Quoted | None:
        """What a pinned citation says itself; None where it names a blob that nobody holds."""
        if mention.pin is not None:
            return Quoted("pin", mention.place, digest=mention.pin)
        if mention.quote is not None:
            lines = tuple(mention.quote.split("\n"))
            return Quoted("pin", mention.place, quote_hash(lines), lines)
        return self._of_blob(mention, mention.blob or "")

    def lines_at(self, commit: str, path: str) -> Lines | None:
        """A file as of a commit."""
        return self._history.tree(commit).lines(path)

    def is_unchanged(self, path: str, blob: str | None) -> bool:
        """True for a file that is, byte by byte, the one with that hash, or the one that was indexed."""
        content = self._now.content(path)
        known = blob or (self.held.blob(path) if self.held else None)
        return content is not None and files.blob(content) == known

    def is_older(self, moment_ns: int) -> bool:
        """True when the index was built before that moment."""
        return self.held is not None and self.held.built_ns <= moment_ns

    def recovered(self, quoted: Quoted, mention: Mention, commit: str | None) -> Quoted:
        """Find the lines behind a hash again, and the file they stood in, so that an edit can be described."""
        for file, places in self._pasts(mention, commit):
            for place in places:
                if (found := cut(file, place)) and quoted.is_equal(taken(file, found)):
                    return replace(quoted, place=found, lines=taken(file, found), file=file)
        return quoted

    def unpinned(self, mention: Mention, commit: str | None) -> Quoted | None:
        """What stood there when the citing line was committed, else when the index was built."""
        if commit is not None and (found := self._in(self._history.tree(commit), mention)) is not None:
            return found
        return self._indexed(mention)

    def _in(self, state: State, mention: Mention) -> Quoted | None:
        for place in self._meant(mention, state):
            file = state.lines(place.path)
            if file is not None:
                found = cut(file, place)
                return Quoted("commit", found, None, taken(file, found) if found else (), file)
        return None

    def _meant(self, mention: Mention, state: State | Held) -> list[Place]:
        """The places that a citation meant; of an id that stands twice, first those where it stands now."""
        name = _entry(mention)
        if name is None:
            return [mention.place] if mention.place else []
        here = {place.path for place in self._now.places(name)}
        return sorted(state.places(name), key=lambda place: (place.path not in here, place.path))

    def _indexed(self, mention: Mention) -> Quoted | None:
        places = self._meant(mention, self.held) if self.held else []
        if not places or self.held is None or (blob := self.held.blob(places[0].path)) is None:
            return None
        place = places[0]
        file = self._content(place.path, blob)
        if file is None:
            return _partial(self.held.sparse(place.path), place)
        found = cut(file, place)
        return Quoted("index", found, None, taken(file, found) if found else (), file)

    def _content(self, path: str, blob: str) -> Lines | None:
        """The lines behind a blob: of the file as it stands, if it is that but for its line ends, else from git."""
        content = self._now.content(path)
        if content is not None and blob in _variants(content):
            return lines_of(content)
        stored = self._history.content(blob)
        return None if stored is None else lines_of(stored)

    def _of_blob(self, mention: Mention, blob: str) -> Quoted | None:
        file = self._content(mention.place.path, blob) if mention.place else None
        if file is None or mention.place is None:
            return None
        found = cut(file, mention.place)
        return Quoted("pin", found, None, taken(file, found) if found else (), file)

    def _pasts(self, mention: Mention, commit: str | None) -> Iterator[tuple[Lines, list[Place]]]:
        """Files as they once stood that may hold the cited lines, the likeliest first."""
        if commit is not None:
            tree = self._history.tree(commit)
            for place in [mention.place] if mention.place else tree.places(mention.name):
                yield tree.lines(place.path) or (), [place]
        known = [mention.place] if mention.place else self._now.places(mention.name)
        paths = [place.path for place in known]
        if self.held is not None:
            paths += [place.path for place in self.held.places(mention.name)]
        for path in dict.fromkeys(paths):
            blobs = [mention.blob, self.held.blob(path) if self.held else None, *self._history.earlier(path)]
            for blob in dict.fromkeys(filter(None, blobs)):
                yield from self._past(mention, path, blob)

    def _past(self, mention: Mention, path: str, blob: str) -> Iterator[tuple[Lines, list[Place]]]:
        content = self._history.content(blob)
        if content is None:
            return
        places = self._ids.of({path: blob}, lambda _: content)
        yield lines_of(content), [mention.place] if mention.place else places.get(mention.name, [])


def _entry(mention: Mention) -> str | None:
    """The id that is meant, where it is an id and not lines."""
    if mention.place is None:
        return mention.name
    return mention.doc_id if mention.doc_id and mention.doc_id.startswith(RENDERED) else None


def _partial(sparse: list[str | None], place: Place) -> Quoted | None:
    """What the passages of an index hold of the cited lines; None where they hold nothing of them."""
    last = len(sparse) if place.last is None else place.last
    lines = [sparse[number - 1] if number <= len(sparse) else None for number in range(place.first, last + 1)]
    if not any(lines):
        return None
    is_partial = None in lines or place.last is None
    found = Place(place.path, place.first, last)
    return Quoted("index", found, None, tuple(line or "" for line in lines), sparse, is_partial)


def _variants(content: bytes) -> set[str]:
    """Git's hashes of a content with other line ends, and with and without the last one."""
    line_feeds = content.replace(b"\r\n", b"\n").removesuffix(b"\n")
    texts = [content, line_feeds, line_feeds + b"\n"]
    return {files.blob(text) for text in (*texts, *(text.replace(b"\n", b"\r\n") for text in texts[1:]))}
