"""Does each citation of a text still hold? ok, moved (where to), edited, gone; or not to be verified, with the reason.

ok: the lines at the place are the quoted ones, exactly. moved: the same lines, exactly, stand elsewhere. edited: what
stands at the place, or at the most similar one, differs. gone: nothing like it is left. What was quoted: `kb.quoted`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Literal

from kb.cite import Mention, Place, is_pin, quote_hash
from kb.mentions import mentions
from kb.quoted import BOM, Basis, Quoted, Quotes
from kb.search_lines import Search
from kb.states import Lines, Worktree, cut, taken

Verdict = Literal["ok", "moved", "edited", "gone"]


@dataclass(frozen=True)
class Check:
    """A citation and what became of it.

    `verdict` None: nothing tells what was cited, so it is not known to hold; `detail` says why. `place` is where the
    cited lines stand now (ok), `moved_to` where they went, nearest first, `nearest` what is most like them, to the
    degree of `similarity` (None: the quoted lines are not known any more). `quote_hash` is of what stands at the cited
    place now, whatever the verdict.
    """

    file: str
    mention: Mention
    verdict: Verdict | None
    basis: Basis
    detail: str = ""
    place: Place | None = None
    moved_to: tuple[Place, ...] = ()
    nearest: Place | None = None
    similarity: float | None = None
    quote_hash: str | None = None
    superseded_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """A text that cites: its name for messages, its file, what it says, the commit of each line that is committed."""

    name: str
    file: Path
    content: str
    commits: Mapping[int, str]
    written_ns: int


class Verifier:
    """Checks the citations of texts against a workspace as it stands."""

    def __init__(self, now: Worktree, quotes: Quotes) -> None:
        self._now = now
        self._quotes = quotes

    def checks(self, text: Text) -> list[Check]:
        """Check every citation of a text, in order."""
        search = Search(self._now, self._own_path(text))
        found = (self._located(mention, text) for mention in mentions(text.content))
        return [self._check(mention, text, search) for mention in found if self._counts(mention, text)]

    def _own_path(self, text: Text) -> str | None:
        root = self._now.workspace.root.resolve()
        file = text.file.resolve()
        return file.relative_to(root).as_posix() if file.is_relative_to(root) else None

    def _located(self, mention: Mention, text: Text) -> Mention:
        """The path of a citation from the workspace's root; of a link it is relative to the file it stands in."""
        if mention.place is None:
            return mention
        path, own = mention.place.path, self._own_path(text)
        if mention.kind == "link" and own is not None:
            path = path.lstrip("/") if path.startswith("/") else f"{PurePosixPath(own).parent}/{path}"
        return replace(mention, place=replace(mention.place, path=normpath(path) if path else path))

    def _counts(self, mention: Mention, text: Text) -> bool:
        if mention.is_sure or mention.place is None or self._now.file(mention.place.path):
            return True
        commit = text.commits.get(mention.line)
        return commit is not None and self._quotes.lines_at(commit, mention.place.path) is not None

    def _check(self, mention: Mention, text: Text, search: Search) -> Check:
        found = self._refused(mention, text) or self._judged(mention, text, search)
        named = mention.doc_id or (mention.place.path if mention.place else mention.name)
        return replace(found, superseded_by=self._now.successors(named))

    def _refused(self, mention: Mention, text: Text) -> Check | None:
        """What is settled without reading anything."""
        place = mention.place
        basis: Basis = "pin" if mention.is_pinned else "existence"
        if place is not None and (place.path.startswith("/") or place.path.split("/")[0] == ".."):
            return Check(text.name, mention, "gone", basis, "outside of the workspace, not read")
        if place is not None and place.last is not None and not 1 <= place.first <= place.last:
            return Check(text.name, mention, "gone", basis, "there are no such lines")
        if place is not None and self._now.is_too_large(place.path):
            return Check(text.name, mention, None, basis, f"{place.path} is too large to be read; cite a smaller file")
        if mention.pin is not None and not is_pin(mention.pin):
            detail = f"the pin {mention.pin!r} is not 12 to 64 hex digits; run `kb cite pin` on the citation without it"
            return Check(text.name, mention, None, basis, detail)
        return None

    def _judged(self, mention: Mention, text: Text, search: Search) -> Check:
        commit = text.commits.get(mention.line)
        pinned = mention.is_pinned
        quoted = self._quotes.pinned(mention) if pinned else self._quotes.unpinned(mention, commit)
        here = self._here(mention)
        if quoted is None:
            return self._unknown(mention, text, here)
        here = _meant(mention, quoted, here)
        equal = next(((place, lines) for place, lines in here if self._is_equal(quoted, mention, place, lines)), None)
        if equal:
            return self._ok(mention, text, quoted, *equal)
        if pinned:
            quoted = self._quotes.recovered(quoted, mention, commit)
        digest = quote_hash(here[0][1]) if here else None
        return self._not_ok(Check(text.name, mention, "gone", quoted.basis, quote_hash=digest), quoted, here, search)

    def _here(self, mention: Mention) -> list[tuple[Place, Lines]]:
        """The place of a citation as it stands: of an id each place that carries it."""
        places = [mention.place] if mention.place else self._now.places(mention.name)
        found: list[tuple[Place, Lines]] = []
        for place in places:
            lines = self._now.lines(place.path)
            if lines is not None and (exact := cut(lines, place)) is not None:
                found.append((exact, taken(lines, exact)))
        return found

    def _is_equal(self, quoted: Quoted, mention: Mention, place: Place, lines: Lines) -> bool:
        """True for the quoted lines. `kb show` hashes line 1 without a byte order mark: there the blob decides."""
        if quoted.is_equal(lines):
            return True
        if place.first != 1 or not lines[0].startswith(BOM) or quoted.basis == "commit":
            return False
        without = (lines[0].removeprefix(BOM), *lines[1:])
        return quoted.is_equal(without) and self._quotes.is_unchanged(place.path, mention.blob)

    def _ok(self, mention: Mention, text: Text, quoted: Quoted, place: Place, lines: Lines) -> Check:
        """As it was quoted, unless that rests on an index that may have seen a later edit."""
        found = Check(text.name, mention, "ok", quoted.basis, place=place, quote_hash=quote_hash(lines))
        if quoted.basis != "index" or self._quotes.is_older(text.written_ns) or not self._is_later(place, text):
            return found
        detail = f"{place.path} and the index are newer than {text.name}, so nothing tells what was cited; pin it"
        return replace(found, verdict=None, detail=detail)

    def _is_later(self, place: Place, text: Text) -> bool:
        """True when a file was changed, replaced or renamed after the text that cites it was written."""
        file = self._now.file(place.path)
        return file is None or max(file.stat().st_mtime_ns, file.stat().st_ctime_ns) > text.written_ns

    def _unknown(self, mention: Mention, text: Text, here: list[tuple[Place, Lines]]) -> Check:
        basis: Basis = "pin" if mention.is_pinned else "existence"
        if not here:
            detail = "no such id" if mention.place is None else "no such lines"
            return Check(text.name, mention, "gone", basis, detail)
        detail = "it exists, but nothing tells what stood there when it was cited; commit the text or run `kb cite pin`"
        if mention.is_pinned:
            detail = f"no file with the blob {mention.blob} is at hand, so nothing tells what was cited"
        place, lines = here[0]
        return Check(text.name, mention, None, basis, detail, place, quote_hash=quote_hash(lines))

    def _not_ok(self, check: Check, quoted: Quoted, here: list[tuple[Place, Lines]], search: Search) -> Check:
        is_id = check.mention.place is None
        own = here[0][0] if here else None
        if not quoted.is_partial and (places := search.exact(quoted, check.mention, own)):
            return replace(check, verdict="moved", moved_to=places, detail=search.described(places))
        if quoted.is_partial and here and search.holds(quoted, here[0][1]):
            detail = "the index holds only part of these lines; they are not known to be unchanged"
            return replace(check, verdict=None, detail=detail, place=own)
        if quoted.lines is None:
            is_there = own is not None
            detail = "what was cited is not known any more, it is not this" if is_there else "not there any more"
            return replace(check, verdict="edited" if is_there else "gone", nearest=own, detail=detail)
        if not quoted.lines:
            return replace(check, detail="there were no such lines when it was cited")
        near = search.nearest(quoted, own, is_id)
        if near is None:
            return replace(check, detail="nothing like it is left")
        place, similarity, detail = near
        return replace(check, verdict="edited", nearest=place, similarity=round(similarity, 3), detail=detail)


def _meant(mention: Mention, quoted: Quoted, here: list[tuple[Place, Lines]]) -> list[tuple[Place, Lines]]:
    """Of the places that carry an id the one that was quoted, else the first, which `kb show` prints.

    A copy elsewhere that kept the lines must not make up for an edit of the place that was meant.
    """
    if mention.place is not None:
        return here
    return [found for found in here if quoted.place and found[0].path == quoted.place.path][:1] or here[:1]
