"""How records are written here: their sections in order, the keys of their front matter, numbers in their titles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.briefs.pointers import Shelf
from kb.markdown import blocks

_ENOUGH = 2
"""Records from which a habit is read."""


@dataclass(frozen=True)
class House:
    """What most records of a folder share.

    Attributes:
        sections: headings of the second level, in the order of the record that has most of them.
        keys: of the front matter; none where records have no front matter.
        has_numbered_titles: a title begins with the number, as in `# 7. Use Redis`.
    """

    sections: tuple[str, ...]
    keys: frozenset[str]
    has_numbered_titles: bool


def house_of(shelf: Shelf, places: Sequence[int]) -> House | None:
    """The habits of some records; None where there are too few to have any."""
    if len(places) < _ENOUGH:
        return None
    written = [_headings(shelf, place) for place in places]
    common = _most(written, len(places))
    ordered = max(written, key=lambda names: len(common & set(names)))
    numbered = [re.match(r"\d+[.)]? ", shelf.documents[place].title) is not None for place in places]
    keys = _most([list(shelf.documents[place].meta) for place in places], len(places))
    return House(tuple(name for name in dict.fromkeys(ordered) if name in common), keys, all(numbered))


def _headings(shelf: Shelf, place: int) -> list[str]:
    return [
        block.text
        for passage in shelf.passages(place)
        for block in blocks(passage.text.split("\n"))
        if block.kind == "heading" and block.level == 2
    ]


def _most(lists: Iterable[Iterable[str]], count: int) -> frozenset[str]:
    """What stands in at least half of the lists."""
    counts = Counter(name for names in lists for name in set(names))
    return frozenset(name for name, held in counts.items() if held * 2 >= count)
