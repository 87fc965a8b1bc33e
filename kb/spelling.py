"""British and American spelling: a word of a question -> how it may stand in a text. Guesses by endings, no dictionary.

A guess that is no word costs nothing, since no text has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENDINGS = (
    ("our", "or"), ("oured", "ored"), ("ouring", "oring"), ("ence", "ense"), ("ise", "ize"), ("ised", "ized"),
    ("ising", "izing"), ("isation", "ization"), ("yse", "yze"), ("ysed", "yzed"), ("ysing", "yzing"), ("tre", "ter"),
    ("logue", "log"), ("lled", "led"), ("lling", "ling"), ("lment", "llment"),
)  # fmt: skip
_SHORTEST = 5
_WORD = re.compile("[a-z]+")


def other_spellings(word: str) -> Iterator[str]:
    """How a word in lower case may be spelt on the other side of the ocean; nothing for short words and for names."""
    if len(word) < _SHORTEST or not _WORD.fullmatch(word):
        return
    for british, american in _ENDINGS:
        for here, there in ((british, american), (american, british)):
            if word.endswith(here) and not (len(there) > len(here) and word.endswith(there)):
                yield word.removesuffix(here) + there
