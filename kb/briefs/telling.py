"""Which lines of a hit are worth an agent's tokens.

A decision's opening repeats the words of a question, so that it is found by them, and answers nothing: the section that
decides stands in its place. Of the first document the passages around are shown too, since it is the one that is read:
a passage has so many characters at most, which is far less text in English than in Korean. What has no room as a whole
is cut by sections, those first that decide or hold most of the question, not at its end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from kb.amendments import sections
from kb.briefs.paging import fitted, sent
from kb.briefs.pointers import TELLING, Shelf
from kb.coverage import Sought, covered, sought
from kb.documents import Hit, Passage
from kb.search import SearchResult
from kb.tokens import terms

CUT = "…"
_OPENING = re.compile(r"^(?:context|problem|배경|맥락|문제)", re.IGNORECASE)
_AROUND = 1_000
"""Tokens of the first document: a quarter of what a search gives unless it is asked for more."""
_GAP = f"\n{CUT}\n"


def decided(shelf: Shelf, hit: Hit) -> Hit:
    """The hit with the section that decides, where it is a decision that was found by its opening."""
    place = shelf.place(hit.passage.doc_id or hit.passage.path) if hit.passage.kind == "adr" else None
    if place is None:
        return hit
    is_opening = hit.passage == shelf.passages(place)[0] or _OPENING.match(hit.passage.heading)
    deciding = shelf.section(place, TELLING["adr"]) if is_opening else None
    return replace(hit, passage=deciding) if deciding else hit


def surrounded(shelf: Shelf, hit: Hit, words: Sequence[Sought]) -> Hit:
    """The hit with the passages around its own, those first that hold more of the question, up to a size."""
    place = shelf.place(hit.passage.doc_id or hit.passage.path) if hit.passage.kind != "rule" else None
    every = shelf.passages(place) if place is not None else ()
    if hit.passage not in every:
        return hit
    first = last = every.index(hit.passage)
    sizes = cache(lambda n: sent(every[n].text))
    held = cache(lambda n: _held(words, every[n].text))
    room = _AROUND - sizes(first)
    while near := [n for n in (first - 1, last + 1) if 0 <= n < len(every) and sizes(n) <= room]:
        taken = near[0] if len(near) == 1 else max(near, key=held)
        room -= sizes(taken)
        first, last = min(first, taken), max(last, taken)
    return replace(hit, passage=_joined(hit.passage, every[first : last + 1]))


def words_of(result: SearchResult) -> list[Sought]:
    """The words of a question with what they are called otherwise, each of the same weight."""
    return sought(result.query, result.expansions, lambda _: 1, 1)


def shortened(passage: Passage, words: Sequence[Sought], tokens: int) -> str:
    """The most telling sections of a passage within some tokens; what is left out between them is marked."""
    found = [(heading, text.strip("\n")) for heading, text in sections(passage)]
    pattern = TELLING.get(passage.kind)

    def worth(section: tuple[str, str]) -> tuple[bool, float]:
        is_telling = pattern is not None and any(map(pattern.search, section[0].split(" > ")))
        return is_telling, sum(_held(words, part) for part in section)

    shown, left = "", tokens - sent(CUT)
    for _, text in sorted(found, key=worth, reverse=True):
        if sent(text) <= left:
            shown += f"{text}{_GAP}"
            left -= sent(text) + sent(_GAP)
        elif not shown:
            return fitted(text, tokens, CUT)
    return shown.removesuffix("\n")


def _held(words: Sequence[Sought], text: str) -> float:
    found = frozenset(terms(text))
    return covered(word.held_by(found) for word in words)


def _joined(found: Passage, passages: Sequence[Passage]) -> Passage:
    """Passages that follow each other as one, with as many line ends between them as in the file."""
    text = passages[0].text
    for before, passage in pairwise(passages):
        text += "\n" * (passage.line_start - before.line_end) + passage.text
    first, last = passages[0].line_start, passages[-1].line_end
    return replace(found, id=f"{found.path}:{first}-{last}", line_start=first, line_end=last, text=text)
