"""A passage -> what each leg reads of it: its words with those of its title, headings and path."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath

from kb.documents import Passage
from kb.tokens import terms

VERSION = "fields-1"
TITLE_REPEATS = 1
HEADING_REPEATS = 1
_EMBEDDED_CHARACTERS = 1_000
_DIGITS_FIRST = re.compile(r"^\d+[-_.]")


def term_counts(passage: Passage) -> Counter[str]:
    """How often each term stands in the passage, its title, its heading path and its file name."""
    counts = Counter(terms(passage.text if passage.indexed is None else passage.indexed))
    for text, repeats in ((passage.title, TITLE_REPEATS), (passage.heading, HEADING_REPEATS), (_file(passage.path), 1)):
        for term in terms(text):
            counts[term] += repeats
    return counts


def held_terms(passage: Passage) -> frozenset[str]:
    """The terms that `term_counts` counts, each once."""
    body = passage.text if passage.indexed is None else passage.indexed
    return frozenset(terms("\n".join((body, passage.title, passage.heading, _file(passage.path)))))


def embedded_text(passage: Passage) -> str:
    """What the embedder reads: title, heading path, then the beginning of the body."""
    body = passage.text if passage.indexed is None else passage.indexed
    return "\n".join(filter(None, (passage.title, passage.heading, body[:_EMBEDDED_CHARACTERS])))


def _file(path: str) -> str:
    file = PurePosixPath(path)
    return f"{file.parent.name} {_DIGITS_FIRST.sub('', file.stem)}"
